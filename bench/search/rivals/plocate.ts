import { spawnSync } from 'node:child_process';
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { parseQuery } from '../../../src/domain/query-parse.ts';

export type PlocateResult = {
  readonly databaseBytes: number;
  readonly queries: number;
  /** Queries with filters or exclusions, which plocate can't be asked. */
  readonly leftOut: number;
  /** From before the process is started until it has ended and its output is there. */
  readonly processMs: readonly number[];
  /** What plocate's own clock says (`--debug`) from its start to its last line, its start as a process not included. */
  readonly ownMs: readonly number[];
};

const ROWS = 100;
const BUILD_TIMEOUT_MS = 1_200_000;
const QUERY_TIMEOUT_MS = 60_000;
const OUTPUT_BYTES_MAX = 64 * 1024 * 1024;

/**
 * `plocate -i -l 100` on the same paths, in turn: each query once as a process that somebody starts, and once more with `--debug`,
 * which prints how long it took inside. Its database lies in the page cache.
 *
 * @returns undefined where plocate isn't installed
 */
export async function runPlocate(
  folder: string,
  pathsFile: string,
  queries: readonly string[],
  signal: AbortSignal,
): Promise<PlocateResult | undefined> {
  const database = join(folder, 'plocate.db');
  const { error, status } = spawnSync('/usr/sbin/plocate-build', ['-p', '-l', 'no', pathsFile, database], {
    timeout: BUILD_TIMEOUT_MS,
  });
  if (error !== undefined || status !== 0) return undefined;
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
    databaseBytes: statSync(database).size,
    queries: patterns.length,
    leftOut: queries.length - patterns.length,
    processMs,
    ownMs,
  };
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
