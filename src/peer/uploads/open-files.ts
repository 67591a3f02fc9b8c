import { constants, fstatSync } from 'node:fs';
import { open, type FileHandle } from 'node:fs/promises';
import { SwapmeetError } from '../../domain/errors.ts';
import { isShortage } from '../../storage/errno.ts';
import { NO_BLOCK } from '../../storage/open-flags.ts';
import type { SharedFile, ShareIndex } from './shared-file.ts';

/** A connection mostly asks for range after range of one file, sometimes of a few in turn. */
const OPEN_FILES_MAX = 4;

/** The files that one connection reads from, kept open between its requests. */
export type OpenFiles = {
  /**
   * The handle of a shared file, checked to be the one that was hashed.
   *
   * @throws SwapmeetError `not-shared` where it is gone, `changed` where it is another: both are told to the index; `busy` where
   *   too many files are open
   */
  open(file: SharedFile): Promise<FileHandle>;
  /** Call it when no request is under way any more. */
  close(): Promise<void>;
};

export function createOpenFiles(index: ShareIndex): OpenFiles {
  // In the order of last use: a Map keeps the order of insertion.
  const handles = new Map<string, FileHandle>();

  async function use(file: SharedFile): Promise<FileHandle> {
    const { absolutePath } = file;
    const handle = handles.get(absolutePath) ?? (await openShared(file, index));
    handles.delete(absolutePath);
    handles.set(absolutePath, handle);
    return handle;
  }

  async function forget(path: string): Promise<void> {
    const handle = handles.get(path);
    handles.delete(path);
    await handle?.close();
  }

  return {
    async open(file) {
      const handle = await use(file);
      const [oldest] = handles.keys();
      if (handles.size > OPEN_FILES_MAX && oldest !== undefined) await forget(oldest);
      try {
        assertUnchanged(handle, file, index);
      } catch (error) {
        await forget(file.absolutePath);
        throw error;
      }
      return handle;
    },
    async close() {
      await Promise.all([...handles.keys()].map(forget));
    },
  };
}

async function openShared(file: SharedFile, index: ShareIndex): Promise<FileHandle> {
  try {
    return await open(file.absolutePath, constants.O_RDONLY | NO_BLOCK);
  } catch (cause) {
    if (isShortage(cause)) {
      throw new SwapmeetError('busy', 'this peer has too many files open: try again in some seconds', { cause });
    }
    index.recheck(file);
    throw new SwapmeetError('not-shared', 'the file can’t be read any more: ask another source', { cause });
  }
}

/**
 * Checks that an open file still has the stamp under which it was hashed. The system has it in memory: handing the question to another
 * thread takes a hundred times as long.
 *
 * @throws SwapmeetError `changed`, which is told to the index
 */
export function assertUnchanged({ fd }: Pick<FileHandle, 'fd'>, file: SharedFile, index: ShareIndex): void {
  const { size, mtimeNs, ino } = fstatSync(fd, { bigint: true });
  if (size === BigInt(file.sizeBytes) && mtimeNs === file.mtimeNs && ino === file.inode) return;
  index.recheck(file);
  throw changed();
}

/** The KO for a file that is not any more what was published. */
export function changed(): SwapmeetError {
  return new SwapmeetError('changed', 'the file changed since it was published: search again, or ask another source');
}
