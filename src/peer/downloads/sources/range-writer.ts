import { BUFFER_BYTES, type BufferPool } from '../assembly/buffer-pool.ts';
import type { ByteRange } from '../byte-range.ts';

/** Copies the bytes of one range, as they arrive, to buffers, and hands each on when it is full. */
export type RangeWriter = {
  put(bytes: Buffer): void;
  /** Gives back what is filled in part. Call it when no more bytes come. */
  abandon(): void;
};

/**
 * @param submit takes the first `length` bytes of a buffer, which belong at `offset` of the file, and the buffer with them
 */
export function createRangeWriter(
  range: ByteRange,
  pool: BufferPool,
  submit: (buffer: Buffer<ArrayBuffer>, offset: number, length: number) => void,
): RangeWriter {
  const end = range.offset + range.length;
  let buffer: Buffer<ArrayBuffer> | undefined;
  let offset = range.offset;
  let filled = 0;

  return {
    put(bytes) {
      for (let done = 0; done < bytes.length;) {
        buffer ??= pool.take();
        const copied = bytes.copy(buffer, filled, done);
        filled += copied;
        done += copied;
        if (filled < BUFFER_BYTES && offset + filled < end) continue;
        submit(buffer, offset, filled);
        buffer = undefined;
        offset += filled;
        filled = 0;
      }
    },
    abandon() {
      if (buffer) pool.release(buffer);
      buffer = undefined;
    },
  };
}
