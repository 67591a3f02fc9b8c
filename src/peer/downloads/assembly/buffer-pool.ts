import { SwapmeetError } from '../../../domain/errors.ts';

/** A multiple of 16 KiB. Measured: below, the messages between the threads show. */
export const BUFFER_BYTES = 512 * 1024;

/** What all downloads together hold between the network and the disk: 8 MiB. */
const BUFFERS = 16;

/** From so many on nobody reads from the network: what is under way still has to go somewhere. */
const RESERVED = 4;

/**
 * The memory that the network writes to and a worker thread reads. Buffers change hands between the threads rather than being
 * shared: V8 copies to shared memory byte by byte, ten times more slowly.
 */
export type BufferPool = {
  /** A buffer of BUFFER_BYTES. @throws SwapmeetError `internal` where all are taken by those who did not heed `isLow` */
  take(): Buffer<ArrayBuffer>;
  /** Takes one back; undefined where it got lost with a thread. */
  readonly release: (bytes: Uint8Array<ArrayBuffer> | undefined) => void;
  /** Whether whoever takes one should stop reading until `roomy` resolves. */
  isLow(): boolean;
  roomy(): Promise<void>;
};

export function createBufferPool(): BufferPool {
  const spare: Buffer<ArrayBuffer>[] = [];
  let available = BUFFERS;
  let waiting: (() => void)[] = [];

  return {
    take() {
      if (available === 0) throw new SwapmeetError('internal', 'the buffers of the downloads are used up');
      available -= 1;
      return spare.pop() ?? Buffer.allocUnsafeSlow(BUFFER_BYTES);
    },
    release: (bytes) => {
      available += 1;
      if (bytes) spare.push(Buffer.from(bytes.buffer));
      // Some way above the mark, so that reading is not stopped and started with each buffer.
      if (available < 2 * RESERVED) return;
      for (const resolve of waiting) resolve();
      waiting = [];
    },
    isLow: () => available <= RESERVED,
    roomy: () => new Promise((resolve) => waiting.push(resolve)),
  };
}
