import { createFoldedText } from '../../domain/folded-text.ts';
import type { Checkpoint } from '../query-pass.ts';
import { createBits, setBit } from '../segment/bits.ts';
import { NO_NAME } from '../segment/name-table.ts';
import { END, streamOfBits } from '../segment/postings.ts';
import { entriesEnd, type Segment } from '../segment/segment.ts';
import type { Ranges } from './ranges.ts';
import { createRecall } from './recall.ts';

/** What of a segment lies below folders whose name contains a word. */
export type FolderMatches = {
  /** Names of folders that contain it, at most: what it takes to find all entries below them. */
  readonly namesMax: number;
  /** Whether an entry lies below one. */
  has(entry: number): boolean;
  /** Whether it lies below one in whose name it is a word by itself. */
  hasWhole(entry: number): boolean;
  /** All entries below them. */
  entries(): Ranges;
};

/** Bytes that a segment may take to remember what lies below folders that have the words asked for last: it never changes. */
const RECALL_BYTES_MAX = 2 * 1024 * 1024;

const recalls = new WeakMap<Segment, ReturnType<typeof createRecall<Ranges>>>();

function recallOf(segment: Segment): ReturnType<typeof createRecall<Ranges>> {
  const recall = recalls.get(segment) ?? createRecall<Ranges>(RECALL_BYTES_MAX);
  recalls.set(segment, recall);
  return recall;
}

/** The name that is looked at, one at a time. */
const folded = createFoldedText();

/** What a name says about a word. */
const UNKNOWN = 0;
const WITHOUT = 1;
const PART = 2;
const WHOLE = 3;

/** Finds out what lies below folders that match a word, and remembers it for the query. */
export function createFolderMatches(segment: Segment, check: Checkpoint): (word: string) => FolderMatches {
  const known = new Map<string, FolderMatches>();
  return (word) => {
    const matches = known.get(word) ?? matchFolders(segment, word, check);
    known.set(word, matches);
    return matches;
  };
}

function matchFolders(segment: Segment, word: string, check: Checkpoint): FolderMatches {
  const { folders, folderNames, folderParents } = segment;
  let ranges: Ranges | undefined;
  /** By name: what it says. */
  let verdicts: Uint8Array | undefined;
  let lastFolder = -1;
  let lastBest = WITHOUT;

  function verdictOn(name: number): number {
    verdicts ??= new Uint8Array(folders.count);
    const known = verdicts[name] ?? WITHOUT;
    if (known !== UNKNOWN) return known;
    const { names } = folders;
    names.find(name);
    folded.read(names.window, names.at, names.end);
    const verdict = !folded.has(word) ? WITHOUT : folded.hasWhole(word) ? WHOLE : PART;
    verdicts[name] = verdict;
    return verdict;
  }

  /** The best that any folder above an entry says. */
  function bestAbove(entry: number): number {
    const own = segment.folderOf(entry);
    if (own === lastFolder) return lastBest;
    lastFolder = own;
    lastBest = WITHOUT;
    for (let folder = own; lastBest !== WHOLE; folder = folderParents[folder] ?? folder) {
      const name = folderNames[folder] ?? NO_NAME;
      if (name === NO_NAME) break;
      lastBest = Math.max(lastBest, verdictOn(name));
    }
    return lastBest;
  }

  function findEntries(): Ranges {
    const matching = createBits(segment.folderCount);
    const mark = (folder: number): void => {
      setBit(matching, folder);
    };
    const names = folders.mayContain([word]);
    while (names.id !== END) {
      check();
      if (verdictOn(names.id) !== WITHOUT) folders.eachPlace(names.id, mark);
      names.next();
    }
    return below(segment, matching);
  }

  return {
    namesMax: folders.atMost(word),
    has: (entry) => bestAbove(entry) !== WITHOUT,
    hasWhole: (entry) => bestAbove(entry) === WHOLE,
    entries: () => (ranges ??= recallOf(segment)(word, findEntries)),
  };
}

/** The entries below any of the folders that have a bit. */
function below(segment: Segment, folders: Uint32Array): Ranges {
  const ranges: number[] = [];
  let end = 0;
  for (const stream = streamOfBits(folders); stream.id !== END;) {
    const first = segment.folderEntries[stream.id] ?? 0;
    const after = entriesEnd(segment, stream.id);
    stream.next();
    // One that lies in another was counted with that.
    if (after <= end) continue;
    if (first === end && ranges.length > 0) ranges[ranges.length - 1] = after;
    else ranges.push(first, after);
    end = after;
  }
  return Uint32Array.from(ranges);
}
