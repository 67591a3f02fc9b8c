/** The thread that verifies the pieces of partial files, writes them, and follows their start with the SHA-1. */
import { pieceRange } from '../../../domain/pieces.ts';
import { SwapmeetError } from '../../../domain/errors.ts';
import { passingDiskFailure } from '../../../storage/disk-failure.ts';
import { serveOperations } from '../../threads/serve-operations.ts';
import { addRange, rangeOf, type ByteRange } from '../byte-range.ts';
import type { AssemblyOperations, PieceVerdict } from './operations.ts';
import { createPartWriter, type PartWriter } from './part-writer.ts';
import { createPieceChecker, type PieceChecker, type Taken } from './piece-checker.ts';
import { createPrefixHasher, type PrefixHasher } from './prefix-hasher.ts';

/** A multiple of 16 KiB. Measured: larger steps find nothing in the cache any more, and take up to four times as long. */
const STEP_BYTES = 128 * 1024;

type OpenPart = {
  readonly path: string;
  readonly sizeBytes: number;
  readonly pieceBytes: number;
  readonly checker: PieceChecker;
  readonly sha1: PrefixHasher;
  readonly writer: PartWriter;
};

const parts = new Map<number, OpenPart>();

function partOf(file: number): OpenPart {
  const part = parts.get(file);
  if (!part) throw new SwapmeetError('internal', `file ${file} is not open`);
  return part;
}

/** Does something on a file's disk. @throws SwapmeetError `disk-full`, `disk-error` */
async function onDisk<T>({ path }: OpenPart, work: () => T | Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw passingDiskFailure(error, path);
  }
}

/** Cuts a range into steps, none of which goes beyond the end of a piece. */
function* stepsOf({ offset, length }: ByteRange, pieceBytes: number): Generator<ByteRange> {
  const end = offset + length;
  for (let at = offset; at < end;) {
    const pieceEnd = (Math.floor(at / pieceBytes) + 1) * pieceBytes;
    const stepEnd = Math.min(at + STEP_BYTES, pieceEnd, end);
    yield { offset: at, length: stepEnd - at };
    at = stepEnd;
  }
}

/** Has the SHA-1 take a step, if it is the next one and nothing of it was there already. */
function follow(sha1: PrefixHasher, step: ByteRange, bytes: Uint8Array, { fresh, verdicts }: Taken): void {
  if (sha1.follows(step.offset) && fresh[0]?.length === step.length) sha1.put(bytes);
  for (const { isGood } of verdicts) {
    if (!isGood) sha1.takeBack();
    else if (sha1.follows(step.offset + step.length)) sha1.keep();
  }
}

/** Where a piece came in bits and pieces it is read again, so that what comes next follows. */
function catchUp({ sha1, sizeBytes, pieceBytes }: OpenPart, verdicts: readonly PieceVerdict[]): void {
  for (const { index, isGood } of verdicts) {
    const { offset, length } = pieceRange(index, sizeBytes, pieceBytes);
    if (isGood && sha1.offset() >= offset) sha1.advance(offset + length);
  }
}

serveOperations<AssemblyOperations>({
  open({ file, path, content, layer, verified, ...descriptors }) {
    parts.set(file, {
      path,
      sizeBytes: content.sizeBytes,
      pieceBytes: content.pieceBytes,
      checker: createPieceChecker(content, layer, verified),
      sha1: createPrefixHasher({ path, fd: descriptors.fd }),
      writer: createPartWriter(descriptors),
    });
    return undefined;
  },

  write({ file, bytes, offset, length, sender, isReadSoon }) {
    const part = partOf(file);
    const { checker, sha1, writer, pieceBytes } = part;
    // What is hashed as it comes is not read again soon: it need not push other things out of the system's cache.
    const isDirect = !isReadSoon && sha1.follows(offset) && writer.canWriteDirect(length);
    const verdicts: PieceVerdict[] = [];
    const direct: ByteRange[] = [];
    return onDisk(part, async () => {
      for (const step of stepsOf({ offset, length }, pieceBytes)) {
        const stepBytes = rangeOf(bytes, offset, step);
        // Hashing brings the bytes into this core's cache. The verdict goes out only when all is written, too.
        const taken = checker.take(step.offset, stepBytes, sender);
        follow(sha1, step, stepBytes, taken);
        for (const range of taken.fresh) {
          if (isDirect) addRange(direct, range);
          else writer.write(rangeOf(stepBytes, step.offset, range), range.offset);
        }
        verdicts.push(...taken.verdicts);
      }
      for (const range of direct) writer.writeDirect(rangeOf(bytes, offset, range), range.offset);
      await writer.written();
      catchUp(part, verdicts);
      return verdicts;
    });
  },

  distrust({ file, sender }) {
    const { checker, sha1 } = partOf(file);
    sha1.takeBack();
    return checker.distrust(sender);
  },

  advance({ file, to }) {
    const part = partOf(file);
    return onDisk(part, () => {
      part.sha1.advance(to);
      return part.sha1.offset();
    });
  },

  digest: ({ file }) => partOf(file).sha1.digest(),

  async forget({ file }) {
    const part = partOf(file);
    parts.delete(file);
    // Its descriptors are closed next, and may then be another file's.
    await part.writer.written().catch(() => undefined);
    return undefined;
  },
});
