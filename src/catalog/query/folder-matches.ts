import { fold } from '../../domain/fold.ts';
import { hasWholeWord } from '../../domain/rank.ts';
import { createBits, setBit } from '../segment/bits.ts';
import { END, streamOfBits } from '../segment/postings.ts';
import { entriesEnd, type Segment } from '../segment/segment.ts';
import type { Checkpoint } from '../query-pass.ts';
import type { Ranges } from './ranges.ts';

/** The entries below folders whose name contains a word. */
export type FolderMatches = {
  readonly entries: Ranges;
  /** Of these, the ones below a folder in whose name it is a word by itself. */
  readonly wholeWord: Ranges;
};

/** Finds out, once for each word, what lies below folders that match it. */
export function createFolderMatches(segment: Segment, check: Checkpoint): (word: string) => FolderMatches {
  const known = new Map<string, FolderMatches>();
  return (word) => {
    const matches = known.get(word) ?? matchFolders(segment, word, check);
    known.set(word, matches);
    return matches;
  };
}

function matchFolders(segment: Segment, word: string, check: Checkpoint): FolderMatches {
  const some = createBits(segment.folderCount);
  const whole = createBits(segment.folderCount);
  const names = segment.folders.mayContain([word]);
  for (; names.id !== END; names.next()) {
    check();
    const name = fold(segment.folders.textOf(names.id));
    if (!name.includes(word)) continue;
    const isWhole = hasWholeWord(name, word);
    segment.folders.eachPlace(names.id, (folder) => {
      setBit(some, folder);
      if (isWhole) setBit(whole, folder);
    });
  }
  return { entries: below(segment, some), wholeWord: below(segment, whole) };
}

/** The entries below any of the folders that have a bit. */
function below(segment: Segment, folders: Uint32Array): Ranges {
  const ranges: number[] = [];
  let end = 0;
  for (const stream = streamOfBits(folders); stream.id !== END; stream.next()) {
    const first = segment.folderEntries[stream.id] ?? 0;
    const after = entriesEnd(segment, stream.id);
    // One that lies in another was counted with that.
    if (after <= end) continue;
    if (first === end && ranges.length > 0) ranges[ranges.length - 1] = after;
    else ranges.push(first, after);
    end = after;
  }
  return Uint32Array.from(ranges);
}
