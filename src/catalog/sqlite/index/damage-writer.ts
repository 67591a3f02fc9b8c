import type { Database } from '../database.ts';

/** SQL: whether `list` is one of those in the segment; all are where that is not known. */
const IS_IN_SEGMENT = '(@lists IS NULL OR list IN (SELECT value FROM json_each(@lists)))';

/** Takes what is damaged out of the catalog. */
export function createDamageWriter(database: Database) {
  const drop = database.prepare<[number]>('DELETE FROM segment WHERE key = ?');
  const renew = database
    .prepare<[{ lists: string | null }], string>(
      `UPDATE peer SET revision = lower(hex(randomblob(12))) WHERE files > 0 AND ${IS_IN_SEGMENT} RETURNING id`,
    )
    .pluck();
  const dropUploads = database.prepare<[{ lists: string | null }]>(`DELETE FROM upload WHERE ${IS_IN_SEGMENT}`);
  return {
    /**
     * Drops a segment. What else there is of the lists in it stays in effect under a new revision, so that their peers send them
     * again; what is being sent in parts is begun anew.
     *
     * @param lists the numbers of those in the segment; undefined where nobody knows
     * @returns the ids of the peers; undefined where no such segment is in use
     */
    dropSegment: (segment: number, lists: readonly number[] | undefined): readonly string[] | undefined => {
      if (drop.run(segment).changes === 0) return undefined;
      const inSegment = { lists: lists === undefined ? null : JSON.stringify(lists) };
      dropUploads.run(inSegment);
      return renew.all(inSegment);
    },
  };
}
