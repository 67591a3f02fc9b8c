import { rm } from 'node:fs/promises';
import writeFileAtomic from 'write-file-atomic';
import { apiFile, tryReadApiAccess, type ApiAccess } from './api-file.ts';

/** Tells who may read the data folder how to reach the API; only its owner may (0600). */
export async function writeApiAccess(dataFolder: string, access: ApiAccess): Promise<void> {
  await writeFileAtomic(apiFile(dataFolder), `${JSON.stringify(access)}\n`, { mode: 0o600 });
}

/** Removes the file, unless another process has put its own there since. */
export async function removeApiAccess(dataFolder: string, token: string): Promise<void> {
  if ((await tryReadApiAccess(dataFolder))?.token === token) await rm(apiFile(dataFolder), { force: true });
}
