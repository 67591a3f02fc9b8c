/** The thread that reads the files of bundles: one system call after the other, which is quickest for small files. */
import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';
import { NO_BLOCK } from '../../../storage/open-flags.ts';
import { serveOperations } from '../../threads/serve-operations.ts';
import type { BundleOperations, FileToRead } from './bundle-operations.ts';

/** Whether the file is as it was published, and all of it is in the target now. */
function isRead({ path, sizeBytes, mtimeNs, inode }: FileToRead, target: Uint8Array): boolean {
  const fd = openSync(path, constants.O_RDONLY | NO_BLOCK);
  try {
    let filled = 0;
    for (let read = 1; read > 0 && filled < sizeBytes; filled += read) {
      read = readSync(fd, target, filled, sizeBytes - filled, filled);
    }
    // Looked at last, so that no byte of another file goes out.
    const stat = fstatSync(fd, { bigint: true });
    return filled === sizeBytes && stat.size === BigInt(sizeBytes) && stat.mtimeNs === mtimeNs && stat.ino === inode;
  } finally {
    closeSync(fd);
  }
}

serveOperations<BundleOperations>({
  read({ files, bytes, offset }) {
    let end = offset;
    const sizesBytes = files.map((file) => {
      try {
        if (!isRead(file, bytes.subarray(end, end + file.sizeBytes))) return undefined;
      } catch {
        return undefined;
      }
      end += file.sizeBytes;
      return file.sizeBytes;
    });
    return { sizesBytes, bytes };
  },
});
