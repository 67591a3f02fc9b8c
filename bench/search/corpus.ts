import { createHash } from 'node:crypto';
import { closeSync, createReadStream, openSync, readSync } from 'node:fs';
import { generateCorpus } from './generated-corpus.ts';

/** One entry of a corpus: what is shared, and by whom. */
export type CorpusLine = { readonly path: string; readonly peer: string };

/**
 * The first `entries` lines of a corpus, all of a peer together. A file that has fewer is read again, as often as it takes: its
 * peers then have a number after their name, and their paths one more folder before them.
 *
 * @param file lines of path, tab, peer; without one, a corpus is generated
 * @throws Error where the file isn't of that form
 */
export function* readCorpus(file: string | undefined, entries: number): Generator<CorpusLine, void, undefined> {
  let left = entries;
  for (let round = 0; left > 0; round += 1) {
    const before = left;
    for (const { path, peer } of file === undefined ? generateCorpus() : readLines(file)) {
      yield round === 0 ? { path, peer } : { path: `copy-${round}/${path}`, peer: `${peer}~${round}` };
      left -= 1;
      if (left === 0) return;
    }
    if (left === before) throw new Error(`${String(file)} is empty: name a file with lines of path, tab, peer`);
  }
}

/** What tells one corpus from another: the SHA-256 of its file. */
export async function digestOfCorpus(file: string | undefined): Promise<string> {
  if (file === undefined) return 'generated';
  const digest = createHash('sha256');
  for await (const chunk of createReadStream(file, { highWaterMark: CHUNK_BYTES })) digest.update(chunk as Buffer);
  return digest.digest('hex');
}

const CHUNK_BYTES = 1_048_576;
const LINE_FEED = 0x0a;

function* readLines(file: string): Generator<CorpusLine, void, undefined> {
  const handle = openSync(file, 'r');
  try {
    let rest: Buffer = Buffer.alloc(0);
    for (;;) {
      const chunk = Buffer.allocUnsafe(CHUNK_BYTES);
      const bytes = readSync(handle, chunk);
      const text = Buffer.concat([rest, chunk.subarray(0, bytes)]);
      const end = bytes === 0 ? text.length : text.lastIndexOf(LINE_FEED) + 1;
      for (const line of text.toString('utf8', 0, end).split('\n')) if (line !== '') yield lineOf(line, file);
      if (bytes === 0) return;
      rest = text.subarray(end);
    }
  } finally {
    closeSync(handle);
  }
}

function lineOf(line: string, file: string): CorpusLine {
  const tab = line.lastIndexOf('\t');
  if (tab < 1 || tab === line.length - 1) {
    throw new Error(`not a line of path, tab, peer, in ${file}: ${line.slice(0, 200)}`);
  }
  return { path: line.slice(0, tab), peer: line.slice(tab + 1) };
}
