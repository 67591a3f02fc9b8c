import { fstatSync } from 'node:fs';
import { SwapmeetError } from '../../../domain/errors.ts';

/** What tells, without reading it, whether a file is still the one that was hashed. */
export type FileStamp = {
  readonly sizeBytes: number;
  /** Modification time in nanoseconds since 1970: milliseconds would miss two writes in one. */
  readonly mtimeNs: bigint;
  /** The file's number on its volume. 64 bits wide on Windows, hence a bigint. */
  readonly inode: bigint;
};

/** The stamp of an open file. Throws `bad-argument` for what is no regular file, and errno errors. */
export function stampOf(fd: number, path: string): FileStamp {
  const stat = fstatSync(fd, { bigint: true });
  if (!stat.isFile()) throw new SwapmeetError('bad-argument', `${path} is not a regular file; only files are hashed.`);
  return { sizeBytes: Number(stat.size), mtimeNs: stat.mtimeNs, inode: stat.ino };
}

/** Throws `changed` when two stamps of one path differ. */
export function assertSameStamp(before: FileStamp, after: FileStamp, path: string): void {
  const same = before.sizeBytes === after.sizeBytes && before.mtimeNs === after.mtimeNs && before.inode === after.inode;
  if (!same) throw changedFile(path);
}

/** The error for a file that is being written while it is hashed. */
export function changedFile(path: string): SwapmeetError {
  return new SwapmeetError(
    'changed',
    `${path} changed while it was being hashed; it is to be hashed again when it is at rest.`,
  );
}
