/**
 * SHA-1 and root by the peer's hash pool, beside coreutils' `sha1sum` and `sha256sum`, over one file in the page cache.
 */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { createHashPool } from '../src/peer/shares/hashing/hash-pool.ts';
import { makeRandomFile, median } from './measure.ts';

export type HashingBenchOptions = {
  readonly runs: number;
  readonly sizeBytes: number;
  /** One JSON object on stdout instead of a table. */
  readonly json: boolean;
};

export type HashingBenchResult = {
  readonly sizeBytes: number;
  readonly runs: number;
  /** Medians, in ms. */
  readonly sha1sumMs: number;
  readonly sha256sumMs: number;
  readonly swapmeetMs: number;
  /** Swapmeet's SHA-1 and root against `sha1sum` alone: below 1 is faster. */
  readonly ratioToSha1sum: number;
};

type Contender = { readonly run: () => Promise<string>; readonly timesMs: number[] };

/** Runs all contenders in turn, `runs` times, and prints the medians. Throws when two disagree about the SHA-1. */
export async function runHashingBench(options: HashingBenchOptions): Promise<HashingBenchResult> {
  const path = makeRandomFile(options.sizeBytes);
  const pool = createHashPool();
  const sha1sum = contender(() => runTool('sha1sum', path));
  const sha256sum = contender(() => runTool('sha256sum', path));
  const swapmeet = contender(async () => (await pool.hash(path)).sha1);
  try {
    await warmUp(path, await pool.hash(path));
    for (let run = 0; run < options.runs; run += 1) {
      for (const each of [sha1sum, swapmeet, sha256sum]) await time(each);
    }
  } finally {
    await pool.close();
  }
  const result = summarise(options, { sha1sum, sha256sum, swapmeet });
  print(result, options.json);
  return result;
}

/** Brings the file into the page cache, and sees that what is compared is the same. */
async function warmUp(path: string, { sha1 }: { sha1: string }): Promise<void> {
  const expected = await runTool('sha1sum', path);
  if (sha1 !== expected) throw new Error(`The pool gives ${sha1} for ${path}, sha1sum ${expected}.`);
}

function contender(run: () => Promise<string>): Contender {
  return { run, timesMs: [] };
}

async function runTool(tool: string, path: string): Promise<string> {
  const { stdout } = await promisify(execFile)(tool, [path]);
  return stdout.split(' ')[0] ?? '';
}

async function time({ run, timesMs }: Contender): Promise<void> {
  const start = performance.now();
  await run();
  timesMs.push(performance.now() - start);
}

function summarise(
  { runs, sizeBytes }: HashingBenchOptions,
  contenders: Record<'sha1sum' | 'sha256sum' | 'swapmeet', Contender>,
): HashingBenchResult {
  const sha1sumMs = median(contenders.sha1sum.timesMs);
  const sha256sumMs = median(contenders.sha256sum.timesMs);
  const swapmeetMs = median(contenders.swapmeet.timesMs);
  return { sizeBytes, runs, sha1sumMs, sha256sumMs, swapmeetMs, ratioToSha1sum: swapmeetMs / sha1sumMs };
}

function print(result: HashingBenchResult, json: boolean): void {
  if (json) {
    console.log(JSON.stringify({ bench: 'hashing', ...result }));
    return;
  }
  const row = (name: string, ms: number): string =>
    `${name.padEnd(26)} ${(ms / 1000).toFixed(2).padStart(6)} s ${(result.sizeBytes / ms / 1e6).toFixed(2).padStart(6)} GB/s`;
  console.log(`hashing ${result.sizeBytes} bytes, medians of ${result.runs}`);
  console.log(row('sha1sum', result.sha1sumMs));
  console.log(row('sha1sum, then sha256sum', result.sha1sumMs + result.sha256sumMs));
  console.log(row('swapmeet: SHA-1 and root', result.swapmeetMs));
  console.log(`swapmeet / sha1sum: ${result.ratioToSha1sum.toFixed(2)}`);
}
