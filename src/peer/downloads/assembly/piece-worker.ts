/** The thread that verifies pieces and writes them. */
import { writeSync } from 'node:fs';
import { workerData } from 'node:worker_threads';
import { SwapmeetError } from '../../../domain/errors.ts';
import { diskFailure } from '../../../storage/disk-failure.ts';
import { BUFFER_BYTES } from './buffer-pool.ts';
import type { PieceOperations } from './operations.ts';
import { createPieceChecker, type PieceChecker } from './piece-checker.ts';
import { serveOperations } from './serve-operations.ts';

type OpenPart = { readonly fd: number; readonly path: string; readonly checker: PieceChecker };

const buffers = workerData as SharedArrayBuffer;
const parts = new Map<number, OpenPart>();

function partOf(file: number): OpenPart {
  const part = parts.get(file);
  if (!part) throw new SwapmeetError('internal', `file ${file} is not open`);
  return part;
}

function writeFully({ fd, path }: OpenPart, bytes: Uint8Array, offset: number): void {
  try {
    for (let written = 0; written < bytes.length;) {
      written += writeSync(fd, bytes, written, bytes.length - written, offset + written);
    }
  } catch (error) {
    throw diskFailure(error, path);
  }
}

serveOperations<PieceOperations>({
  open({ file, fd, path, content, layer }) {
    parts.set(file, { fd, path, checker: createPieceChecker(content, layer) });
    return undefined;
  },

  write({ file, buffer, offset, length }) {
    const part = partOf(file);
    const bytes = new Uint8Array(buffers, buffer * BUFFER_BYTES, length);
    // Hashing first brings the bytes into this core's cache. A piece counts only once it is written, too.
    const verdicts = part.checker.take(offset, bytes);
    writeFully(part, bytes, offset);
    return verdicts;
  },

  forget({ file }) {
    parts.delete(file);
    return undefined;
  },
});
