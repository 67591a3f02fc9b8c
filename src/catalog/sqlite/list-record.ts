import type { Database } from './database.ts';

/** What a list adds up to. */
export type ListTotals = { readonly files: number; readonly sizeBytes: number };

/** What is kept of each peer's list as a whole. */
export type ListRecord = {
  totals(peerKey: number): ListTotals;
  /** The totals as all entries have them. */
  count(peerKey: number): ListTotals;
  /** The list has changed: these are its totals now, and what is returned is its revision. */
  renew(peerKey: number, totals: ListTotals): string;
  revision(peerKey: number): string;
};

/** SQL: a revision that no list ever had, not even one that is restored from a copy. */
const NEW_REVISION = 'lower(hex(randomblob(12)))';

export function createListRecord(database: Database): ListRecord {
  const totals = database.prepare<[number], ListTotals>(
    'SELECT files, size_bytes AS sizeBytes FROM peer WHERE key = ?',
  );
  // What is claimed may add up to more than a number holds.
  const count = database.prepare<[number], ListTotals>(
    `SELECT count(*) AS files, CAST(min(total(content.size_bytes), ${Number.MAX_SAFE_INTEGER}) AS INTEGER) AS sizeBytes
     FROM folder CROSS JOIN entry ON entry.folder = folder.key CROSS JOIN content ON content.key = entry.content
     WHERE folder.peer = ?`,
  );
  const renew = database
    .prepare<[number, number, number], string>(
      `UPDATE peer SET files = ?, size_bytes = ?, revision = ${NEW_REVISION} WHERE key = ? RETURNING revision`,
    )
    .pluck();
  const revision = database.prepare<[number], string>('SELECT revision FROM peer WHERE key = ?').pluck();
  const nothing: ListTotals = { files: 0, sizeBytes: 0 };
  return {
    totals: (peerKey) => totals.get(peerKey) ?? nothing,
    count: (peerKey) => count.get(peerKey) ?? nothing,
    renew: (peerKey, { files, sizeBytes }) => renew.get(files, sizeBytes, peerKey) ?? '',
    revision: (peerKey) => revision.get(peerKey) ?? '',
  };
}
