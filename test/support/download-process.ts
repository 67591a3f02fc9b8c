/** A downloader in a process of its own, which can be killed. Sends each view to its parent. */
import { pino } from 'pino';
import { createDownloadThreads } from '../../src/peer/downloads/download-threads.ts';
import { openDownloads } from '../../src/peer/downloads/downloads.ts';
import { createRateLimit } from '../../src/peer/limits/rate-limit.ts';
import { createThrottle } from '../../src/peer/limits/throttle.ts';
import { createHeldParts } from '../../src/peer/parts/held-parts.ts';
import { createHashPool } from '../../src/peer/shares/hashing/hash-pool.ts';
import type { Source } from '../../src/protocol/codecs/search.ts';
import { loadOrCreateIdentity } from '../../src/transport/identity.ts';
import { dialSources } from './dial-sources.ts';

export type DownloadTask = {
  readonly database: string;
  readonly folder: string;
  readonly identityFile: string;
  readonly ticket: string;
  readonly source: Source;
};

async function run({ database, folder, identityFile, ticket, source }: DownloadTask): Promise<void> {
  const identity = await loadOrCreateIdentity(identityFile);
  const downloads = openDownloads({
    database,
    defaultFolder: folder,
    link: { sources: () => Promise.resolve([source]), ticket: () => ticket, onOnline: () => () => undefined },
    identity,
    connect: dialSources(identity),
    throttle: createThrottle(createRateLimit(() => performance.now())),
    hashPool: createHashPool(),
    threads: createDownloadThreads(),
    shared: (contents) => contents.map(() => undefined),
    parts: createHeldParts(),
    list: () => Promise.resolve({ rows: [] }),
    log: pino({ level: 'silent' }),
    now: Date.now,
  });
  const { id } = await downloads.start(source);
  for await (const view of downloads.watch(id, AbortSignal.timeout(60_000))) process.send?.(view);
}

process.once('message', (task: DownloadTask) => void run(task));
