import { randomFillSync } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { TestContext } from 'node:test';
import { createApiClient, type ApiClient } from '../../src/api/client.ts';
import { start, temporaryFolder, type Running } from '../support/processes.ts';

/** A network of real processes below one temporary folder; everything ends with the test. */
export type Network = {
  readonly root: string;
  readonly link: string;
  /** `--data DIR` of a peer, for commands that talk to it. */
  readonly data: (name: string) => readonly ['--data', string];
  /** Asks a running peer what its commands ask it: for what is asked again and again, each of which would be a process. */
  readonly api: (name: string) => Promise<ApiClient>;
  /** Where a peer's files are: `root/NAME/PART…`. */
  readonly path: (name: string, ...parts: string[]) => string;
  /** Starts a peer that shares its folder `files` as `files`. */
  readonly peer: (name: string) => Promise<Running>;
  /** Starts a peer again with its data folder alone. */
  readonly again: (name: string) => Promise<Running>;
  readonly restartServer: () => Promise<Running>;
  readonly server: () => Running;
  /** Has a process ended with the test, unless it was stopped before. */
  readonly track: (process: Running) => Running;
};

export async function createNetwork(
  t: TestContext,
  options: { serverArgs?: readonly string[] } = {},
): Promise<Network> {
  const { path: root, remove } = await temporaryFolder('e2e');
  const processes: Running[] = [];
  const track = (process: Running): Running => {
    processes.push(process);
    return process;
  };
  t.after(async () => {
    await Promise.all(processes.map((process) => process.kill()));
    await remove();
  });
  const serverData = join(root, 'server');
  let server = track(
    await start(['server', '--data', serverData, '--listen', '127.0.0.1:0', ...(options.serverArgs ?? [])]),
  );
  const link = server.ready;
  const address = new URL(link).host;
  const data = (name: string) => ['--data', join(root, name, 'data')] as const;
  return {
    root,
    link,
    data,
    api: (name) => createApiClient({ dataFolder: join(root, name, 'data') }),
    path: (name, ...parts) => join(root, name, ...parts),
    peer: async (name) => {
      const files = join(root, name, 'files');
      await mkdir(files, { recursive: true });
      const paths = ['--share', files, '--downloads', join(root, name, 'downloads')];
      return track(
        await start(['peer', ...data(name), '--join', link, '--name', name, ...paths, '--listen', '127.0.0.1:0']),
      );
    },
    again: async (name) => track(await start(['peer', ...data(name)])),
    restartServer: async () => {
      server = track(await start(['server', '--data', serverData, '--listen', address, ...(options.serverArgs ?? [])]));
      return server;
    },
    server: () => server,
    track,
  };
}

/** Writes a file of random bytes, with the folders on the way to it. */
export async function writeRandom(path: string, sizeBytes: number): Promise<Buffer> {
  const bytes = randomFillSync(Buffer.allocUnsafe(sizeBytes));
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, bytes);
  return bytes;
}

/** Asks again until the answer satisfies; for what happens soon, by itself. */
export async function eventually<T>(
  ask: () => Promise<T>,
  satisfies: (answer: T) => boolean,
  timeoutMs = 15_000,
): Promise<T> {
  const endMs = Date.now() + timeoutMs;
  for (;;) {
    const answer = await ask();
    if (satisfies(answer)) return answer;
    if (Date.now() > endMs) throw new Error(`not within ${timeoutMs} ms: ${JSON.stringify(answer)}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}
