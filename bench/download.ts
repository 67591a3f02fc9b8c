/**
 * A download over TLS on loopback, everything verified, beside what a user would run instead: `curl` from nginx over TLS,
 * with nothing verified, and the same followed by `sha1sum`. Ours are whole processes, `swapmeet get` included.
 */
import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { startNginx } from './download/nginx.ts';
import { startTransferPair } from './download/pair.ts';
import { makeRandomFile, median } from './measure.ts';

export type DownloadBenchOptions = {
  readonly runs: number;
  readonly sizeBytes: number;
  /** One JSON object on stdout instead of a table. */
  readonly json: boolean;
};

export type DownloadBenchResult = {
  readonly sizeBytes: number;
  readonly runs: number;
  /** Medians, in ms. */
  readonly swapmeetMs: number;
  readonly curlMs: number;
  readonly curlAndSha1sumMs: number;
  /** Medians of the runs' own ratios; above 1 Swapmeet is faster. */
  readonly speedToCurl: number;
  readonly speedToCurlAndSha1sum: number;
  readonly servingPeakBytes: number;
  readonly downloadingPeakBytes: number;
};

type Run = { readonly swapmeetMs: number; readonly curlMs: number; readonly sha1sumMs: number };

/** Downloads the same file by all contenders in turn, `runs` times, always to a new file, and prints the medians. */
export async function runDownloadBench(options: DownloadBenchOptions): Promise<DownloadBenchResult> {
  const path = makeRandomFile(options.sizeBytes);
  const workFolder = await mkdtemp(join(dirname(path), 'download-'));
  const nginx = await startNginx(dirname(path), workFolder);
  const pair = await startTransferPair(path, workFolder);
  const swapmeet = (folder: string) => pair.download(folder);
  const curl = async (folder: string): Promise<string> => {
    const target = join(folder, 'copy');
    await run('curl', ['-sk', '-o', target, nginx.url(basename(path))]);
    return target;
  };
  try {
    const runs: Run[] = [];
    for (let number = 0; number < options.runs; number += 1) {
      const order = number % 2 === 0 ? [swapmeet, curl] : [curl, swapmeet];
      const times = new Map<unknown, Timed>();
      for (const contender of order) times.set(contender, await measure(contender, join(workFolder, `run-${number}`)));
      const { ms: swapmeetMs = Number.NaN } = times.get(swapmeet) ?? {};
      const { ms: curlMs = Number.NaN, sha1sumMs = Number.NaN } = times.get(curl) ?? {};
      runs.push({ swapmeetMs, curlMs, sha1sumMs });
    }
    const result = summarise(options, runs, await pair.peakBytes());
    print(result, options.json);
    return result;
  } finally {
    await pair.stop();
    await nginx.stop();
    await rm(workFolder, { recursive: true });
  }
}

type Timed = { readonly ms: number; readonly sha1sumMs: number };

/** Times one download, and `sha1sum` of what came; the file is removed outside of both. */
async function measure(contender: (folder: string) => Promise<string>, folder: string): Promise<Timed> {
  await mkdir(folder);
  const startMs = performance.now();
  const target = await contender(folder);
  const doneMs = performance.now();
  await run('sha1sum', [target]);
  const sha1sumMs = performance.now() - doneMs;
  await rm(folder, { recursive: true });
  return { ms: doneMs - startMs, sha1sumMs };
}

async function run(program: string, args: readonly string[]): Promise<void> {
  await promisify(execFile)(program, args);
}

function summarise(
  { runs, sizeBytes }: DownloadBenchOptions,
  times: readonly Run[],
  peak: { serving: number; downloading: number },
): DownloadBenchResult {
  return {
    sizeBytes,
    runs,
    swapmeetMs: median(times.map(({ swapmeetMs }) => swapmeetMs)),
    curlMs: median(times.map(({ curlMs }) => curlMs)),
    curlAndSha1sumMs: median(times.map(({ curlMs, sha1sumMs }) => curlMs + sha1sumMs)),
    speedToCurl: median(times.map(({ swapmeetMs, curlMs }) => curlMs / swapmeetMs)),
    speedToCurlAndSha1sum: median(times.map(({ swapmeetMs, curlMs, sha1sumMs }) => (curlMs + sha1sumMs) / swapmeetMs)),
    servingPeakBytes: peak.serving,
    downloadingPeakBytes: peak.downloading,
  };
}

function print(result: DownloadBenchResult, json: boolean): void {
  if (json) {
    console.log(JSON.stringify({ bench: 'download', ...result }));
    return;
  }
  const row = (name: string, ms: number): string =>
    `${name.padEnd(34)} ${(ms / 1000).toFixed(2).padStart(6)} s ${(result.sizeBytes / ms / 1e6).toFixed(2).padStart(6)} GB/s`;
  const megabytes = (bytes: number): string => `${Math.round(bytes / 1e6)} MB`;
  console.log(`download of ${result.sizeBytes} bytes over TLS on loopback, medians of ${result.runs}`);
  console.log(row('curl from nginx, not verified', result.curlMs));
  console.log(row('curl from nginx, then sha1sum', result.curlAndSha1sumMs));
  console.log(row('swapmeet, verified', result.swapmeetMs));
  console.log(`swapmeet’s speed to curl’s: ${result.speedToCurl.toFixed(2)}`);
  console.log(`swapmeet’s speed to that of curl, then sha1sum: ${result.speedToCurlAndSha1sum.toFixed(2)}`);
  console.log(
    `peak memory: serving ${megabytes(result.servingPeakBytes)}, downloading ${megabytes(result.downloadingPeakBytes)}`,
  );
}
