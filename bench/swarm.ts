/**
 * Downloads from many and to many, on links of limited speed: hosts are network namespaces with `tc tbf`, so this needs
 * Linux and root. Beside ours in the same run: aria2c from four nginx; BitTorrent by aria2c and transmission-daemon, and
 * curl from one nginx.
 */
import { median } from './measure.ts';
import { canMakeHosts } from './network/namespaces.ts';
import { LINK_MBIT_PER_S, runFourSources } from './swarm/four-sources.ts';
import { runOneLiar } from './swarm/one-liar.ts';
import { runOneToMany } from './swarm/one-to-many.ts';

export type SwarmBenchOptions = {
  readonly runs: number;
  readonly sizeBytes: number;
  /** Which figures; all when absent. */
  readonly figures: readonly string[] | undefined;
  /** None beside ours, for a quick look. */
  readonly withRivals: boolean;
  readonly json: boolean;
};

export async function runSwarmBench(options: SwarmBenchOptions): Promise<void> {
  const { runs, sizeBytes, figures, withRivals } = options;
  if (!canMakeHosts()) {
    console.error('swarm: left out, since it needs Linux and root for links of limited speed');
    return;
  }
  const isWanted = (figure: string): boolean => !figures || figures.includes(figure);
  if (isWanted('four')) report(options, 'four', await runFourSources(sizeBytes, runs, withRivals), 4 * LINK_MBIT_PER_S);
  if (isWanted('liar')) report(options, 'liar', await runOneLiar(sizeBytes, runs), 3 * LINK_MBIT_PER_S);
  if (isWanted('many')) report(options, 'many', await runOneToMany(sizeBytes, runs, withRivals), LINK_MBIT_PER_S);
}

const TITLES: Readonly<Record<string, string>> = {
  four: 'from four sources to one',
  liar: 'from three honest sources, with and without a liar',
  many: 'from one to eight, until the last one has it',
};

/** @param mbitPerS of all links that the bytes have to pass together */
function report(
  { sizeBytes, json }: SwarmBenchOptions,
  figure: string,
  results: readonly Readonly<Record<string, number | boolean>>[],
  mbitPerS: number,
): void {
  const idealMs = (sizeBytes * 8) / mbitPerS / 1000;
  const names = Object.keys(results[0] ?? {});
  const valuesOf = (name: string): readonly number[] => results.map((result) => Number(result[name]));
  const medians = Object.fromEntries(names.map((name) => [name, median(valuesOf(name))]));
  if (json) {
    console.log(JSON.stringify({ bench: 'swarm', figure, sizeBytes, idealMs, medians, results }));
    return;
  }
  console.log(
    `${TITLES[figure] ?? figure}, ${sizeBytes} bytes, links of ${LINK_MBIT_PER_S} Mbit/s, medians of ${results.length}`,
  );
  console.log(`${'ideal'.padEnd(16)} ${(idealMs / 1000).toFixed(2)} s`);
  for (const name of names) {
    const value = medians[name] ?? Number.NaN;
    const line = name.endsWith('Ms')
      ? `${(value / 1000).toFixed(2)} s, ${(value / idealMs).toFixed(2)} × ideal`
      : String(value);
    console.log(`${name.replace(/Ms$/, '').padEnd(16)} ${line}`);
  }
}
