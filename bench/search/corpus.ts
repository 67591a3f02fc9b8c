import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
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
export async function* readCorpus(
  file: string | undefined,
  entries: number,
): AsyncGenerator<CorpusLine, void, undefined> {
  let left = entries;
  for (let round = 0; left > 0; round += 1) {
    const before = left;
    for await (const { path, peer } of file === undefined ? generateCorpus() : readLines(file)) {
      yield round === 0 ? { path, peer } : { path: `copy-${round}/${path}`, peer: `${peer}~${round}` };
      left -= 1;
      if (left === 0) return;
    }
    if (left === before) throw new Error(`${String(file)} is empty: name a file with lines of path, tab, peer`);
  }
}

async function* readLines(file: string): AsyncGenerator<CorpusLine, void, undefined> {
  const lines = createInterface({ input: createReadStream(file, { highWaterMark: 1_048_576 }), crlfDelay: Infinity });
  for await (const line of lines) {
    const tab = line.lastIndexOf('\t');
    if (tab < 1 || tab === line.length - 1) {
      throw new Error(`not a line of path, tab, peer, in ${file}: ${line.slice(0, 200)}`);
    }
    yield { path: line.slice(0, tab), peer: line.slice(tab + 1) };
  }
}
