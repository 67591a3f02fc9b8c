import { join, resolve } from 'node:path';
import type { Globals } from './globals.ts';

/** The folder that a person named, by `--data` or in the environment. */
function namedFolder({ data }: Pick<Globals, 'data'>): string | undefined {
  const named = data ?? process.env['SWAPMEET_DATA'];
  return named === undefined || named === '' ? undefined : resolve(named);
}

async function defaultFolder(name: 'peer' | 'server'): Promise<string> {
  const { default: envPaths } = await import('env-paths');
  return join(envPaths('swapmeet', { suffix: '' }).data, name);
}

/** Where the peer keeps everything: as named, else the user's own data folder of the system. */
export async function peerDataFolder(globals: Pick<Globals, 'data'>): Promise<string> {
  return namedFolder(globals) ?? defaultFolder('peer');
}

export async function serverDataFolder(globals: Pick<Globals, 'data'>): Promise<string> {
  return namedFolder(globals) ?? defaultFolder('server');
}

/** The server's folder where a peer runs beside it: inside of the one that is named, which is the peer's, so that one `--data` finds it. */
export async function besidePeerDataFolder(globals: Pick<Globals, 'data'>): Promise<string> {
  const named = namedFolder(globals);
  return named === undefined ? defaultFolder('server') : join(named, 'server');
}
