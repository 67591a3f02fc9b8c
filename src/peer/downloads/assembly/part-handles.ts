import { constants } from 'node:fs';
import { open, type FileHandle } from 'node:fs/promises';
import { passingDiskFailure } from '../../../storage/disk-failure.ts';
import { NO_FOLLOW } from '../../../storage/open-flags.ts';
import type { Content } from '../content.ts';

/** Below, a file may stay in the system's cache: whoever fetched it is likely to open it next, and it takes nobody's place. */
const DIRECT_FROM_BYTES = 64 * 1024 * 1024;

/** Linux alone has it. */
const DIRECT = constants.O_DIRECT as number | undefined;

/** A partial file, opened as usual and, where it is large and the system can, once more to write past the system's cache. */
export type PartHandles = { readonly cached: FileHandle; readonly direct: FileHandle | undefined };

/** Opens a file that is open already, not what may have come into its place. Undefined where the file system can't, or the system won't. */
function openDirect({ fd }: FileHandle, flag: number): Promise<FileHandle | undefined> {
  return open(`/proc/self/fd/${fd}`, constants.O_RDWR | flag).catch(() => undefined);
}

/** Opens a file that exists and is no link. @throws SwapmeetError `disk-error` */
export async function openHandles({ path, content }: { path: string; content: Content }): Promise<PartHandles> {
  const flags = constants.O_RDWR | NO_FOLLOW;
  try {
    const cached = await open(path, flags);
    const isDirect = DIRECT !== undefined && content.sizeBytes >= DIRECT_FROM_BYTES;
    return { cached, direct: isDirect ? await openDirect(cached, DIRECT) : undefined };
  } catch (error) {
    throw passingDiskFailure(error, path);
  }
}

export async function closeAll({ cached, direct }: PartHandles): Promise<void> {
  await Promise.all([cached.close(), direct?.close()]);
}
