import type { NetworkTotals } from '../../protocol/codecs/network.ts';
import type { Database } from './database.ts';
import { aliveAfterMs, ONLINE } from './rows.ts';

/** Counts the whole network. It looks at every entry. */
export function createNetworkTotals(database: Database) {
  // What is claimed may add up to more than a number holds.
  const select = database.prepare<[{ aliveAfterMs: number }], NetworkTotals>(
    `SELECT (SELECT count(*) FROM session WHERE ${ONLINE}) AS peersOnline, count(*) AS peers,
       coalesce(sum(files), 0) AS entries,
       CAST(min(total(size_bytes), ${Number.MAX_SAFE_INTEGER}) AS INTEGER) AS sizeBytes,
       (SELECT count(*) FROM content) AS contents,
       (SELECT count(*) FROM (
         SELECT 1 FROM entry JOIN folder ON folder.key = entry.folder
         GROUP BY entry.content HAVING min(folder.peer) = max(folder.peer)
       )) AS contentsAtRisk
     FROM peer`,
  );
  return {
    network: (nowMs: number): NetworkTotals => {
      const totals = select.get({ aliveAfterMs: aliveAfterMs(nowMs) });
      return totals ?? { peersOnline: 0, peers: 0, entries: 0, sizeBytes: 0, contents: 0, contentsAtRisk: 0 };
    },
  };
}
