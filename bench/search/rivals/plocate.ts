import { spawnSync } from 'node:child_process';
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { parseQuery } from '../../../src/domain/query-parse.ts';
import { spreadOf, type Spread } from '../../measure.ts';
import type { Ground } from '../field.ts';
import { bytesEach } from '../figures/store.ts';
import { isSkipped, ratios, spread, type Row, type Skipped } from '../report.ts';
import type { Known } from '../stages.ts';

type PlocateResult = {
  readonly entries: number;
  readonly databaseBytes: number;
  readonly queries: number;
  /** Queries with filters or exclusions, which plocate can't be asked. */
  readonly leftOut: number;
  /** From before the process is started until it has ended and its output is there. */
  readonly process: Spread;
  /** What plocate's own clock says (`--debug`) from its start to its last line, its start as a process not included. */
  readonly own: Spread;
};

export type PlocateFigure = PlocateResult | Skipped;

const ROWS = 100;
const BUILD_TIMEOUT_MS = 1_200_000;
const QUERY_TIMEOUT_MS = 60_000;
const OUTPUT_BYTES_MAX = 64 * 1024 * 1024;

/**
 * `plocate -i -l 100` on the same paths, in turn: each query once as a process that somebody starts, and once more with `--debug`,
 * which prints how long it took inside. Its database lies in the page cache.
 */
export async function measurePlocate({ place, dataset, queries, signal }: Ground): Promise<PlocateFigure> {
  const database = join(place.folder, 'plocate.db');
  const { error, status } = spawnSync('/usr/sbin/plocate-build', ['-p', '-l', 'no', dataset.pathsFile, database], {
    timeout: BUILD_TIMEOUT_MS,
  });
  if (error !== undefined || status !== 0) return { skipped: 'plocate is not installed here' };
  const patterns = queries.map(patternsOf).filter((words) => words !== undefined);
  const ownMs: number[] = [];
  const processMs: number[] = [];
  for (const words of patterns) {
    await nextTurn();
    signal.throwIfAborted();
    processMs.push(locate(database, words).ms);
    const own = /^Done in ([\d.]+) ms/m.exec(locate(database, ['--debug', ...words]).stderr)?.[1];
    if (own !== undefined) ownMs.push(Number(own));
  }
  return {
    entries: dataset.entries,
    databaseBytes: statSync(database).size,
    queries: patterns.length,
    leftOut: queries.length - patterns.length,
    process: spreadOf(processMs),
    own: spreadOf(ownMs),
  };
}

export function reportPlocate(figure: PlocateFigure, { search }: Known): readonly Row[] {
  if (isSkipped(figure)) return [['plocate', figure.skipped]];
  return [
    ['plocate -i -l 100, as a process', spread(figure.process), ratios(figure.process, search?.all)],
    ['plocate, by its own clock', spread(figure.own), ratios(figure.own, search?.all)],
    ['plocate’s database (paths only)', bytesEach(figure.databaseBytes, figure.entries)],
  ];
}

/** The words of a query as patterns, of which plocate wants all, too. */
function patternsOf(query: string): string[] | undefined {
  const patterns: string[] = [];
  for (const { predicate, excluded } of parseQuery(query).terms) {
    if (predicate.kind !== 'text' || excluded) return undefined;
    patterns.push(predicate.text.replaceAll(/[\\*?[\]]/g, '\\$&'));
  }
  return patterns;
}

function locate(database: string, args: readonly string[]): { readonly ms: number; readonly stderr: string } {
  const startMs = performance.now();
  const { stderr } = spawnSync('plocate', ['-d', database, '-i', '-l', String(ROWS), ...args], {
    encoding: 'utf8',
    timeout: QUERY_TIMEOUT_MS,
    maxBuffer: OUTPUT_BYTES_MAX,
  });
  return { ms: performance.now() - startMs, stderr };
}
