import { FIND_SOURCES_MAX, SOURCES_MAX } from '../../protocol/limits.ts';
import { sourcesReply, type ContentSource, type Source } from '../../protocol/codecs/search.ts';
import { takePage } from '../paging.ts';
import type { Database } from './database.ts';
import { aliveAfterMs, ENTRY_COLUMNS, entryOf, PATH, REACHABLE, STEADY, type EntryRow } from './rows.ts';

type SourceRow = EntryRow & {
  readonly id: string;
  readonly username: string;
  readonly address: string;
  readonly port: number;
  readonly key: string | null;
};

// The peers that hold `content.key`. The joins are in the order in which they are to run.
const HOLDERS = `CROSS JOIN entry ON entry.content = content.key
  CROSS JOIN folder ON folder.key = entry.folder
  CROSS JOIN session ON session.peer = folder.peer AND ${REACHABLE}`;
const NAMED_HOLDERS = `${HOLDERS} CROSS JOIN peer ON peer.key = session.peer`;

/** Finds out who holds a content, of the peers that can be fetched from. */
export function createSources(database: Database) {
  // One statement for many contents: a statement for each takes three times as long.
  const count = database
    .prepare<[{ contents: string; aliveAfterMs: number }], [number, number]>(
      `SELECT content.key, count(DISTINCT folder.peer)
       FROM (SELECT value AS key FROM json_each(@contents)) AS content ${HOLDERS} GROUP BY content.key`,
    )
    .raw();
  // A source that holds the content more than once is one source, under the first of its paths.
  const first = database.prepare<[{ content: number; aliveAfterMs: number; limit: number }], ContentSource>(
    `SELECT peer.id, peer.username, min(${PATH}) AS path FROM content ${NAMED_HOLDERS}
     WHERE content.key = ${STEADY}@content GROUP BY peer.key ORDER BY peer.username LIMIT @limit`,
  );
  const ofHash = database.prepare<[{ sha1: Buffer; root: Buffer | null; aliveAfterMs: number }], SourceRow>(
    `SELECT peer.id, peer.username, session.address, session.port, session.address_key AS key,
       min(${PATH}), ${ENTRY_COLUMNS} FROM content ${NAMED_HOLDERS}
     WHERE content.sha1 = @sha1 AND (@root IS NULL OR content.root = @root)
     GROUP BY peer.key, content.key ORDER BY peer.username, content.root, content.size_bytes`,
  );
  return {
    /** How many peers hold each of the contents, by content. */
    countSources: (contents: Iterable<number>, nowMs: number): ReadonlyMap<number, number> =>
      new Map(count.all({ contents: JSON.stringify([...contents]), aliveAfterMs: aliveAfterMs(nowMs) })),
    /** The first of them, in order of username. */
    listSources: (content: number, nowMs: number): ContentSource[] =>
      first.all({ content, aliveAfterMs: aliveAfterMs(nowMs), limit: FIND_SOURCES_MAX }),
    sources: (sha1: string, root: string | undefined, nowMs: number): readonly Source[] => {
      const rows = ofHash.iterate({
        sha1: Buffer.from(sha1, 'hex'),
        root: root === undefined ? null : Buffer.from(root, 'hex'),
        aliveAfterMs: aliveAfterMs(nowMs),
      });
      return takePage(rows, { limit: SOURCES_MAX }, sourcesReply, toSource, ({ username }) => username).rows;
    },
  };
}

function toSource(row: SourceRow): Source {
  const { id, username, address, port, key } = row;
  return { ...entryOf(row), id, username, address, port, key: key ?? undefined };
}
