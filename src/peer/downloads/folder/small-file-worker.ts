/** A thread that verifies and writes small files: one system call after the other, which is quickest for them. */
import { closeSync, fsyncSync, openSync, readFileSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { toSwapmeetError } from '../../../domain/errors.ts';
import { serveOperations } from '../../threads/serve-operations.ts';
import { pathFailure } from '../target/path-failure.ts';
import { createFolderMaker } from './make-folders.ts';
import { findPresent, placeBytes, removeTemporaries } from './place-bytes.ts';
import type { FileResult, SmallFile, SmallFileOperations, Target } from './small-file-operations.ts';
import { hasHashes } from './verify-bytes.ts';

const folders = createFolderMaker();

function attempt(path: string, work: () => FileResult): FileResult {
  try {
    return work();
  } catch (error) {
    const { code, message } = toSwapmeetError(pathFailure(error, path));
    return { kind: 'failed', code, sentence: message };
  }
}

function place(target: Target, file: SmallFile, bytes: Uint8Array): FileResult {
  return attempt(join(target.path, ...file.segments), () => {
    if (!hasHashes(bytes, file)) return { kind: 'wrong' };
    const folder = folders.make(target.path, file.segments.slice(0, -1));
    try {
      return { kind: 'there', name: placeBytes(target, folder, file, bytes) };
    } catch (error) {
      // Somebody may have removed it meanwhile.
      folders.forget();
      throw error;
    }
  });
}

serveOperations<SmallFileOperations>({
  survey: ({ target, files }) => ({
    results: files.map((file) =>
      attempt(target.path, () => {
        const name = findPresent(join(target.path, ...file.segments.slice(0, -1)), file);
        return name === undefined ? { kind: 'missing' } : { kind: 'there', name };
      }),
    ),
  }),

  place({ target, files, bytes }) {
    let offset = 0;
    return {
      results: files.map((file) => {
        const own = bytes.subarray(offset, offset + file.sizeBytes);
        offset += file.sizeBytes;
        return place(target, file, own);
      }),
    };
  },

  copy: ({ target, files, from }) => ({
    results: files.map((file, at) => copyFirst(target, file, from[at] ?? [])),
  }),

  tidy({ target }) {
    try {
      removeTemporaries(target);
    } catch {
      // Where the folder can’t be read nothing was left in it, or it stays: it harms nobody.
    }
    return undefined;
  },

  makeFolder({ target, segments }) {
    try {
      folders.make(target.path, segments);
    } catch (error) {
      throw pathFailure(error, join(target.path, ...segments));
    }
    return undefined;
  },

  flush({ target, paths }) {
    // Some systems flush only files that may be written; a folder never may.
    for (const path of paths) flush(path, 'r+');
    for (const folder of foldersOf(paths, dirname(target))) flush(folder, 'r');
    return undefined;
  },
});

function copyFirst(target: Target, file: SmallFile, from: readonly string[]): FileResult {
  for (const path of from) {
    const result = copy(target, file, path);
    if (result.kind === 'there' || result.kind === 'failed') return result;
  }
  return { kind: 'missing' };
}

/** What can't be read, or is another file now, is no copy. */
function copy(target: Target, file: SmallFile, from: string): FileResult {
  let bytes: Uint8Array;
  try {
    // Neither a pipe nor a huge file is read.
    const stat = statSync(from);
    if (!stat.isFile() || stat.size !== file.sizeBytes) return { kind: 'missing' };
    bytes = readFileSync(from);
  } catch {
    return { kind: 'missing' };
  }
  return place(target, file, bytes);
}

/** The folders that hold the names of files, and of the folders that they lie in, up to the top. */
function foldersOf(paths: readonly string[], top: string): ReadonlySet<string> {
  const folders = new Set([top]);
  for (const path of paths) {
    for (let folder = dirname(path); !folders.has(folder); folder = dirname(folder)) folders.add(folder);
  }
  return folders;
}

function flush(path: string, flags: 'r' | 'r+'): void {
  try {
    const fd = openSync(path, flags);
    try {
      fsyncSync(fd);
    } finally {
      closeSync(fd);
    }
  } catch {
    // It was moved or made read-only by its owner, or is a folder on Windows: nothing can be said of it any more.
  }
}
