import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import writeFileAtomic from 'write-file-atomic';
import * as z from 'zod';
import { SwapmeetError } from '../domain/errors.ts';
import type { HostPort } from '../protocol/host-port.ts';
import { diskFailure } from '../storage/disk-failure.ts';
import { errnoOf } from '../storage/errno.ts';

/** What a server keeps of how it was started: its address, which stands in the join links that people have. */
const KEPT = z.object({ listen: z.object({ host: z.string(), port: z.number() }) });

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
    return KEPT.parse(JSON.parse(text)).listen;
  } catch (cause) {
    throw new SwapmeetError('disk-error', `${file} is damaged: remove it, and give --listen again`, { cause });
  }
}

/** @throws SwapmeetError `disk-error`, `disk-full` */
export async function keepListen(dataFolder: string, listen: HostPort): Promise<void> {
  const file = fileIn(dataFolder);
  try {
    await writeFileAtomic(file, `${JSON.stringify({ listen })}\n`, { mode: 0o600 });
  } catch (error) {
    throw diskFailure(error, file);
  }
}
