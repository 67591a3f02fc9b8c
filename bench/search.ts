/**
 * Searching and publishing over the wire, beside what a user would run instead: plocate, PostgreSQL's trigrams and SQLite's FTS5, on
 * the same paths in the same run. The server is a process of its own (`swapmeet server`); the clients are threads of the bench's
 * process and speak TLS with it. Every time is from a request's call to its parsed reply.
 */
import { writeFile } from 'node:fs/promises';
import { withCleanUp } from './search/clean-up.ts';
import { measureSize, type SizeFigures } from './search/measure-size.ts';
import { drawGrowth } from './search/plot.ts';
import { printFigures } from './search/report.ts';
import { RIVALS } from './search/rival-figures.ts';

export type SearchBenchOptions = {
  /** A file of lines of path, tab, peer, the lines of a peer together; without one, a corpus is generated. */
  readonly corpus: string | undefined;
  /** A file with a query a line; without one, they are made of the corpus's words. */
  readonly queries: string | undefined;
  /** How many entries; all figures for each. */
  readonly sizes: readonly number[];
  /** Passes over the queries. */
  readonly runs: number;
  readonly rivals: readonly string[] | undefined;
  /** Where a plot of all sizes goes, as SVG. */
  readonly plot: string | undefined;
  readonly json: boolean;
};

export async function runSearchBench(options: SearchBenchOptions): Promise<readonly SizeFigures[]> {
  const { corpus, queries, sizes, runs, rivals = RIVALS, plot, json } = options;
  const say = (sentence: string): void => {
    if (!json) console.error(`${(performance.now() / 1000).toFixed(0).padStart(5)} s  ${sentence}`);
  };
  const results: SizeFigures[] = [];
  for (const entries of sizes) {
    const figures = await withCleanUp((cleanUp, signal) =>
      measureSize({ corpus, queries, entries, runs, rivals, signal, cleanUp, say }),
    );
    results.push(figures);
    if (json) console.log(JSON.stringify({ bench: 'search', ...figures }));
    else printFigures(figures);
  }
  if (plot !== undefined) await writeFile(plot, drawGrowth(results));
  return results;
}
