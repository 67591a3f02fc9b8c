/** The thread that verifies pieces and writes them. */
import { writeSync } from 'node:fs';
import { SwapmeetError } from '../../../domain/errors.ts';
import { diskFailure } from '../../../storage/disk-failure.ts';
import { serveOperations } from '../../threads/serve-operations.ts';
import type { PieceOperations, PieceVerdict } from './operations.ts';
import { createPieceChecker, type PieceChecker } from './piece-checker.ts';

/** A multiple of 16 KiB. Measured: larger writes find nothing in the cache any more, and take up to four times as long. */
const WRITE_BYTES = 128 * 1024;

type OpenPart = { readonly fd: number; readonly path: string; readonly checker: PieceChecker };

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
  open({ file, fd, path, content, layer, verified }) {
    parts.set(file, { fd, path, checker: createPieceChecker(content, layer, verified) });
    return undefined;
  },

  write({ file, bytes, offset, length, sender }) {
    const part = partOf(file);
    const verdicts: PieceVerdict[] = [];
    for (let done = 0; done < length; done += WRITE_BYTES) {
      const step = bytes.subarray(done, Math.min(done + WRITE_BYTES, length));
      // Hashing brings the bytes into this core's cache. The verdict goes out only when all is written, too.
      const taken = part.checker.take(offset + done, step, sender);
      for (const range of taken.fresh) {
        const start = range.offset - offset - done;
        writeFully(part, step.subarray(start, start + range.length), range.offset);
      }
      verdicts.push(...taken.verdicts);
    }
    return verdicts;
  },

  distrust: ({ file, sender }) => partOf(file).checker.distrust(sender),

  forget({ file }) {
    parts.delete(file);
    return undefined;
  },
});
