import { copyFile, link, writeFile } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { basename, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Host } from '../../network/namespaces.ts';
import { runAt, startAt, type Program } from '../../network/programs.ts';
import { timeOf, type Stage } from '../stage.ts';

const POLL_MS = 50;
const WITHIN_MS = 300_000;
/** For a seed to look at its file, and tell the tracker. */
const SETTLE_MS = 3_000;

/** Starts one client. It adds a file `done` to the folder when it has all. */
type StartClient = (stage: Stage, host: Host, torrent: string, folder: string) => Promise<Program>;

/** The file by BitTorrent, with the tracker on the seed's host. Ms until the last one has it. */
export const byAria2Torrent = measured(startAria2);
export const byTransmission = measured(startTransmission);

function measured(startClient: StartClient) {
  return async (stage: Stage, seedName: string, readers: readonly string[]): Promise<number> => {
    const seed = stage.host(seedName);
    const [work, seedFolder] = [await stage.folder('torrent'), await stage.folder('out')];
    const torrent = join(work, 'file.torrent');
    const running: Program[] = [];
    try {
      running.push(await startTracker(stage, seed, torrent, work));
      await link(stage.file.path, join(seedFolder, basename(stage.file.path)));
      running.push(await startClient(stage, seed, torrent, seedFolder));
      await sleep(SETTLE_MS);
      return await timeOf(() =>
        Promise.all(
          readers.map(async (name) => {
            const folder = await stage.folder('out');
            running.push(await startClient(stage, stage.host(name), torrent, folder));
            await isThere(join(folder, 'done'));
          }),
        ),
      );
    } finally {
      await Promise.all(running.map((program) => program.stop()));
    }
  };
}

/** @throws Error where that takes far too long */
async function isThere(path: string): Promise<void> {
  const endMs = performance.now() + WITHIN_MS;
  while (!existsSync(path)) {
    if (performance.now() > endMs) throw new Error(`a BitTorrent client had not all after ${WITHIN_MS / 1000} s`);
    await sleep(POLL_MS);
  }
}

/** Makes the torrent, too: Debian's tracker serves only those whose hash it was told. */
async function startTracker(stage: Stage, host: Host, torrent: string, work: string): Promise<Program> {
  const announce = `http://${host.address}:6969/announce`;
  await runAt(host, 'transmission-create', ['-o', torrent, '-t', announce, stage.file.path]);
  const hash = /Hash(?: v1)?: ([0-9a-f]{40})/.exec(await runAt(host, 'transmission-show', [torrent]))?.[1];
  if (hash === undefined) throw new Error('transmission-show tells no hash');
  await writeFile(join(work, 'whitelist.txt'), `${hash}\n`);
  const listen = ['-i', host.address, '-p', '6969', '-P', '6969'];
  // It goes on as nobody, and sees no other folder.
  return startAt(host, 'opentracker', [...listen, '-d', work, '-w', 'whitelist.txt']);
}

async function doneScript(folder: string): Promise<string> {
  const script = join(folder, 'is-done.sh');
  await writeFile(script, `#!/bin/sh\ntouch '${join(folder, 'done')}'\n`, { mode: 0o755 });
  return script;
}

async function startAria2(_stage: Stage, host: Host, torrent: string, folder: string): Promise<Program> {
  const script = await doneScript(folder);
  return startAt(host, 'aria2c', [
    ...['--enable-dht=false', '--enable-dht6=false', '--bt-enable-lpd=false', '--file-allocation=none'],
    ...['--seed-ratio=0', '--seed-time=600', '--check-integrity=true', '--listen-port=6881', '--quiet'],
    ...[`--on-bt-download-complete=${script}`, `--dir=${folder}`, torrent],
  ]);
}

async function startTransmission(stage: Stage, host: Host, torrent: string, folder: string): Promise<Program> {
  const [home, watched] = [await stage.folder('transmission'), await stage.folder('watched')];
  const settings = {
    'script-torrent-done-enabled': true,
    'script-torrent-done-filename': await doneScript(folder),
    'dht-enabled': false,
    'lpd-enabled': false,
    'port-forwarding-enabled': false,
    'download-dir': folder,
    'watch-dir': watched,
    'watch-dir-enabled': true,
    'rename-partial-files': false,
    'ratio-limit-enabled': false,
  };
  await writeFile(join(home, 'settings.json'), JSON.stringify(settings));
  await copyFile(torrent, join(watched, 'file.torrent'));
  return startAt(host, 'transmission-daemon', ['-f', '-g', home]);
}
