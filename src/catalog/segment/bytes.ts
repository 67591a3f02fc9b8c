import { readSync } from 'node:fs';

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

const WINDOW_BYTES = 4 * 1024;

/**
 * Bytes of an open file, from `start` on, read in pieces of some KiB as they are needed: the operating system keeps the
 * pages that are asked for often, so they cost this process no memory.
 */
export function bytesInFile(fd: number, start: number, length: number): Bytes {
  let from = 0;
  let to = 0;
  const read = (offset: number, count: number): void => {
    if (count > bytes.window.length) bytes.window = Buffer.allocUnsafeSlow(count);
    const wanted = Math.min(bytes.window.length, length - offset);
    const got = readSync(fd, bytes.window, 0, wanted, start + offset);
    if (got < wanted) throw new Error(`the segment ends at ${start + offset + got}, ${wanted - got} bytes early`);
    from = offset;
    to = offset + got;
  };
  const bytes: Bytes = {
    length,
    // Most sections of a small segment, and some of each, are never read.
    window: Buffer.alloc(0),
    seek: (offset, count) => {
      if (offset < from || offset + count > to) {
        if (bytes.window.length === 0) bytes.window = Buffer.allocUnsafeSlow(Math.min(WINDOW_BYTES, length));
        read(offset, Math.min(count, length - offset));
      }
      return offset - from;
    },
  };
  return bytes;
}

/** Most texts are ASCII, and are made several times as fast when that is known. */
export function textOfBytes(bytes: Buffer, from: number, to: number): string {
  let all = 0;
  for (let at = from; at < to; at += 1) all |= bytes[at] ?? 0;
  return bytes.toString(all < 128 ? 'latin1' : 'utf8', from, to);
}
