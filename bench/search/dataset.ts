import { once } from 'node:events';
import { createWriteStream, type WriteStream } from 'node:fs';
import { join } from 'node:path';
import { SwapmeetError } from '../../src/domain/errors.ts';
import { checkSharePath } from '../../src/domain/share-path.ts';
import { checkUsername } from '../../src/domain/username.ts';
import { encodeFileLine } from '../../src/protocol/codecs/file-list.ts';
import { entryOf } from './content-of.ts';
import { readCorpus } from './corpus.ts';

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
  /** Lines that are no paths on the wire (longer than 255 characters in one name, `..`), and so were left out. */
  readonly leftOut: number;
};

const SAMPLE_PATHS = 20_000;

/** Writes a corpus to `folder`. @throws Error where a peer's lines don't stand together */
export async function makeDataset(
  folder: string,
  options: { readonly corpus: string | undefined; readonly entries: number; readonly signal: AbortSignal },
): Promise<Dataset> {
  const { corpus, entries, signal } = options;
  const lists = createFile(join(folder, 'lists'));
  const paths = createFile(join(folder, 'paths'));
  const peers = createPeers();
  const sample: string[] = [];
  const sampleEvery = Math.max(1, Math.floor(entries / SAMPLE_PATHS));
  let number = 0;
  let leftOut = 0;
  for await (const { path, peer } of readCorpus(corpus, entries)) {
    signal.throwIfAborted();
    number += 1;
    if (!isSharePath(path)) {
      leftOut += 1;
      continue;
    }
    if (number % sampleEvery === 0) sample.push(path);
    const line = `${encodeFileLine(entryOf(path, entries))}\n`;
    peers.add(peer, lists.bytes(), Buffer.byteLength(line));
    await lists.write(line);
    await paths.write(`${path}\n`);
  }
  await Promise.all([lists.close(), paths.close()]);
  return {
    entries: entries - leftOut,
    peers: peers.all,
    listsFile: lists.path,
    pathsFile: paths.path,
    pathsBytes: paths.bytes(),
    sample,
    leftOut,
  };
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
  let current: string | undefined;
  const begin = (peer: string, start: number): void => {
    if (seen.has(peer)) {
      throw new Error(`the lines of ${peer} don’t stand together: sort the corpus, for example by sort -t$'\\t' -k2,2`);
    }
    seen.add(peer);
    current = peer;
    all.push({ username: isUsername(peer) ? peer : `peer ${all.length}`, start, end: start, files: 0 });
  };
  return {
    all,
    add(peer: string, start: number, bytes: number): void {
      if (peer !== current) begin(peer, start);
      const last = all.at(-1);
      if (!last) return;
      last.end = start + bytes;
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

const CHUNK_UNITS = 1_048_576;

/** A file that is written from its beginning to its end, in large pieces. */
function createFile(path: string) {
  const stream: WriteStream = createWriteStream(path);
  let waiting = '';
  let bytes = 0;
  const flush = async (): Promise<void> => {
    const full = !stream.write(waiting);
    waiting = '';
    if (full) await once(stream, 'drain');
  };
  return {
    path,
    bytes: () => bytes,
    write(text: string): Promise<void> | undefined {
      bytes += Buffer.byteLength(text);
      waiting += text;
      return waiting.length < CHUNK_UNITS ? undefined : flush();
    },
    async close(): Promise<void> {
      await flush();
      stream.end();
      await once(stream, 'close');
    },
  };
}
