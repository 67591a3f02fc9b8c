/** Synchronous reading of whole files, for worker threads: there is no one else on the thread to wait. */
import { closeSync, constants, openSync, readSync } from 'node:fs';
import { SwapmeetError } from '../../../domain/errors.ts';
import { NO_BLOCK } from '../../../storage/open-flags.ts';
import { changedFile, stampOf, type FileStamp } from './file-stamp.ts';

/**
 * Read so much at once, in bytes. Measured: up to 256 KiB the bytes are still in the processor's second-level cache
 * when they are hashed; at 1 MiB reading takes four times as long and the whole a quarter longer.
 */
export const READ_BYTES = 131_072;

export type OpenFile = { readonly fd: number; readonly path: string; readonly stamp: FileStamp };

/**
 * Opens a file, works on it and closes it. Throws `not-found` when it does not exist, `bad-argument` when it is no
 * regular file, `disk-error` when it cannot be opened or read, and what `work` throws.
 */
export function withFile<T>(path: string, work: (file: OpenFile) => T): T {
  try {
    const fd = openSync(path, constants.O_RDONLY | NO_BLOCK);
    try {
      return work({ fd, path, stamp: stampOf(fd, path) });
    } finally {
      closeSync(fd);
    }
  } catch (error) {
    throw diskFailure(error, path);
  }
}

/**
 * The bytes from `from` to `to` in order, in chunks that share `buffer`: each is valid until the next is asked for.
 * Throws `changed` when the file ends before `to`, and errno errors.
 */
export function* readChunks(
  file: Pick<OpenFile, 'fd' | 'path'>,
  from: number,
  to: number,
  buffer: Uint8Array,
): Generator<Uint8Array> {
  for (let offset = from; offset < to;) {
    const length = readSync(file.fd, buffer, 0, Math.min(buffer.length, to - offset), offset);
    if (length === 0) throw changedFile(file.path);
    offset += length;
    yield buffer.subarray(0, length);
  }
}

function diskFailure(error: unknown, path: string): unknown {
  if (!(error instanceof Error) || !('syscall' in error) || !('code' in error)) return error;
  if (error.code === 'ENOENT' || error.code === 'ENOTDIR') {
    return new SwapmeetError('not-found', `${path} does not exist (any more).`, { cause: error });
  }
  const sentence = `${path} cannot be read; look at its permissions and the disk: ${error.message}.`;
  return new SwapmeetError('disk-error', sentence, { cause: error });
}
