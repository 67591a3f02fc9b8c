import { isPeerNamed, matches, viewEntry, viewPeer, type PeerView } from '../../domain/match.ts';
import { requiredOf, type Query } from '../../domain/query.ts';
import type { HolderScope } from '../../protocol/codecs/find.ts';
import type { Checkpoint } from '../query-pass.ts';
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

/** What a hit needs besides the entry: the keys of its content and of its peer. */
export type MatchRef = { readonly content: number; readonly peer: number };

/** What was found within the budget, in no order; `bounded` where the budget ended before the candidates did. */
export type Found = { readonly matches: readonly Match<MatchRef>[]; readonly bounded: boolean };

type CandidateRow = EntryRow & MatchRef & { readonly id: string; readonly username: string };
type KnownPeer = { readonly key: number; readonly id: string; readonly username: string };
type IndexLookup = { readonly is: string | Buffer; readonly aliveAfterMs: number; readonly proposedMax: number };

/** The entries that an index proposes: the narrowest that the query allows for. */
type Proposal = { readonly index: 'text' | 'sha1' | 'root'; readonly is: string | Buffer };

const COLUMNS = `peer.id, peer.username, peer.key AS peer, content.key AS content, ${ENTRY_COLUMNS}`;
// The joins are in the order in which they are to run: SQLite keeps that of a CROSS JOIN.
const PEER_OF_FOLDER: Readonly<Record<HolderScope, string>> = {
  online: `CROSS JOIN session ON session.peer = folder.peer AND ${REACHABLE} CROSS JOIN peer ON peer.key = folder.peer`,
  all: 'CROSS JOIN peer ON peer.key = folder.peer',
};
const PEERS: Readonly<Record<HolderScope, string>> = {
  online: `session JOIN peer ON peer.key = session.peer WHERE ${REACHABLE}`,
  all: 'peer',
};
const BY_CONTENT = 'content CROSS JOIN entry ON entry.content = content.key WHERE content.';
const PROPOSED: Readonly<Record<Proposal['index'], string>> = {
  text: 'entry_text CROSS JOIN entry ON entry.key = entry_text.rowid WHERE entry_text MATCH @is',
  sha1: `${BY_CONTENT}sha1 = @is`,
  root: `${BY_CONTENT}root = @is`,
};

/** Finds the entries that match a query: of the peers that can be fetched from, or of all. */
export function createFinder(database: Database, scope: HolderScope, budget = SEARCH_BUDGET) {
  const candidates = createCandidates(database, scope, budget.proposedMax);
  const isMoreProposed = createOverflow(database, budget.proposedMax);
  return (query: Query, nowMs: number, check: Checkpoint): Found => {
    const found: Match<MatchRef>[] = [];
    const peerOf = createPeerViews();
    const proposal = proposalOf(query);
    let entries = 0;
    let pathBytes = 0;
    for (const row of candidates(query, proposal, aliveAfterMs(nowMs))) {
      check();
      entries += 1;
      pathBytes += Buffer.byteLength(row.path);
      if (entries > budget.entriesMax || pathBytes > budget.pathBytesMax) return { matches: found, bounded: true };
      const view = viewEntry(entryOf(row), peerOf(row));
      if (matches(query, view)) found.push({ view, ref: { content: row.content, peer: row.peer } });
    }
    return { matches: found, bounded: proposal !== undefined && isMoreProposed(proposal) };
  };
}

function proposalOf(query: Query): Proposal | undefined {
  const [sha1] = requiredOf(query, 'sha1');
  if (sha1) return { index: 'sha1', is: Buffer.from(sha1.sha1, 'hex') };
  const [root] = requiredOf(query, 'root');
  if (root) return { index: 'root', is: Buffer.from(root.root, 'hex') };
  const expression = matchExpression(requiredOf(query, 'text').map(({ text }) => text));
  return expression === undefined ? undefined : { index: 'text', is: expression };
}

/** One statement for each index. */
function prepareEach<Statement>(
  prepare: (proposed: string) => Statement,
): Readonly<Record<Proposal['index'], Statement>> {
  return { text: prepare(PROPOSED.text), sha1: prepare(PROPOSED.sha1), root: prepare(PROPOSED.root) };
}

/** Finds what the narrowest index says may match. */
function createCandidates(database: Database, scope: HolderScope, proposedMax: number) {
  const byIndex = prepareEach((proposed) =>
    database.prepare<[IndexLookup], CandidateRow>(
      `SELECT ${COLUMNS}
       FROM (SELECT entry.folder, entry.name, entry.content FROM ${proposed} LIMIT @proposedMax) AS entry
       CROSS JOIN folder ON folder.key = entry.folder ${PEER_OF_FOLDER[scope]}
       CROSS JOIN content ON content.key = entry.content`,
    ),
  );
  const byPeer = database.prepare<[{ is: number; aliveAfterMs: number }], CandidateRow>(
    `SELECT ${COLUMNS} FROM folder ${PEER_OF_FOLDER[scope]}
     CROSS JOIN entry ON entry.folder = folder.key
     CROSS JOIN content ON content.key = entry.content
     WHERE folder.peer = @is`,
  );
  const peers = database.prepare<[{ aliveAfterMs: number }], KnownPeer>(
    `SELECT peer.key, peer.id, peer.username FROM ${PEERS[scope]}`,
  );

  /** All entries of the peers that the query names, or of all. */
  function* ofPeers(query: Query, aliveAfterMs: number): Generator<CandidateRow> {
    const named = requiredOf(query, 'peer');
    for (const peer of peers.all({ aliveAfterMs })) {
      const view = viewPeer(peer);
      if (named.every((filter) => isPeerNamed(filter, view))) yield* byPeer.iterate({ is: peer.key, aliveAfterMs });
    }
  }

  return (query: Query, proposal: Proposal | undefined, aliveAfterMs: number): Iterable<CandidateRow> =>
    proposal === undefined
      ? ofPeers(query, aliveAfterMs)
      : byIndex[proposal.index].iterate({ is: proposal.is, aliveAfterMs, proposedMax });
}

/** Tells whether an index proposes more than is looked at; of a catalog that is small enough, without asking the index. */
function createOverflow(database: Database, proposedMax: number): (proposal: Proposal) => boolean {
  const hasMoreEntries = database.prepare<[number], number>('SELECT coalesce(sum(files), 0) > ? FROM peer').pluck();
  const counts = prepareEach((proposed) =>
    database
      .prepare<[{ is: string | Buffer; limit: number }], number>(
        `SELECT count(*) FROM (SELECT 1 FROM ${proposed} LIMIT @limit)`,
      )
      .pluck(),
  );
  return ({ index, is }) =>
    hasMoreEntries.get(proposedMax) === 1 && (counts[index].get({ is, limit: proposedMax + 1 }) ?? 0) > proposedMax;
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
