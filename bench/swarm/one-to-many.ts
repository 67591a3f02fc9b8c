import { basename, dirname, join } from 'node:path';
import { startNginx } from '../download/nginx.ts';
import { processorMs } from '../processor-time.ts';
import type { PeerAt } from '../network/peers.ts';
import { runAt } from '../network/programs.ts';
import { LINK_MBIT_PER_S } from './four-sources.ts';
import { byAria2Torrent, byTransmission } from './rivals/bittorrent.ts';
import { setStage, timeOf, type Stage } from './stage.ts';

const SEED = 'seed';
const READERS = Array.from({ length: 8 }, (_, number) => `reader${number + 1}`);

export type OneToMany = {
  readonly swapmeetMs: number;
  /** Of all nine peers: on one machine it bounds the speed. */
  readonly swapmeetProcessorMs: number;
  readonly aria2Ms?: number;
  readonly transmissionMs?: number;
  readonly curlMs?: number;
};

/** One has a file and eight want it, every link equally slow both ways: until the last one has it. */
export async function runOneToMany(sizeBytes: number, runs: number, withRivals: boolean): Promise<OneToMany[]> {
  const link = { upMbitPerS: LINK_MBIT_PER_S, downMbitPerS: LINK_MBIT_PER_S };
  const stage = await setStage(
    [SEED, ...READERS].map((name) => ({ name, ...link })),
    sizeBytes,
  );
  try {
    const seed = await stage.addSource(SEED);
    const results: OneToMany[] = [];
    for (let run = 0; run < runs; run += 1) {
      const ours = await bySwapmeet(stage, seed);
      if (!withRivals) {
        results.push(ours);
        continue;
      }
      const aria2Ms = await byAria2Torrent(stage, SEED, READERS);
      const transmissionMs = await byTransmission(stage, SEED, READERS);
      // It never differs: the seed's link is the bottleneck.
      const curlMs = results[0]?.curlMs ?? (await byCurl(stage));
      results.push({ ...ours, aria2Ms, transmissionMs, curlMs });
    }
    return results;
  } finally {
    await stage.remove();
  }
}

async function bySwapmeet(stage: Stage, seed: PeerAt): Promise<Pick<OneToMany, 'swapmeetMs' | 'swapmeetProcessorMs'>> {
  const folder = await stage.folder('out');
  return stage.withPeers(READERS, async (peers) => {
    const pids = [seed, ...peers].map(({ running }) => running.pid);
    const before = await processorMs(pids);
    const swapmeetMs = await timeOf(() =>
      Promise.all(peers.map((peer, number) => peer.download(stage.file.sha1, join(folder, String(number))))),
    );
    return { swapmeetMs, swapmeetProcessorMs: (await processorMs(pids)) - before };
  });
}

async function byCurl(stage: Stage): Promise<number> {
  const nginx = await startNginx(dirname(stage.file.path), await stage.folder('nginx'), stage.host(SEED));
  const folder = await stage.folder('out');
  const url = nginx.url(basename(stage.file.path));
  try {
    return await timeOf(() =>
      Promise.all(READERS.map((name) => runAt(stage.host(name), 'curl', ['-sk', '-o', join(folder, name), url]))),
    );
  } finally {
    await nginx.stop();
  }
}
