import { isPeerNamed, matches, viewEntry, viewPeer, type PeerView } from '../../domain/match.ts';
import { requiredOf, type Query } from '../../domain/query.ts';
import type { Match } from '../ranking.ts';
import type { Database } from './database.ts';
import { aliveAfterMs, ENTRY_COLUMNS, entryOf, REACHABLE, type EntryRow } from './rows.ts';
import { matchExpression } from './text-index.ts';

/** What one query may cost. What it finds within this is ranked and answered, the rest stays unseen. */
export type SearchBudget = {
  /** Entries that an index proposes, those of peers that can't be reached included. */
  readonly proposedMax: number;
  /** Entries of reachable peers, which are looked at one by one. */
  readonly entriesMax: number;
  /** Bytes of their paths together: what matching takes, and what the matches hold in memory. */
  readonly pathBytesMax: number;
};

/**
 * Only queries reach it that the index rules little out for (a word of two characters, `type:audio` alone), in a large
 * catalog or one of very long paths.
 */
export const SEARCH_BUDGET: SearchBudget = {
  proposedMax: 1_000_000,
  entriesMax: 250_000,
  pathBytesMax: 32 * 1024 * 1024,
};

/** What a hit needs besides the entry: the key of its content, and where its peer is reached. */
export type MatchRef = { readonly content: number; readonly address: string; readonly port: number };

type CandidateRow = EntryRow & MatchRef & { readonly id: string; readonly username: string };
type ReachablePeer = { readonly key: number; readonly id: string; readonly username: string };
type IndexLookup<Value> = { readonly is: Value; readonly aliveAfterMs: number; readonly proposedMax: number };

const COLUMNS = `peer.id, peer.username, session.address, session.port, content.key AS content, ${ENTRY_COLUMNS}`;
const PEER_OF_FOLDER = `CROSS JOIN session ON session.peer = folder.peer AND ${REACHABLE}
  CROSS JOIN peer ON peer.key = folder.peer`;

// The joins are in the order in which they are to run: SQLite keeps that of a CROSS JOIN.
const ofProposed = (proposed: string): string => `SELECT ${COLUMNS}
  FROM (SELECT entry.folder, entry.name, entry.content FROM ${proposed} LIMIT @proposedMax) AS entry
  CROSS JOIN folder ON folder.key = entry.folder ${PEER_OF_FOLDER}
  CROSS JOIN content ON content.key = entry.content`;
const BY_TEXT = ofProposed('entry_text CROSS JOIN entry ON entry.key = entry_text.rowid WHERE entry_text MATCH @is');
const byHash = (column: 'sha1' | 'root'): string =>
  ofProposed(`content CROSS JOIN entry ON entry.content = content.key WHERE content.${column} = @is`);
const BY_PEER = `SELECT ${COLUMNS} FROM folder ${PEER_OF_FOLDER}
  CROSS JOIN entry ON entry.folder = folder.key
  CROSS JOIN content ON content.key = entry.content
  WHERE folder.peer = @is`;

/** Finds the entries of reachable peers that match a query, in no order. */
export function createFinder(
  database: Database,
  budget = SEARCH_BUDGET,
): (query: Query, nowMs: number) => Match<MatchRef>[] {
  const candidates = createCandidates(database, budget.proposedMax);
  return (query, nowMs) => {
    const found: Match<MatchRef>[] = [];
    const peerOf = createPeerViews();
    let entries = 0;
    let pathBytes = 0;
    for (const row of candidates(query, aliveAfterMs(nowMs))) {
      entries += 1;
      pathBytes += Buffer.byteLength(row.path);
      if (entries > budget.entriesMax || pathBytes > budget.pathBytesMax) break;
      const view = viewEntry(entryOf(row), peerOf(row));
      const { content, address, port } = row;
      if (matches(query, view)) found.push({ view, ref: { content, address, port } });
    }
    return found;
  };
}

/** Finds what the narrowest index says may match. */
function createCandidates(database: Database, proposedMax: number) {
  const byText = database.prepare<[IndexLookup<string>], CandidateRow>(BY_TEXT);
  const bySha1 = database.prepare<[IndexLookup<Buffer>], CandidateRow>(byHash('sha1'));
  const byRoot = database.prepare<[IndexLookup<Buffer>], CandidateRow>(byHash('root'));
  const byPeer = database.prepare<[{ is: number; aliveAfterMs: number }], CandidateRow>(BY_PEER);
  const reachable = database.prepare<[{ aliveAfterMs: number }], ReachablePeer>(
    `SELECT peer.key, peer.id, peer.username FROM session JOIN peer ON peer.key = session.peer WHERE ${REACHABLE}`,
  );

  /** All entries of the peers that the query names, or of all. */
  function* ofPeers(query: Query, aliveAfterMs: number): Generator<CandidateRow> {
    const named = requiredOf(query, 'peer');
    for (const peer of reachable.all({ aliveAfterMs })) {
      const view = viewPeer(peer);
      if (named.every((filter) => isPeerNamed(filter, view))) yield* byPeer.iterate({ is: peer.key, aliveAfterMs });
    }
  }

  return (query: Query, aliveAfterMs: number): Iterable<CandidateRow> => {
    const common = { aliveAfterMs, proposedMax };
    const [sha1] = requiredOf(query, 'sha1');
    if (sha1) return bySha1.iterate({ is: Buffer.from(sha1.sha1, 'hex'), ...common });
    const [root] = requiredOf(query, 'root');
    if (root) return byRoot.iterate({ is: Buffer.from(root.root, 'hex'), ...common });
    const expression = matchExpression(requiredOf(query, 'text').map(({ text }) => text));
    if (expression !== undefined) return byText.iterate({ is: expression, ...common });
    return ofPeers(query, aliveAfterMs);
  };
}

/** The views of one query's peers, each made once. */
function createPeerViews(): (peer: { readonly id: string; readonly username: string }) => PeerView {
  const views = new Map<string, PeerView>();
  return (peer) => {
    const known = views.get(peer.id);
    if (known !== undefined) return known;
    const view = viewPeer(peer);
    views.set(peer.id, view);
    return view;
  };
}
