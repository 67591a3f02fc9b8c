import type { FileStamp } from '../hashing/file-stamp.ts';

/** A shared file as the database has it. */
export type StoredFile = FileStamp & {
  readonly path: string;
  /** Its place below the share's folder, only where that is not what `path` says. */
  readonly disk: string | null;
  /** Lower-case hex, as `root`. */
  readonly sha1: string;
  /** Absent for an empty file. */
  readonly root?: string;
};

/** The hashes of a row of `content`, in hex. */
export const HASH_COLUMNS = `lower(hex(content.sha1)) AS sha1, nullif(lower(hex(content.root)), '') AS root`;

/** A `FileRow`, of `file` and its `content`. The statement takes `safeIntegers`. */
export const FILE_COLUMNS = `file.path, file.disk, file.size_bytes AS sizeBytes, file.mtime_ns AS mtimeNs, file.inode,
  ${HASH_COLUMNS}`;

export type FileRow = {
  readonly path: string;
  readonly disk: string | null;
  readonly sizeBytes: bigint;
  readonly mtimeNs: bigint;
  /** As SQLite has it, with a sign. */
  readonly inode: bigint;
  readonly sha1: string;
  readonly root: string | null;
};

export function storedFile({ path, disk, sizeBytes, mtimeNs, inode, sha1, root }: FileRow): StoredFile {
  return {
    path,
    disk,
    sizeBytes: Number(sizeBytes),
    mtimeNs,
    inode: BigInt.asUintN(64, inode),
    sha1,
    ...(root !== null && { root }),
  };
}
