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
import { endedProgramsMs, processorMs } from './processor-time.ts';
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
  /** Processor time of both ends, in ms, medians. What else the machine does shows less in it. */
  readonly swapmeetProcessorMs: number;
  readonly curlProcessorMs: number;
  readonly curlAndSha1sumProcessorMs: number;
  readonly servingPeakBytes: number;
  readonly downloadingPeakBytes: number;
};

type Run = { readonly swapmeet: Timed; readonly curl: Timed };

/** Downloads the same file by all contenders in turn, `runs` times, always to a new file, and prints the medians. */
export async function runDownloadBench(options: DownloadBenchOptions): Promise<DownloadBenchResult> {
  const path = makeRandomFile(options.sizeBytes);
  const workFolder = await mkdtemp(join(dirname(path), 'download-'));
  const nginx = await startNginx(dirname(path), workFolder);
  const pair = await startTransferPair(path, workFolder);
  const swapmeet: Contender = { download: pair.download, pids: pair.pids };
  const curl: Contender = {
    download: async (folder) => {
      const target = join(folder, 'copy');
      await run('curl', ['-sk', '-o', target, nginx.url(basename(path))]);
      return target;
    },
    pids: nginx.pids,
  };
  try {
    const runs: Run[] = [];
    for (let number = 0; number < options.runs; number += 1) {
      const folder = join(workFolder, `run-${number}`);
      // Each has the first turn as often: it leaves the other a different machine.
      runs.push(
        number % 2 === 0
          ? { swapmeet: await measure(swapmeet, folder), curl: await measure(curl, folder) }
          : { curl: await measure(curl, folder), swapmeet: await measure(swapmeet, folder) },
      );
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

type Contender = {
  readonly download: (folder: string) => Promise<string>;
  /** What goes on running. */
  readonly pids: readonly number[];
};

type Cost = { readonly ms: number; readonly processorMs: number };
type Timed = { readonly download: Cost; readonly sha1sum: Cost };

/** Times one download, and `sha1sum` of what came; the file is removed outside of both. */
async function measure({ download, pids }: Contender, folder: string): Promise<Timed> {
  await mkdir(folder);
  let target = '';
  const downloaded = await costOf(pids, async () => {
    target = await download(folder);
  });
  const sha1sum = await costOf([], () => run('sha1sum', [target]));
  await rm(folder, { recursive: true });
  return { download: downloaded, sha1sum };
}

async function costOf(pids: readonly number[], work: () => Promise<void>): Promise<Cost> {
  const spentMs = async (): Promise<number> => (await processorMs(pids)) + (await endedProgramsMs());
  const [beganMs, before] = [performance.now(), await spentMs()];
  await work();
  return { ms: performance.now() - beganMs, processorMs: (await spentMs()) - before };
}

async function run(program: string, args: readonly string[]): Promise<void> {
  await promisify(execFile)(program, args);
}

function summarise(
  { runs, sizeBytes }: DownloadBenchOptions,
  times: readonly Run[],
  peak: { serving: number; downloading: number },
): DownloadBenchResult {
  const medianOf = (figure: (run: Run) => number): number => median(times.map(figure));
  return {
    sizeBytes,
    runs,
    swapmeetMs: medianOf(({ swapmeet }) => swapmeet.download.ms),
    curlMs: medianOf(({ curl }) => curl.download.ms),
    curlAndSha1sumMs: medianOf(({ curl }) => curl.download.ms + curl.sha1sum.ms),
    speedToCurl: medianOf(({ swapmeet, curl }) => curl.download.ms / swapmeet.download.ms),
    speedToCurlAndSha1sum: medianOf(
      ({ swapmeet, curl }) => (curl.download.ms + curl.sha1sum.ms) / swapmeet.download.ms,
    ),
    swapmeetProcessorMs: medianOf(({ swapmeet }) => swapmeet.download.processorMs),
    curlProcessorMs: medianOf(({ curl }) => curl.download.processorMs),
    curlAndSha1sumProcessorMs: medianOf(({ curl }) => curl.download.processorMs + curl.sha1sum.processorMs),
    servingPeakBytes: peak.serving,
    downloadingPeakBytes: peak.downloading,
  };
}

function print(result: DownloadBenchResult, json: boolean): void {
  if (json) {
    console.log(JSON.stringify({ bench: 'download', ...result }));
    return;
  }
  const seconds = (ms: number): string => `${(ms / 1000).toFixed(2).padStart(6)} s`;
  const row = (name: string, ms: number, processor: number): string =>
    `${name.padEnd(34)} ${seconds(ms)} ${(result.sizeBytes / ms / 1e6).toFixed(2).padStart(6)} GB/s ${seconds(processor)} of processor time`;
  const megabytes = (bytes: number): string => `${Math.round(bytes / 1e6)} MB`;
  console.log(`download of ${result.sizeBytes} bytes over TLS on loopback, medians of ${result.runs}`);
  console.log(row('curl from nginx, not verified', result.curlMs, result.curlProcessorMs));
  console.log(row('curl from nginx, then sha1sum', result.curlAndSha1sumMs, result.curlAndSha1sumProcessorMs));
  console.log(row('swapmeet, verified', result.swapmeetMs, result.swapmeetProcessorMs));
  console.log(`swapmeet’s speed to curl’s: ${result.speedToCurl.toFixed(2)}`);
  console.log(`swapmeet’s speed to that of curl, then sha1sum: ${result.speedToCurlAndSha1sum.toFixed(2)}`);
  console.log(
    `peak memory: serving ${megabytes(result.servingPeakBytes)}, downloading ${megabytes(result.downloadingPeakBytes)}`,
  );
}
