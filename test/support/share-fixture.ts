import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import type { TestContext } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { pino } from 'pino';
import type { SharePatterns } from '../../src/peer/shares/filter/patterns.ts';
import type { HashPool } from '../../src/peer/shares/hashing/hash-pool.ts';
import { openShareIndex, type ShareIndex } from '../../src/peer/shares/share-index.ts';
import type { ShareDefinition } from '../../src/peer/shares/share-definitions.ts';
import { hashPool as pool } from './hash-pool.ts';

const NO_PATTERNS: SharePatterns = { exclude: [], include: [] };

export type OpenIndex = ShareIndex & {
  /** Paths in the share's folder, as they were hashed. */
  readonly hashed: string[];
  /** JSON lines. */
  readonly logged: string[];
  readonly paths: () => string[];
  /** Resolves once the published paths are these; rejects after 10 s. */
  readonly lists: (paths: readonly string[]) => Promise<void>;
};

export type ShareFixture = {
  /** Of the share `S`. */
  readonly folder: string;
  readonly database: string;
  readonly inFolder: (path: string) => string;
  /** Writes a file below the folder, and the folders on the way. */
  readonly write: (path: string, content?: string) => Promise<void>;
  /** Opens an index that is closed when the test ends, if it was not before. */
  readonly open: (options?: {
    readonly shares?: readonly ShareDefinition[];
    readonly patterns?: SharePatterns;
    readonly hash?: (path: string, pool: HashPool) => ReturnType<HashPool['hash']>;
  }) => Promise<OpenIndex>;
};

export function sha1Of(content: string): string {
  return createHash('sha1').update(content).digest('hex');
}

/** A new folder on the real disk to share, removed when the test ends. */
export async function createShareFixture(test: TestContext): Promise<ShareFixture> {
  const base = await mkdtemp(join(tmpdir(), 'swapmeet-shares-'));
  const folder = join(base, 'shared');
  const database = join(base, 'data', 'shares.db');
  const opened: ShareIndex[] = [];
  await mkdir(folder);
  await mkdir(dirname(database));
  test.after(async () => {
    for (const index of opened) await index.close();
    await rm(base, { recursive: true, force: true });
  });
  const inFolder = (path: string): string => join(folder, path);
  return {
    folder,
    database,
    inFolder,
    async write(path, content = path) {
      await mkdir(dirname(inFolder(path)), { recursive: true });
      await writeFile(inFolder(path), content);
    },
    async open({
      shares = [{ label: 'S', folder }],
      patterns = NO_PATTERNS,
      hash = (path: string) => pool.hash(path),
    } = {}) {
      const hashed: string[] = [];
      const logged: string[] = [];
      const hashPool: Pick<HashPool, 'hash' | 'verifyPieces'> = {
        verifyPieces: pool.verifyPieces,
        hash(path) {
          hashed.push(relative(folder, path));
          return hash(path, pool);
        },
      };
      const log = pino({ level: 'debug' }, { write: (line: string) => void logged.push(line) });
      const index = await openShareIndex({ database, shares, patterns, hashPool, log, signal: test.signal });
      opened.push(index);
      return { ...index, hashed, logged, paths: () => pathsOf(index), lists: (paths) => untilListed(index, paths) };
    },
  };
}

function pathsOf(index: ShareIndex): string[] {
  return Array.from(index.entries(), ({ path }) => path);
}

async function untilListed(index: ShareIndex, paths: readonly string[]): Promise<void> {
  const wanted = JSON.stringify(paths);
  const lateMs = performance.now() + 10_000;
  for (;;) {
    const listed = JSON.stringify(pathsOf(index));
    if (listed === wanted) return;
    if (performance.now() > lateMs) throw new Error(`published: ${listed}, not ${wanted}`);
    await sleep(20);
  }
}
