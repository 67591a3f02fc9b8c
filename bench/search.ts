/**
 * Searching and publishing over the wire, beside what a user would run instead: plocate, PostgreSQL's trigrams and SQLite's FTS5, on
 * the same paths in the same run. The server is a process of its own (`swapmeet server`); the clients are threads of the bench's
 * process and speak TLS with it. Every time is from a request's call to its parsed reply.
 */
import { writeFile } from 'node:fs/promises';
import { withCleanUp } from './search/clean-up.ts';
import { measureSize, type SizeResult } from './search/measure-size.ts';
import { readAllKnown } from './search/place.ts';
import { drawGrowth } from './search/plot.ts';
import { FIGURE_NAMES } from './search/stages.ts';

export type SearchBenchOptions = {
  /** A file of lines of path, tab, peer, the lines of a peer together; without one, a corpus is generated. */
  readonly corpus: string | undefined;
  /** A file with a query a line; without one, they are made of the corpus's words. */
  readonly queries: string | undefined;
  /** How many entries; all figures for each. */
  readonly sizes: readonly number[];
  /** Where corpus, server's data folder and figures are kept, by size: a later run takes up what was published. */
  readonly data: string | undefined;
  /** Which figures; all when absent. */
  readonly figures: readonly string[] | undefined;
  /** How many standing searches publishing is measured with. */
  readonly watches: number;
  /** Passes over the queries. */
  readonly runs: number;
  /** Where a plot of all sizes goes, as SVG: of this run's, and of all that are kept. */
  readonly plot: string | undefined;
  readonly json: boolean;
};

export async function runSearchBench(options: SearchBenchOptions): Promise<void> {
  const { sizes, figures, data, plot } = options;
  const unknown = (figures ?? []).filter((figure) => !FIGURE_NAMES.some((name) => name === figure));
  if (unknown.length > 0) {
    console.error(`no figure ${unknown.join(', ')}: there are ${FIGURE_NAMES.join(', ')}`);
    process.exitCode = 2;
    return;
  }
  const say = (sentence: string): void => {
    console.error(`${(performance.now() / 1000).toFixed(0).padStart(5)} s  ${sentence}`);
  };
  const results: SizeResult[] = [];
  for (const entries of sizes) {
    results.push(await withCleanUp((cleanUp, signal) => measureSize({ ...options, entries, signal, cleanUp, say })));
  }
  if (plot !== undefined) await writeFile(plot, drawGrowth(data === undefined ? results : await readAllKnown(data)));
}
