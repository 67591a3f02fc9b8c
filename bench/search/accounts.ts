import { createHash } from 'node:crypto';
import { cp, mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { openSqliteCatalog } from '../../src/catalog/sqlite/sqlite-catalog.ts';
import { createPasswords } from '../../src/server/passwords.ts';
import { hashResumeToken } from '../../src/server/secrets.ts';
import type { CleanUp } from './clean-up.ts';

/** What all accounts of a bench have in common: one password and one token cost the server as much as many. */
export const PASSWORD = 'sesame';
export const RESUME_TOKEN = 'a-token-for-all-of-them';

/** REGISTER_UPDATE and LOGOUT prove the password; it shall not be scrypt that is measured. */
const CHEAP_COST_LOG2 = 4;
const AT_ONCE = 1_000;
const EMPTY_LIST = new Uint8Array();

/** The id of an account: as long as those that a server gives out. */
export function idOf(username: string): string {
  return createHash('sha1').update(username).digest('hex').slice(0, 20);
}

/** A folder in memory: there a commit waits for no disk. */
const MEMORY = '/dev/shm';

/**
 * Registers accounts with empty lists, each with a resume token for `key`, straight in the catalog of a server that doesn't run:
 * over the wire each would cost a password hash. Where the system has a file system in memory the catalog is made there and then
 * copied to `folder`.
 */
export async function seedAccounts(
  folder: string,
  usernames: readonly string[],
  options: { readonly key: string; readonly cleanUp: CleanUp },
): Promise<void> {
  const inMemory = await mkdtemp(join(MEMORY, 'swapmeet-bench-')).catch(() => undefined);
  if (inMemory === undefined) {
    await register(folder, usernames, options.key);
    return;
  }
  const remove = () => rm(inMemory, { recursive: true, force: true });
  options.cleanUp.add(remove);
  await register(inMemory, usernames, options.key);
  await cp(inMemory, folder, { recursive: true });
  await remove();
}

async function register(folder: string, usernames: readonly string[], key: string): Promise<void> {
  const catalog = await openSqliteCatalog({ folder });
  try {
    const passwordHash = await createPasswords({ costLog2: CHEAP_COST_LOG2 }).hash(PASSWORD);
    const resumeTokenHash = hashResumeToken(RESUME_TOKEN);
    const nowMs = Date.now();
    const seed = async (username: string): Promise<void> => {
      const id = idOf(username);
      await catalog.register({ id, username, passwordHash, fileList: EMPTY_LIST }, nowMs);
      await catalog.beginSession({ id, resumeTokenHash, key }, nowMs);
    };
    for (let start = 0; start < usernames.length; start += AT_ONCE) {
      await Promise.all(usernames.slice(start, start + AT_ONCE).map(seed));
    }
  } finally {
    await catalog.close();
  }
}
