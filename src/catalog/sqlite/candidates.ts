import { isPeerNamed, matches, viewEntry } from '../../domain/match.ts';
import { requiredOf, type Query } from '../../domain/query.ts';
import type { Match } from '../ranking.ts';
import type { Database } from './database.ts';
import { aliveAfterMs, ENTRY_COLUMNS, entryOf, REACHABLE, type EntryRow } from './rows.ts';
import { matchExpression } from './text-index.ts';

/**
 * Entries of reachable peers that one query looks at, at most. What it finds among them is ranked and answered; where a
 * catalog has more that the index can't rule out (a word of two characters, `type:audio` alone), the rest stays unseen.
 */
export const ENTRIES_EXAMINED_MAX = 250_000;

/** What a hit needs besides the entry: the key of its content, and where its peer is reached. */
export type MatchRef = { readonly content: number; readonly address: string; readonly port: number };

type CandidateRow = EntryRow & MatchRef & { readonly id: string; readonly username: string };
type ReachablePeer = { readonly key: number; readonly id: string; readonly username: string };
type LookupOf<Value> = { readonly is: Value; readonly aliveAfterMs: number; readonly limit: number };

const COLUMNS = `peer.id, peer.username, session.address, session.port, content.key AS content, ${ENTRY_COLUMNS}`;
const PEER_OF_FOLDER = `CROSS JOIN session ON session.peer = folder.peer AND ${REACHABLE}
  CROSS JOIN peer ON peer.key = folder.peer`;

// The joins are in the order in which they are to run: SQLite keeps that of a CROSS JOIN.
const BY_TEXT = `SELECT ${COLUMNS} FROM entry_text
  CROSS JOIN entry ON entry.key = entry_text.rowid
  CROSS JOIN folder ON folder.key = entry.folder ${PEER_OF_FOLDER}
  CROSS JOIN content ON content.key = entry.content
  WHERE entry_text MATCH @is LIMIT @limit`;
const BY_PEER = `SELECT ${COLUMNS} FROM folder ${PEER_OF_FOLDER}
  CROSS JOIN entry ON entry.folder = folder.key
  CROSS JOIN content ON content.key = entry.content
  WHERE folder.peer = @is LIMIT @limit`;
const byHash = (column: 'sha1' | 'root'): string => `SELECT ${COLUMNS} FROM content
  CROSS JOIN entry ON entry.content = content.key
  CROSS JOIN folder ON folder.key = entry.folder ${PEER_OF_FOLDER}
  WHERE content.${column} = @is LIMIT @limit`;

/** Finds the entries of reachable peers that match a query, in no order. */
export function createFinder(database: Database): (query: Query, nowMs: number) => Match<MatchRef>[] {
  const byText = database.prepare<[LookupOf<string>], CandidateRow>(BY_TEXT);
  const bySha1 = database.prepare<[LookupOf<Buffer>], CandidateRow>(byHash('sha1'));
  const byRoot = database.prepare<[LookupOf<Buffer>], CandidateRow>(byHash('root'));
  const byPeer = database.prepare<[LookupOf<number>], CandidateRow>(BY_PEER);
  const reachable = database.prepare<[{ aliveAfterMs: number }], ReachablePeer>(
    `SELECT peer.key, peer.id, peer.username FROM session JOIN peer ON peer.key = session.peer WHERE ${REACHABLE}`,
  );

  /** What the narrowest index says may match. */
  function candidates(query: Query, common: { aliveAfterMs: number; limit: number }): Iterable<CandidateRow> {
    const [sha1] = requiredOf(query, 'sha1');
    if (sha1) return bySha1.iterate({ is: Buffer.from(sha1.sha1, 'hex'), ...common });
    const [root] = requiredOf(query, 'root');
    if (root) return byRoot.iterate({ is: Buffer.from(root.root, 'hex'), ...common });
    const expression = matchExpression(requiredOf(query, 'text').map(({ text }) => text));
    if (expression !== undefined) return byText.iterate({ is: expression, ...common });
    return ofPeers(query, common);
  }

  /** All entries of the peers that the query names, or of all. */
  function* ofPeers(query: Query, common: { aliveAfterMs: number; limit: number }): Generator<CandidateRow> {
    const names = requiredOf(query, 'peer').map(({ name }) => name);
    let left = common.limit;
    for (const peer of reachable.all(common)) {
      if (!names.every((name) => isPeerNamed(name, peer))) continue;
      for (const row of byPeer.iterate({ ...common, is: peer.key, limit: left })) {
        left -= 1;
        yield row;
      }
    }
  }

  return (query, nowMs) => {
    const found: Match<MatchRef>[] = [];
    for (const row of candidates(query, { aliveAfterMs: aliveAfterMs(nowMs), limit: ENTRIES_EXAMINED_MAX })) {
      const view = viewEntry(entryOf(row), row);
      const { content, address, port } = row;
      if (matches(query, view)) found.push({ view, ref: { content, address, port } });
    }
    return found;
  };
}
