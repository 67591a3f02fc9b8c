import { readSync } from 'node:fs';
import { errnoOf } from '../../storage/errno.ts';
import { createBits, hasBit, setBit } from './bits.ts';
import { BLOCK_BYTES, checkSum, DamagedSegment } from './checksums.ts';

/**
 * Bytes of a segment, wherever they lie. One reader at a time: what `seek` made readable is so until the next call.
 */
export type Bytes = {
  readonly length: number;
  /** Where the bytes that were sought are to be read. */
  window: Buffer;
  /** Makes up to `count` bytes from `offset` on readable, fewer at the end. Returns their place in `window`. */
  seek(offset: number, count: number): number;
};

export function bytesInMemory(bytes: Uint8Array): Bytes {
  const window = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  return { length: bytes.length, window, seek: (offset) => offset };
}

/** What bytes of a file are checked against. */
export type Guard = {
  /** The section, and the key of its segment, as errors name them. */
  readonly name: string;
  readonly segment: number;
  /** CRC-32 of each block; undefined for a segment without checksums. */
  readonly sums: Uint32Array | undefined;
};

/**
 * Bytes of an open file, from `start` on, read in blocks as they are needed: the operating system keeps the pages that are
 * asked for often, so they cost this process no memory. `seek` throws DamagedSegment for what is not there, or not what was
 * written: each block is checked when it is read for the first time.
 */
export function bytesInFile(
  fd: number,
  { start, length }: { readonly start: number; readonly length: number },
  { name, segment, sums }: Guard,
): Bytes {
  let from = 0;
  let to = 0;
  const checked = createBits(sums?.length ?? 0);

  function check(first: number, count: number): void {
    for (let at = 0; at < count; at += BLOCK_BYTES) {
      const block = first + at / BLOCK_BYTES;
      if (hasBit(checked, block)) continue;
      checkSum(bytes.window.subarray(at, Math.min(at + BLOCK_BYTES, count)), sums?.[block], segment, name);
      setBit(checked, block);
    }
  }

  function read(offset: number, count: number): void {
    const first = Math.floor(offset / BLOCK_BYTES);
    from = first * BLOCK_BYTES;
    const end = Math.min(length, Math.ceil((offset + count) / BLOCK_BYTES) * BLOCK_BYTES);
    if (end - from > bytes.window.length) bytes.window = Buffer.allocUnsafeSlow(end - from);
    // Nothing of it is readable before it is found whole.
    to = from;
    const got = readOrDamaged(fd, bytes.window.subarray(0, end - from), start + from, segment);
    if (got < end - from) throw new DamagedSegment(segment, `${name} ends ${end - from - got} bytes early`);
    if (sums !== undefined) check(first, got);
    to = end;
  }

  const bytes: Bytes = {
    length,
    // Most sections of a small segment, and some of each, are never read.
    window: Buffer.alloc(0),
    seek: (offset, count) => {
      const wanted = Math.min(count, length - offset);
      if (offset < from || offset + wanted > to) read(offset, wanted);
      return offset - from;
    },
  };
  return bytes;
}

/** Reads what there is of a segment’s bytes. Returns how many. @throws DamagedSegment where the disk can’t give them back */
export function readOrDamaged(fd: number, target: Uint8Array, position: number, segment: number): number {
  try {
    return readSync(fd, target, 0, target.length, position);
  } catch (error) {
    if (errnoOf(error) !== 'EIO') throw error;
    throw new DamagedSegment(segment, 'the disk can’t read it', { cause: error });
  }
}

/** Most texts are ASCII, and are made several times as fast when that is known. */
export function textOfBytes(bytes: Buffer, from: number, to: number): string {
  let all = 0;
  for (let at = from; at < to; at += 1) all |= bytes[at] ?? 0;
  return bytes.toString(all < 128 ? 'latin1' : 'utf8', from, to);
}
