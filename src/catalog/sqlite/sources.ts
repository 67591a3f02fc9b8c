import type { Holder, HolderScope } from '../../protocol/codecs/find.ts';
import { sourcesReply, type Source } from '../../protocol/codecs/search.ts';
import { FIND_HOLDERS_MAX, SOURCES_MAX } from '../../protocol/limits.ts';
import { takePage } from '../paging.ts';
import type { Checkpoint } from '../query-pass.ts';
import type { Database } from './database.ts';
import { aliveAfterMs, ENTRY_COLUMNS, entryOf, PATH, REACHABLE, STEADY, type EntryRow } from './rows.ts';

type HoldersParameters = { readonly content: number; readonly aliveAfterMs: number; readonly limit: number };

type SourceRow = EntryRow & {
  readonly id: string;
  readonly username: string;
  readonly address: string;
  readonly port: number;
  readonly key: string | null;
};

// The folders of the entries of `content.key`. The joins are in the order in which they are to run.
const FOLDERS = `CROSS JOIN entry ON entry.content = content.key CROSS JOIN folder ON folder.key = entry.folder`;
const SOURCES = `${FOLDERS} CROSS JOIN session ON session.peer = folder.peer AND ${REACHABLE}`;
const NAMED_SOURCES = `${SOURCES} CROSS JOIN peer ON peer.key = session.peer`;

/** Contents that are counted in one statement, which nothing can end before its time. */
const COUNTED_AT_ONCE = 1_000;

/** Finds out who holds a content: its sources, and those that can't be fetched from now. */
export function createSources(database: Database) {
  // One statement for many contents: a statement for each takes three times as long.
  const count = database
    .prepare<[{ contents: string; aliveAfterMs: number }], [number, number]>(
      `SELECT content.key, count(DISTINCT folder.peer)
       FROM (SELECT value AS key FROM json_each(@contents)) AS content ${SOURCES} GROUP BY content.key`,
    )
    .raw();
  // A peer that holds the content more than once is one holder, under the first of its paths.
  const firstSources = database.prepare<[HoldersParameters], Holder>(
    `SELECT peer.id, peer.username, min(${PATH}) AS path, 'online' AS presence FROM content ${NAMED_SOURCES}
     WHERE content.key = ${STEADY}@content GROUP BY peer.key ORDER BY peer.username LIMIT @limit`,
  );
  const firstHolders = database.prepare<[HoldersParameters], Holder>(
    `SELECT peer.id, peer.username, min(${PATH}) AS path,
       iif(coalesce(${REACHABLE}, 0), 'online', 'offline') AS presence
     FROM content ${FOLDERS} CROSS JOIN peer ON peer.key = folder.peer LEFT JOIN session ON session.peer = peer.key
     WHERE content.key = ${STEADY}@content GROUP BY peer.key ORDER BY presence DESC, peer.username LIMIT @limit`,
  );
  const countHolders = database
    .prepare<[number], number>(
      `SELECT count(DISTINCT folder.peer) FROM content ${FOLDERS} WHERE content.key = ${STEADY}?`,
    )
    .pluck();
  const ofHash = database.prepare<[{ sha1: Buffer; root: Buffer | null; aliveAfterMs: number }], SourceRow>(
    `SELECT peer.id, peer.username, session.address, session.port, session.address_key AS key,
       min(${PATH}), ${ENTRY_COLUMNS} FROM content ${NAMED_SOURCES}
     WHERE content.sha1 = @sha1 AND (@root IS NULL OR content.root = @root)
     GROUP BY peer.key, content.key ORDER BY peer.username, content.root, content.size_bytes`,
  );
  return {
    /** How many sources each of the contents has, by content. */
    countSources: (contents: ReadonlySet<number>, nowMs: number, check: Checkpoint): ReadonlyMap<number, number> => {
      const counts = new Map<number, number>();
      const keys = [...contents];
      for (let at = 0; at < keys.length; at += COUNTED_AT_ONCE) {
        check();
        const some = JSON.stringify(keys.slice(at, at + COUNTED_AT_ONCE));
        for (const [key, sources] of count.all({ contents: some, aliveAfterMs: aliveAfterMs(nowMs) })) {
          counts.set(key, sources);
        }
      }
      return counts;
    },
    /** The first sources or, in the scope of all, holders of a content. */
    listHolders: (content: number, scope: HolderScope, nowMs: number): Holder[] => {
      const parameters = { content, aliveAfterMs: aliveAfterMs(nowMs), limit: FIND_HOLDERS_MAX };
      return (scope === 'online' ? firstSources : firstHolders).all(parameters);
    },
    /** How many peers hold a content, whether they can be fetched from or not. */
    countHolders: (content: number): number => countHolders.get(content) ?? 0,
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
