import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { SwapmeetError } from '../../src/domain/errors.ts';
import { checkSharePath } from '../../src/domain/share-path.ts';
import { checkUsername } from '../../src/domain/username.ts';
import { encodeFileLine } from '../../src/protocol/codecs/file-list.ts';
import { CONTENTS_VERSION, entryOf } from './content-of.ts';
import { digestOfCorpus, readCorpus } from './corpus.ts';
import { createTextFile } from './text-file.ts';

/** The list of one peer: bytes `start` to `end` of the dataset's file of lists. */
export type PeerList = {
  readonly username: string;
  readonly start: number;
  readonly end: number;
  readonly files: number;
};

/** A corpus as both sides take it, on disk, so that making it costs nothing while something is measured. */
export type Dataset = {
  readonly entries: number;
  readonly peers: readonly PeerList[];
  /** The file lines of all peers, as they travel. */
  readonly listsFile: string;
  /** The paths alone, one a line, for the rivals. */
  readonly pathsFile: string;
  readonly pathsBytes: number;
  /** Some paths from all over it, to make queries of. */
  readonly sample: readonly string[];
  /** Lines that are no paths on the wire (longer than 255 characters in one name, `..`) or that their peer has twice: they are left out. */
  readonly leftOut: number;
};

const SAMPLE_PATHS = 20_000;

export type DatasetOptions = {
  readonly corpus: string | undefined;
  readonly entries: number;
  readonly signal: AbortSignal;
  readonly say: (sentence: string) => void;
};

const DATASET_FILE = 'dataset.json';
/** So many lines are made between two looks at whether the bench was interrupted. */
const LINES_AT_ONCE = 10_000;
const SAY_EVERY = 1_000_000;

/** What a dataset was made of: where this is the same, it is. */
type Origin = { readonly corpus: string; readonly lines: number; readonly version: number };

/**
 * The dataset in `folder`, made where it is missing.
 *
 * @throws Error where the folder has one of another corpus, or a peer's lines don't stand together
 */
export async function openDataset(folder: string, options: DatasetOptions): Promise<Dataset> {
  const origin = { corpus: await digestOfCorpus(options.corpus), lines: options.entries, version: CONTENTS_VERSION };
  const kept = await readFile(join(folder, DATASET_FILE), 'utf8').catch(() => undefined);
  const files = { listsFile: join(folder, 'lists'), pathsFile: join(folder, 'paths') };
  if (kept === undefined) {
    const made = await makeDataset(files, options);
    await writeFile(join(folder, DATASET_FILE), JSON.stringify({ origin, made }));
    return { ...made, ...files };
  }
  const { origin: before, made } = JSON.parse(kept) as { origin: Origin; made: MadeDataset };
  if (JSON.stringify(before) !== JSON.stringify(origin)) {
    throw new Error(`${folder} has another corpus, or one of another version of the bench: remove it, or name another`);
  }
  return { ...made, ...files };
}

type DatasetFiles = Pick<Dataset, 'listsFile' | 'pathsFile'>;
type MadeDataset = Omit<Dataset, keyof DatasetFiles>;

async function makeDataset(
  { listsFile, pathsFile }: DatasetFiles,
  { corpus, entries, signal, say }: DatasetOptions,
): Promise<MadeDataset> {
  const lists = createTextFile(listsFile);
  const paths = createTextFile(pathsFile);
  const peers = createPeers();
  const sample: string[] = [];
  const sampleEvery = Math.max(1, Math.floor(entries / SAMPLE_PATHS));
  let number = 0;
  let leftOut = 0;
  for (const { path, peer } of readCorpus(corpus, entries)) {
    number += 1;
    if (number % LINES_AT_ONCE === 0) {
      await nextTurn();
      signal.throwIfAborted();
    }
    if (number % SAY_EVERY === 0) say(`${number} of ${entries} entries are made up`);
    if (!isSharePath(path) || peers.has(peer, path)) {
      leftOut += 1;
      continue;
    }
    if (number % sampleEvery === 0) sample.push(path);
    const start = lists.bytes();
    lists.write(`${encodeFileLine(entryOf(path, entries))}\n`);
    peers.add(peer, path, start, lists.bytes());
    paths.write(`${path}\n`);
  }
  lists.close();
  paths.close();
  return { entries: number - leftOut, peers: peers.all, pathsBytes: paths.bytes(), sample, leftOut };
}

function isSharePath(path: string): boolean {
  try {
    return checkSharePath(path) === path;
  } catch (error) {
    if (error instanceof SwapmeetError) return false;
    throw error;
  }
}

/** Where each peer's list begins and ends. A name that is no username is replaced by a number. */
function createPeers() {
  const all: { username: string; start: number; end: number; files: number }[] = [];
  const seen = new Set<string>();
  /** Of the peer whose lines come now. */
  const paths = new Set<string>();
  let current: string | undefined;
  const begin = (peer: string, start: number): void => {
    if (seen.has(peer)) {
      throw new Error(`the lines of ${peer} don’t stand together: sort the corpus, for example by sort -t$'\\t' -k2,2`);
    }
    seen.add(peer);
    paths.clear();
    current = peer;
    all.push({ username: isUsername(peer) ? peer : `peer ${all.length}`, start, end: start, files: 0 });
  };
  return {
    all,
    has: (peer: string, path: string): boolean => peer === current && paths.has(path),
    add(peer: string, path: string, start: number, end: number): void {
      if (peer !== current) begin(peer, start);
      paths.add(path);
      const last = all.at(-1);
      if (!last) return;
      last.end = end;
      last.files += 1;
    },
  };
}

function isUsername(name: string): boolean {
  try {
    return checkUsername(name) === name;
  } catch (error) {
    if (error instanceof SwapmeetError) return false;
    throw error;
  }
}
