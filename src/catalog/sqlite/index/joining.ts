import type { IndexState } from '../../query/index-state.ts';
import { eachRepeated } from '../../segment/repeated-entries.ts';
import { extentOfList, sizeOfEntry, type Segment } from '../../segment/segment.ts';
import type { ListTotals } from './building.ts';
import type { DeadEntries } from './changing.ts';

/** What the parts of a list come to as one list. */
export type JoinedParts = ListTotals & {
  /** Entries whose path a later part has too. */
  readonly dead: readonly DeadEntries[];
};

/**
 * Finds what has to go for the parts of a list to be the list, whichever segments they lie in: of entries with one path the one that was
 * sent last stays.
 *
 * @param list the number under which the parts lie
 */
export function joinParts(state: IndexState, list: number): JoinedParts {
  const parts = state.segments.flatMap(({ key, segment }) => {
    const at = segment.listNumbers.indexOf(list);
    return at === -1 ? [] : [{ key, segment, list: at, repeated: [] as number[] }];
  });
  let files = 0;
  let sizeBytes = 0n;
  for (const part of parts) {
    const { entry, entriesEnd } = extentOfList(part.segment, part.list);
    files += entriesEnd - entry;
    sizeBytes += bytesOf(part.segment, entry, entriesEnd);
  }
  eachRepeated(parts, ({ segment, repeated }, entry) => {
    repeated.push(entry);
    files -= 1;
    sizeBytes -= BigInt(sizeOfEntry(segment, entry));
  });
  return {
    files,
    sizeBytes: Number(sizeBytes < Number.MAX_SAFE_INTEGER ? sizeBytes : Number.MAX_SAFE_INTEGER),
    dead: parts
      .filter(({ repeated }) => repeated.length > 0)
      .map(({ key, repeated }) => ({ segment: key, entries: Uint32Array.from(repeated) })),
  };
}

/** What entries add up to, which may be more than a number holds. */
function bytesOf(segment: Segment, from: number, to: number): bigint {
  let all = 0n;
  let some = 0;
  for (let entry = from; entry < to; entry += 1) {
    const sizeBytes = sizeOfEntry(segment, entry);
    if (some > Number.MAX_SAFE_INTEGER - sizeBytes) {
      all += BigInt(some);
      some = 0;
    }
    some += sizeBytes;
  }
  return all + BigInt(some);
}
