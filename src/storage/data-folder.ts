import { lstat } from 'node:fs/promises';
import { join } from 'node:path';
import { throwUnlessOutOfReach } from './errno.ts';

/** Where the private key of a peer or server lies in its data folder. */
export const IDENTITY_FILE = 'identity.pem';

/** What a running peer or server holds of its data folder. It is there before all else. */
export const LOCK_FILE = 'lock.db';

/** Whether a folder is the data folder of a peer or server, of this one or another: nobody else may read what is in it. */
export async function isDataFolder(folder: string): Promise<boolean> {
  return (await exists(join(folder, LOCK_FILE))) && (await exists(join(folder, IDENTITY_FILE)));
}

/** Whether it takes a look to say whether the folder that a file of this name lies in is a data folder. */
export function isOfDataFolder(name: string): boolean {
  return name === LOCK_FILE || name === IDENTITY_FILE;
}

async function exists(path: string): Promise<boolean> {
  try {
    await lstat(path);
    return true;
  } catch (error) {
    throwUnlessOutOfReach(error);
    return false;
  }
}
