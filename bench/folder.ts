/**
 * A folder of many small files from one peer, over TLS on loopback and every file verified, beside what a user would run instead:
 * `rsync` and `scp -r` over ssh. Ours are whole commands, `swapmeet get` included.
 */
import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { startSshServer } from './folder/ssh-server.ts';
import { countFiles, makeTree } from './folder/tree.ts';
import { median } from './measure.ts';
import { startPair, type Pair } from './pair.ts';

export type FolderBenchOptions = { readonly runs: number; readonly json: boolean };

const FILES = 10_000;
const FILE_BYTES = 20_000;

type Contender = {
  readonly name: string;
  /** Gets the tree into an empty folder. */
  readonly fetch: (folder: string) => Promise<void>;
};

async function getTree({ download, clear }: Pair, folder: string): Promise<void> {
  await download('files/tree/', folder);
  // So that the next one begins anew.
  await clear();
}

/** Each in turn, `runs` times, always into a new folder; prints the medians. */
export async function runFolderBench({ runs, json }: FolderBenchOptions): Promise<void> {
  const base = join(tmpdir(), 'swapmeet-bench');
  await mkdir(base, { recursive: true });
  const work = await mkdtemp(join(base, 'folder-'));
  const tree = makeTree(join(work, 'share', 'tree'), FILES, FILE_BYTES);
  const pair = await startPair(join(work, 'share'), work);
  const ssh = await startSshServer(work);
  try {
    const contenders: Contender[] = [
      { name: 'swapmeet get', fetch: (folder) => getTree(pair, folder) },
      ...(await ssh.contenders(tree)),
      { name: 'cp -r', fetch: (folder) => run('cp', ['-r', tree, folder]) },
    ];
    const times = new Map<string, number[]>(contenders.map(({ name }) => [name, []]));
    for (let number = 0; number < runs; number += 1) {
      // Each has every place in the order as often: it leaves the others a different machine.
      for (const at of contenders.keys()) {
        const contender = contenders[(at + number) % contenders.length];
        if (contender) times.get(contender.name)?.push(await measure(contender, join(work, `target-${number}-${at}`)));
      }
    }
    print(times, runs, json);
  } finally {
    await pair.stop();
    await ssh.stop();
    await rm(work, { recursive: true });
  }
}

/**
 * The folder stays until all have been measured: ext4 passes over the inodes of files that were removed in the last minutes, one
 * after the other, so that whoever makes files next would pay some 8 s for what was removed before.
 */
async function measure({ name, fetch }: Contender, folder: string): Promise<number> {
  await mkdir(folder);
  // What the one before it left to be written is not its affair.
  await run('sync', []);
  const beganMs = performance.now();
  await fetch(folder);
  const ms = performance.now() - beganMs;
  const files = await countFiles(folder);
  if (files !== FILES) throw new Error(`${name} brought ${files} of ${FILES} files`);
  return ms;
}

async function run(program: string, args: readonly string[]): Promise<void> {
  await promisify(execFile)(program, args);
}

function print(times: ReadonlyMap<string, readonly number[]>, runs: number, json: boolean): void {
  const medians = Array.from(times, ([name, all]) => ({ name, ms: Math.round(median(all)) }));
  const ours = medians[0]?.ms ?? Number.NaN;
  if (json) {
    console.log(JSON.stringify({ bench: 'folder', files: FILES, fileBytes: FILE_BYTES, runs, medians }));
    return;
  }
  console.log(`${FILES} files of ${FILE_BYTES} bytes, over loopback, medians of ${runs}`);
  for (const { name, ms } of medians) {
    console.log(`${name.padEnd(16)} ${(ms / 1000).toFixed(2).padStart(6)} s  ${(ms / ours).toFixed(2)} × ours`);
  }
}
