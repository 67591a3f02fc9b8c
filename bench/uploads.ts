/**
 * 200 peers at once from one, over TLS on loopback, beside one alone; and the same from nginx. The readers are one process
 * that does nothing with the bytes, so it is the serving side and the sharing that is measured. The peer has downloads of its own that
 * wait for a source.
 */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { startNginx } from './download/nginx.ts';
import { makeRandomFile, median } from './measure.ts';
import type { CrowdResult, CrowdTask } from './uploads/crowd.ts';
import { QUEUED, startServingPeer } from './uploads/serving-peer.ts';

export type UploadsBenchOptions = {
  readonly runs: number;
  readonly sizeBytes: number;
  /** One JSON object on stdout instead of a table. */
  readonly json: boolean;
};

const PEERS = 200;
const RUN_MS = 8_000;

/** One run of one contender. */
type Run = {
  readonly aloneBytesPerS: number;
  readonly togetherBytesPerS: number;
  /** What the one got that got least, as a part of what each should have got. */
  readonly leastShare: number;
};

type Contender = Pick<CrowdTask, 'port' | 'of'>;

export async function runUploadsBench({ runs, sizeBytes, json }: UploadsBenchOptions): Promise<void> {
  const path = makeRandomFile(sizeBytes);
  const workFolder = await mkdtemp(join(dirname(path), 'uploads-'));
  const nginx = await startNginx(dirname(path), workFolder);
  const peer = await startServingPeer(path, sizeBytes, workFolder);
  const url = new URL(nginx.url(basename(path)));
  const contenders: Readonly<Record<string, Contender>> = {
    swapmeet: peer,
    nginx: { port: Number(url.port), of: { kind: 'nginx', path: url.pathname } },
  };
  const results: Record<string, Run[]> = { swapmeet: [], nginx: [] };
  try {
    for (let number = 0; number < runs; number += 1) {
      for (const [name, contender] of Object.entries(contenders)) results[name]?.push(await runOnce(contender));
    }
    print(results, await peer.peakBytes(), json);
  } finally {
    await peer.stop();
    await nginx.stop();
    await rm(workFolder, { recursive: true });
  }
}

async function runOnce(contender: Contender): Promise<Run> {
  const alone = await runCrowd(contender, 1);
  const together = await runCrowd(contender, PEERS);
  const totalBytes = sum(together.gotBytes);
  return {
    aloneBytesPerS: (sum(alone.gotBytes) / alone.tookMs) * 1000,
    togetherBytesPerS: (totalBytes / together.tookMs) * 1000,
    leastShare: Math.min(...together.gotBytes) / (totalBytes / PEERS),
  };
}

async function runCrowd({ port, of }: Contender, connections: number): Promise<CrowdResult> {
  const child = fork(new URL('./uploads/crowd.ts', import.meta.url));
  const exited = once(child, 'exit');
  const replied = once(child, 'message') as Promise<[CrowdResult]>;
  child.send({ port, of, connections, forMs: RUN_MS } satisfies CrowdTask);
  const outcome = await Promise.race([replied, exited.then(() => undefined)]);
  if (!outcome) throw new Error('the readers ended early');
  await exited;
  return outcome[0];
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

function print(results: Readonly<Record<string, readonly Run[]>>, peakBytes: number, json: boolean): void {
  if (json) {
    console.log(JSON.stringify({ bench: 'uploads', peers: PEERS, peakBytes, results }));
    return;
  }
  const rate = (bytesPerS: number): string => `${Math.round(bytesPerS / 1e6)} MB/s`.padStart(9);
  console.log(`${PEERS} peers at once, and one alone, ${RUN_MS / 1000} s each`);
  for (const [name, runs] of Object.entries(results)) {
    const medianOf = (figure: (run: Run) => number): number => median(runs.map(figure));
    const alone = rate(medianOf(({ aloneBytesPerS }) => aloneBytesPerS));
    const together = rate(medianOf(({ togetherBytesPerS }) => togetherBytesPerS));
    const ratio = medianOf((run) => run.togetherBytesPerS / run.aloneBytesPerS).toFixed(2);
    const least = medianOf(({ leastShare }) => leastShare).toFixed(2);
    console.log(
      `${name.padEnd(10)} alone ${alone}, together ${together} (${ratio}), the least share ${least} of a fair one`,
    );
  }
  console.log(`peak memory of the serving peer, ${QUEUED} downloads queued: ${Math.round(peakBytes / 1e6)} MB`);
}
