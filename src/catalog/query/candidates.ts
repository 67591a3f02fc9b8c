import type { RankInText } from './entry-test.ts';

/** Entries that match a query, in columns: a query may have thousands. */
export type Candidates = {
  readonly count: number;
  /** Where each one’s segment stands in the state. */
  readonly segments: Uint16Array;
  readonly entries: Uint32Array;
  /** Words of the query that occur in the name. */
  readonly wordsInName: Uint8Array;
  /** Words of the query that occur by themselves, not as a part of others. */
  readonly wholeWords: Uint8Array;
  /** UTF-16 units of the folded name. */
  readonly nameUnits: Uint16Array;
  /** Whether there were more than were looked at. */
  readonly bounded: boolean;
};

/** Gathers candidates. */
export function createCandidateList() {
  let capacity = 256;
  let segments = new Uint16Array(capacity);
  let entries = new Uint32Array(capacity);
  let wordsInName = new Uint8Array(capacity);
  let wholeWords = new Uint8Array(capacity);
  let nameUnits = new Uint16Array(capacity);
  let count = 0;

  function grow(): void {
    capacity *= 4;
    segments = moved(segments, new Uint16Array(capacity));
    entries = moved(entries, new Uint32Array(capacity));
    wordsInName = moved(wordsInName, new Uint8Array(capacity));
    wholeWords = moved(wholeWords, new Uint8Array(capacity));
    nameUnits = moved(nameUnits, new Uint16Array(capacity));
  }

  return {
    add: (segment: number, entry: number, rank: RankInText): void => {
      if (count === capacity) grow();
      segments[count] = segment;
      entries[count] = entry;
      wordsInName[count] = rank.wordsInName;
      wholeWords[count] = rank.wholeWords;
      nameUnits[count] = rank.nameUnits;
      count += 1;
    },
    finish: (bounded: boolean): Candidates => ({
      count,
      segments,
      entries,
      wordsInName,
      wholeWords,
      nameUnits,
      bounded,
    }),
  };
}

function moved<T extends Uint8Array | Uint16Array | Uint32Array>(from: T, to: T): T {
  to.set(from);
  return to;
}
