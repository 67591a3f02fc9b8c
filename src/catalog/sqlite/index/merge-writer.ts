import type { Database } from '../database.ts';
import { blobOf, numbersOf } from './index-reader.ts';
import { NOWHERE, type MergedSegment } from './merging.ts';

type DeadRow = { readonly segment: number; readonly entries: Buffer };

/** Puts merged segments in the place of those that they were made of. */
export function createMergeWriter(database: Database) {
  const add = database.prepare<[number, number]>('INSERT INTO segment (key, entries) VALUES (?, ?)');
  const remove = database.prepare<[number]>('DELETE FROM segment WHERE key = ?');
  const deadSince = database.prepare<[number, number], DeadRow>(
    'SELECT segment, entries FROM dead WHERE segment = ? AND change > ?',
  );
  const addDead = database.prepare<[number, Buffer]>('INSERT INTO dead (segment, entries) VALUES (?, ?)');
  return {
    /** @param change the last change of `dead` that the merge knew of: what died since is dead in the new segment too */
    installMerge: ({ segment, entries, from }: Omit<MergedSegment, 'resident'>, change: number): void => {
      add.run(segment, entries);
      for (const { segment: old, places } of from) {
        for (const row of deadSince.all(old, change)) {
          const dead = numbersOf(row.entries)
            .map((entry) => places[entry] ?? NOWHERE)
            .filter((place) => place !== NOWHERE);
          if (dead.length > 0) addDead.run(segment, blobOf(dead));
        }
        remove.run(old);
      }
    },
  };
}
