import { open, stat } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { BLOCK_BYTES } from '../../src/domain/pieces.ts';
import { LINK_MBIT_PER_S } from './four-sources.ts';
import { setStage, timeOf } from './stage.ts';

const HONEST = ['one', 'two', 'three'] as const;
const LIAR = 'liar';
/** One block in so many is wrong. */
const SPOILT_EVERY = 100;

export type OneLiar = { readonly withMs: number; readonly withoutMs: number; readonly isNamed: boolean };

/** A file from three honest sources, with and without a fourth one which lies in one block of a hundred. */
export async function runOneLiar(sizeBytes: number, runs: number): Promise<OneLiar[]> {
  const link = { upMbitPerS: LINK_MBIT_PER_S, downMbitPerS: LINK_MBIT_PER_S };
  const hosts = [...HONEST, LIAR].map((name) => ({ name, ...link }));
  const stage = await setStage([...hosts, { name: 'reader' }], sizeBytes);

  async function download(): Promise<{ ms: number; liars: readonly string[] }> {
    const folder = await stage.folder('out');
    let liars: readonly string[] = [];
    const ms = await stage.withPeers(['reader'], (peers) =>
      timeOf(async () => {
        for (const peer of peers) ({ liars } = await peer.download(stage.file.sha1, folder));
      }),
    );
    return { ms, liars };
  }

  try {
    for (const name of HONEST) await stage.addSource(name);
    const without: number[] = [];
    for (let run = 0; run < runs; run += 1) without.push((await download()).ms);
    await stage.addSource(LIAR, spoil);
    const results: OneLiar[] = [];
    for (const withoutMs of without) {
      const { ms, liars } = await download();
      results.push({ withMs: ms, withoutMs, isNamed: liars.includes(LIAR) });
    }
    return results;
  } finally {
    await stage.remove();
  }
}

/** Changes blocks of a file that was hashed, and hides it: size, time and inode stay. */
async function spoil(path: string): Promise<void> {
  // Finer than what `utimes` of Node can set.
  const { size, mtimeNs } = await stat(path, { bigint: true });
  const file = await open(path, 'r+');
  for (let at = 0; at < Number(size); at += SPOILT_EVERY * BLOCK_BYTES)
    await file.write(Buffer.alloc(16, at % 251), 0, 16, at);
  await file.close();
  const seconds = `${mtimeNs / 1_000_000_000n}.${String(mtimeNs % 1_000_000_000n).padStart(9, '0')}`;
  await promisify(execFile)('touch', ['-m', '-d', `@${seconds}`, path]);
  await sleep(1_000);
}
