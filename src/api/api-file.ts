import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import writeFileAtomic from 'write-file-atomic';
import * as z from 'zod';
import { SwapmeetError } from '../domain/errors.ts';

const accessSchema = z.object({
  port: z.int().min(1).max(65_535),
  token: z.string().min(1),
  pid: z.int().min(1),
});

/** Where a running peer's API listens on loopback, the token that it wants to see, and its process. */
export type ApiAccess = z.infer<typeof accessSchema>;

function apiFile(dataFolder: string): string {
  return join(dataFolder, 'api.json');
}

/** Tells who may read the data folder how to reach the API; only its owner may (0600). */
export async function writeApiAccess(dataFolder: string, access: ApiAccess): Promise<void> {
  await writeFileAtomic(apiFile(dataFolder), `${JSON.stringify(access)}\n`, { mode: 0o600 });
}

/** Removes the file, unless another process has put its own there since. */
export async function removeApiAccess(dataFolder: string, token: string): Promise<void> {
  if ((await tryRead(dataFolder))?.token === token) await rm(apiFile(dataFolder), { force: true });
}

/**
 * How to reach the peer that runs for a data folder.
 *
 * @throws SwapmeetError `not-running` where none does, or where one was killed and left its file
 */
export async function readApiAccess(dataFolder: string): Promise<ApiAccess> {
  const access = await tryRead(dataFolder);
  if (!access || !isRunning(access.pid)) throw notRunning(dataFolder);
  return access;
}

/** What to tell who calls a peer that isn't there. */
export function notRunning(dataFolder: string, cause?: unknown): SwapmeetError {
  return new SwapmeetError(
    'not-running',
    `no peer is running for ${dataFolder}: start it with “swapmeet peer --data DIR”, or name another one’s folder with --data`,
    { cause },
  );
}

async function tryRead(dataFolder: string): Promise<ApiAccess | undefined> {
  try {
    return accessSchema.parse(JSON.parse(await readFile(apiFile(dataFolder), 'utf8')));
  } catch {
    return undefined;
  }
}

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    // Another user's process exists, too.
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}
