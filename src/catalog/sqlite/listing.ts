import { ONLINE_WINDOW_MS } from '../../domain/presence.ts';
import { peersReply, type PeerRow, type PresenceFilter } from '../../protocol/codecs/listing.ts';
import type { NetworkTotals } from '../../protocol/codecs/network.ts';
import type { Page, PageRequest } from '../../protocol/codecs/page.ts';
import { takePage } from '../paging.ts';
import type { Database } from './database.ts';

/** SQL: whether `session` is online. The moment from which it must have been heard of is `@aliveAfterMs`. */
const ONLINE = `(session.online = 1 AND session.alive_at_ms > @aliveAfterMs)`;

/** What `ONLINE` compares with, so that it says what `isAlive` does. */
function aliveAfterMs(nowMs: number): number {
  return nowMs - ONLINE_WINDOW_MS;
}

type PeersParameters = {
  readonly after: string;
  readonly filter: PresenceFilter;
  readonly aliveAfterMs: number;
};

/** Lists the peers, in order of username. */
export function createPeerList(database: Database) {
  const select = database.prepare<[PeersParameters], PeerRow>(
    `SELECT username, id, iif(online, 'online', 'offline') AS presence, files, sizeBytes, seenAtMs / 1000 AS lastSeenS
     FROM (
       SELECT peer.username, peer.id, peer.files, peer.size_bytes AS sizeBytes, coalesce(${ONLINE}, 0) AS online,
         max(peer.login_at_ms, coalesce(session.alive_at_ms, 0)) AS seenAtMs
       FROM peer LEFT JOIN session ON session.peer = peer.key
       WHERE peer.username > @after
     )
     WHERE @filter = 'all' OR online = (@filter = 'online')
     ORDER BY username`,
  );
  return {
    listPeers: (filter: PresenceFilter, page: PageRequest, nowMs: number): Page<PeerRow> => {
      const rows = select.iterate({ after: page.after ?? '', filter, aliveAfterMs: aliveAfterMs(nowMs) });
      return takePage(
        rows,
        page,
        peersReply,
        (row) => row,
        ({ username }) => username,
      );
    },
  };
}

type AccountTotals = Omit<NetworkTotals, 'contents' | 'contentsAtRisk'>;

/** Counts the peers, and what their lists add up to. */
export function createAccountTotals(database: Database): (nowMs: number) => AccountTotals {
  // What is claimed may add up to more than a number holds.
  const select = database.prepare<[{ aliveAfterMs: number }], AccountTotals>(
    `SELECT (SELECT count(*) FROM session WHERE ${ONLINE}) AS peersOnline, count(*) AS peers,
       coalesce(sum(files), 0) AS entries,
       CAST(min(total(size_bytes), ${Number.MAX_SAFE_INTEGER}) AS INTEGER) AS sizeBytes
     FROM peer`,
  );
  return (nowMs) =>
    select.get({ aliveAfterMs: aliveAfterMs(nowMs) }) ?? { peersOnline: 0, peers: 0, entries: 0, sizeBytes: 0 };
}
