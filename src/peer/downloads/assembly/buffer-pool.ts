import { SwapmeetError } from '../../../domain/errors.ts';

/** A multiple of 16 KiB. Measured: smaller ones cost more messages between threads, larger ones miss the cache. */
export const BUFFER_BYTES = 256 * 1024;

/** What all downloads together hold between the network and the disk: 16 MiB. */
const BUFFERS = 64;

/** From so many on nobody reads from the network: what is under way still has to go somewhere. */
const RESERVED = 16;

/** One buffer of the shared memory. */
export type PooledBuffer = { readonly number: number; readonly bytes: Buffer };

/** The memory that the network writes to and the worker thread reads. */
export type BufferPool = {
  readonly shared: SharedArrayBuffer;
  /** @throws SwapmeetError `internal` where all are taken by those who did not heed `isLow` */
  take(): PooledBuffer;
  release(buffer: PooledBuffer): void;
  /** Whether whoever takes one should stop reading until `roomy` resolves. */
  isLow(): boolean;
  roomy(): Promise<void>;
};

export function createBufferPool(): BufferPool {
  const shared = new SharedArrayBuffer(BUFFERS * BUFFER_BYTES);
  const free: PooledBuffer[] = Array.from({ length: BUFFERS }, (_, number) => ({
    number,
    bytes: Buffer.from(shared, number * BUFFER_BYTES, BUFFER_BYTES),
  }));
  let waiting: (() => void)[] = [];

  return {
    shared,
    take() {
      const buffer = free.pop();
      if (!buffer) throw new SwapmeetError('internal', 'the buffers of the downloads are used up');
      return buffer;
    },
    release(buffer) {
      free.push(buffer);
      // Some way above the mark, so that reading is not stopped and started with each buffer.
      if (free.length < 2 * RESERVED) return;
      for (const resolve of waiting) resolve();
      waiting = [];
    },
    isLow: () => free.length <= RESERVED,
    roomy: () => new Promise((resolve) => waiting.push(resolve)),
  };
}
