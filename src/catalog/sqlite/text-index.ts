import { fold, FOLD_VERSION } from '../../domain/fold.ts';
import type { Database } from './database.ts';
import { PATH } from './rows.ts';

/** The code points of a token of the index. */
const TRIGRAM_POINTS = 3;
/** Trigrams of a query that are looked up; candidates are checked against the whole of it all the same. */
const TRIGRAMS_MAX = 48;

/** The index's tokens in a folded text; none in one of less than three characters. */
export function trigramsOf(text: string): string[] {
  const points = Array.from(text);
  return points.slice(TRIGRAM_POINTS - 1).map((_, at) => points.slice(at, at + TRIGRAM_POINTS).join(''));
}

/**
 * The FTS5 expression for entries that may contain all of the folded texts, or undefined where none is long enough to say
 * anything.
 */
export function matchExpression(texts: readonly string[]): string | undefined {
  const trigrams = [...new Set(texts.flatMap(trigramsOf))].slice(0, TRIGRAMS_MAX);
  // Quoted, everything is a token's characters: FTS5 knows no operators or escapes in there but the doubled quote.
  return trigrams.length === 0 ? undefined : trigrams.map((token) => `"${token.replaceAll('"', '""')}"`).join(' AND ');
}

export type TextIndex = {
  add(entryKey: number, path: string): void;
  /** `path` must be what was added: the index keeps no text to look it up in. */
  remove(entryKey: number, path: string): void;
};

export function createTextIndex(database: Database): TextIndex {
  const insert = database.prepare('INSERT INTO entry_text (rowid, path) VALUES (?, ?)');
  const remove = database.prepare(`INSERT INTO entry_text (entry_text, rowid, path) VALUES ('delete', ?, ?)`);
  return {
    add: (entryKey, path) => {
      insert.run(entryKey, fold(path));
    },
    remove: (entryKey, path) => {
      remove.run(entryKey, fold(path));
    },
  };
}

/**
 * Builds the index anew where it was built by another folding: another version of ours, or of the Unicode data that Node
 * brings. Otherwise entries would be neither found nor removed by the text that they have now.
 */
export function refreshTextIndex(database: Database, unicodeVersion = process.versions['unicode'] ?? ''): void {
  const folding = `${FOLD_VERSION} with Unicode ${unicodeVersion}`;
  database
    .transaction(() => {
      const built = database.prepare(`SELECT value FROM setting WHERE name = 'folding'`).pluck().get();
      if (built === folding) return;
      rebuild(database);
      database.prepare(`INSERT OR REPLACE INTO setting (name, value) VALUES ('folding', ?)`).run(folding);
    })
    .immediate();
}

const REBUILD_ROWS = 10_000;

function rebuild(database: Database): void {
  const index = createTextIndex(database);
  const nextEntries = database.prepare<[number, number], { key: number; path: string }>(
    `SELECT entry.key, ${PATH} AS path FROM entry JOIN folder ON folder.key = entry.folder
     WHERE entry.key > ? ORDER BY entry.key LIMIT ?`,
  );
  database.exec(`INSERT INTO entry_text (entry_text) VALUES ('delete-all')`);
  let rows = nextEntries.all(0, REBUILD_ROWS);
  while (rows.length > 0) {
    for (const { key, path } of rows) index.add(key, path);
    rows = nextEntries.all(rows.at(-1)?.key ?? 0, REBUILD_ROWS);
  }
}
