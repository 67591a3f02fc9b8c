import type { Command } from 'commander';
import type { FileHash, HashPool } from '../../peer/shares/hashing/hash-pool.ts';
import { reportFailure } from '../failure.ts';
import { createFilesProgress } from '../files-progress.ts';
import { outputOf } from '../globals.ts';
import type { Output } from '../output.ts';
import { EXIT_INTERRUPTED, stopSignal } from '../signals.ts';

const HELP = `
The root is the SHA-256 Merkle root that BitTorrent v2 calls "pieces root" (BEP 52); an empty file has none.

Examples:
  $ swapmeet hash disk.iso
  $ swapmeet hash --json *.flac | jq -r '[.sha1, .path] | @tsv'
`;

/** A file's lines for a person: the root is too long to stand beside the rest. */
function hashLines(path: string, { sizeBytes, sha1, root }: FileHash): string[] {
  return [path, `  size  ${sizeBytes}`, `  sha1  ${sha1}`, ...(root === undefined ? [] : [`  root  ${root}`])];
}

async function hashFiles(paths: readonly string[], output: Output): Promise<void> {
  const stop = stopSignal();
  const { createHashPool } = await import('../../peer/shares/hashing/hash-pool.ts');
  const pool = createHashPool();
  const progress = await createFilesProgress(paths, output);
  const start = (path: string): Promise<FileHash> => pool.hash(path, { signal: stop, onProgress: progress.begin() });
  try {
    for (const hashing of hashAhead(paths, start)) {
      await printHash(output, hashing, stop);
      if (stop.aborted) break;
    }
  } finally {
    progress.stop();
    await pool.close();
  }
}

export function addHashCommand(program: Command): void {
  program
    .command('hash')
    .summary('compute size, SHA-1 and root of files')
    .description(
      'Computes size, SHA-1 and root of files, as a peer does for what it shares. Needs no network and no running peer.',
    )
    .argument('<file...>', 'files to read')
    .addHelpText('after', HELP)
    .action((paths: string[], _options: object, command: Command) => hashFiles(paths, outputOf(command)));
}

/** Prints one file's hashes, or why there are none: the other files are hashed all the same. */
async function printHash(output: Output, { path, hash }: Hashing, stop: AbortSignal): Promise<void> {
  try {
    const hashes = await hash;
    const { sizeBytes, sha1, root } = hashes;
    if (output.json) await output.record({ path, size: sizeBytes, sha1, root });
    else await output.lines(hashLines(path, hashes));
  } catch (error) {
    process.exitCode = stop.aborted ? EXIT_INTERRUPTED : reportFailure(error, output.json);
  }
}

type Hashing = { readonly path: string; readonly hash: Promise<FileHash> };

/** How many files are given to the pool ahead of the one that is waited for. */
const AHEAD_MAX = 256;

/** The hashes in the order of the paths, with a number of files under way at once. */
function* hashAhead(paths: readonly string[], hash: HashPool['hash']): Generator<Hashing> {
  const underWay: Hashing[] = [];
  for (const path of paths) {
    const started = { path, hash: hash(path) };
    // It may fail before its turn, when nobody waits for it yet.
    started.hash.catch(() => undefined);
    underWay.push(started);
    const first = underWay.length === AHEAD_MAX ? underWay.shift() : undefined;
    if (first) yield first;
  }
  yield* underWay;
}
