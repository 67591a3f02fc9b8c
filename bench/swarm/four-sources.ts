import { basename, dirname } from 'node:path';
import { startNginx, type Nginx } from '../download/nginx.ts';
import { runAt } from '../network/programs.ts';
import { setStage, timeOf, type Stage } from './stage.ts';

const SOURCES = ['one', 'two', 'three', 'four'] as const;
export const LINK_MBIT_PER_S = 100;

export type FourSources = { readonly swapmeetMs: number; readonly aria2Ms?: number };

/** A file from four sources, each behind a slow link, to one that could take it faster. */
export async function runFourSources(sizeBytes: number, runs: number, withRivals: boolean): Promise<FourSources[]> {
  const links = SOURCES.map((name) => ({ name, upMbitPerS: LINK_MBIT_PER_S, downMbitPerS: LINK_MBIT_PER_S }));
  const stage = await setStage([...links, { name: 'reader' }], sizeBytes);
  const servers: Nginx[] = [];
  try {
    for (const name of SOURCES) await stage.addSource(name);
    if (withRivals) for (const name of SOURCES) servers.push(await serve(stage, name));
    const results: FourSources[] = [];
    for (let run = 0; run < runs; run += 1) {
      const swapmeetMs = await bySwapmeet(stage, 'reader');
      results.push(withRivals ? { swapmeetMs, aria2Ms: await byAria2(stage, servers) } : { swapmeetMs });
    }
    return results;
  } finally {
    await Promise.all(servers.map((server) => server.stop()));
    await stage.remove();
  }
}

/** By a new peer, which knows nothing of the file. */
export async function bySwapmeet(stage: Stage, name: string): Promise<number> {
  const folder = await stage.folder('out');
  return stage.withPeers([name], (peers) =>
    timeOf(() => Promise.all(peers.map((peer) => peer.download(stage.file.sha1, folder)))),
  );
}

async function serve(stage: Stage, name: string): Promise<Nginx> {
  return startNginx(dirname(stage.file.path), await stage.folder('nginx'), stage.host(name));
}

async function byAria2(stage: Stage, servers: readonly Nginx[]): Promise<number> {
  const folder = await stage.folder('out');
  const urls = servers.map(({ url }) => url(basename(stage.file.path)));
  const options = ['--check-certificate=false', '--file-allocation=none', '--quiet', '-k', '1M', '-s', '16', '-x', '4'];
  return timeOf(() => runAt(stage.host('reader'), 'aria2c', [...options, '-d', folder, ...urls]));
}
