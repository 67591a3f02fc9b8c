import type { ApiClient } from '../api/client.ts';
import { peerDataFolder } from './data-folder.ts';
import type { Globals } from './globals.ts';

/** The running peer of `--data`. @throws SwapmeetError `not-running` */
export async function connectToPeer(globals: Globals): Promise<ApiClient> {
  const { createApiClient } = await import('../api/client.ts');
  return createApiClient({ dataFolder: await peerDataFolder(globals) });
}
