import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import writeFileAtomic from 'write-file-atomic';
import { SwapmeetError } from '../domain/errors.ts';
import { formatHostPort, parseHostPort, type HostPort } from '../protocol/host-port.ts';
import { diskFailure } from '../storage/disk-failure.ts';
import { errnoOf } from '../storage/errno.ts';

/** What a server keeps of how it was started: its address, which stands in the join links that people have. */
type Kept = { readonly listen: HostPort };

/** @throws Error of whatever kind for anything else */
function parseKept(text: string): HostPort {
  const { listen } = JSON.parse(text) as Kept;
  return parseHostPort(formatHostPort(listen), 0);
}

function fileIn(dataFolder: string): string {
  return join(dataFolder, 'server.json');
}

/** Where the server of a data folder listened the last time, or undefined when it is new. @throws SwapmeetError `disk-error` */
export async function loadListen(dataFolder: string): Promise<HostPort | undefined> {
  const file = fileIn(dataFolder);
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return undefined;
    throw diskFailure(error, file);
  }
  try {
    return parseKept(text);
  } catch (cause) {
    throw new SwapmeetError('disk-error', `${file} is damaged: remove it, and give --listen again`, { cause });
  }
}

/** @throws SwapmeetError `disk-error`, `disk-full` */
export async function keepListen(dataFolder: string, listen: HostPort): Promise<void> {
  const file = fileIn(dataFolder);
  try {
    await writeFileAtomic(file, `${JSON.stringify({ listen } satisfies Kept)}\n`, { mode: 0o600 });
  } catch (error) {
    throw diskFailure(error, file);
  }
}
