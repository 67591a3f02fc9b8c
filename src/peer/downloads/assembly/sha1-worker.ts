/** The thread that follows the verified prefix of each file with its SHA-1: it reads what is still in the system's cache. */
import { SwapmeetError } from '../../../domain/errors.ts';
import { createPrefixHasher, type PrefixHasher } from '../../shares/hashing/prefix-hasher.ts';
import { diskFailure } from '../../../storage/disk-failure.ts';
import { serveOperations } from '../../threads/serve-operations.ts';
import type { Sha1Operations } from './operations.ts';

type OpenFile = { readonly path: string; readonly hasher: PrefixHasher };

const files = new Map<number, OpenFile>();

function fileOf(file: number): OpenFile {
  const open = files.get(file);
  if (!open) throw new SwapmeetError('internal', `file ${file} is not open`);
  return open;
}

serveOperations<Sha1Operations>({
  open({ file, fd, path }) {
    files.set(file, { path, hasher: createPrefixHasher({ fd, path }) });
    return undefined;
  },

  advance({ file, to }) {
    const { hasher, path } = fileOf(file);
    try {
      hasher.advance(to);
    } catch (error) {
      throw diskFailure(error, path);
    }
    return undefined;
  },

  digest: ({ file }) => fileOf(file).hasher.digest(),

  forget({ file }) {
    files.delete(file);
    return undefined;
  },
});
