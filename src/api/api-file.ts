import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { SwapmeetError } from '../domain/errors.ts';

const PORTS = 65_536;

/** Where a running peer's API listens on loopback, the token that it wants to see, and its process. */
export type ApiAccess = { readonly port: number; readonly token: string; readonly pid: number };

export function apiFile(dataFolder: string): string {
  return join(dataFolder, 'api.json');
}

/**
 * How to reach the peer that runs for a data folder.
 *
 * @throws SwapmeetError `not-running` where none does, or where one was killed and left its file
 */
export async function readApiAccess(dataFolder: string): Promise<ApiAccess> {
  const access = await tryReadApiAccess(dataFolder);
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

/** What the file says; undefined where it is not there, or is of another form. */
export async function tryReadApiAccess(dataFolder: string): Promise<ApiAccess | undefined> {
  try {
    const value: unknown = JSON.parse(await readFile(apiFile(dataFolder), 'utf8'));
    return isAccess(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** By hand: who only reads this file would load a schema library for it. */
function isAccess(value: unknown): value is ApiAccess {
  if (typeof value !== 'object' || value === null) return false;
  const { port, token, pid } = value as Partial<Record<string, unknown>>;
  return isCount(port) && port < PORTS && typeof token === 'string' && token !== '' && isCount(pid);
}

function isCount(value: unknown): value is number {
  return Number.isInteger(value) && (value as number) > 0;
}

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    // Another user's process exists, too.
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}
