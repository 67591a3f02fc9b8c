import { readFile } from 'node:fs/promises';
import writeFileAtomic from 'write-file-atomic';
import { z } from 'zod';
import { SwapmeetError } from '../../domain/errors.ts';
import { diskFailure } from '../../storage/disk-failure.ts';
import { errnoOf } from '../../storage/errno.ts';

const KeptWatches = z.array(z.object({ id: z.string(), query: z.string(), get: z.boolean() }));

/** A watch as the peer keeps it; `get` has what it matches downloaded. */
export type KeptWatch = z.infer<typeof KeptWatches>[number];

/** The watches kept in a file; none where there is no file. @throws SwapmeetError `disk-error` */
export async function loadWatches(file: string): Promise<readonly KeptWatch[]> {
  try {
    return KeptWatches.parse(JSON.parse(await readFile(file, 'utf8')));
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return [];
    throw new SwapmeetError('disk-error', `${file} can’t be read or is damaged: mend it, or remove it`, {
      cause: error,
    });
  }
}

/** Replaces the file; when this resolves it is on disk. @throws SwapmeetError `disk-full`, `disk-error` */
export async function saveWatches(file: string, watches: readonly KeptWatch[]): Promise<void> {
  try {
    await writeFileAtomic(file, `${JSON.stringify(watches, undefined, 2)}\n`, { mode: 0o600 });
  } catch (error) {
    throw diskFailure(error, file);
  }
}
