/** A multiple of 16 KiB. Measured: below, the messages between the threads show. */
export const BUFFER_BYTES = 512 * 1024;

/** From so many on that wait for the disk, nobody reads from the network: 6 MiB. */
const LENT_MAX = 12;
/** Some way below, so that reading is not stopped and started with each buffer. */
const LENT_ROOMY = 8;

/** So many that nobody uses are kept. */
const SPARE_MAX = 16;

/**
 * The memory that the network writes to and a worker thread reads. Buffers change hands between the threads rather than being
 * shared: V8 copies to shared memory byte by byte, ten times more slowly. Each connection fills one at a time, so those that
 * are being filled are bounded by the connections, those that are lent to the thread by whoever heeds `isLow`.
 */
export type BufferPool = {
  /** A buffer of BUFFER_BYTES to fill. */
  take(): Buffer<ArrayBuffer>;
  /** Gives one back that was not lent. */
  release(buffer: Buffer<ArrayBuffer>): void;
  /** One goes to the thread. */
  lend(): void;
  /** One comes back from the thread; undefined where it got lost with it. */
  readonly takeBack: (bytes: Uint8Array<ArrayBuffer> | undefined) => void;
  /** Whether everybody should stop reading until `roomy` resolves. */
  isLow(): boolean;
  roomy(): Promise<void>;
};

/** V8 gives resizable memory whole pages, which direct writes need; where it does not, they are refused, and not used. */
function createBuffer(): Buffer<ArrayBuffer> {
  return Buffer.from(new ArrayBuffer(BUFFER_BYTES, { maxByteLength: BUFFER_BYTES }));
}

export function createBufferPool(): BufferPool {
  const spare: Buffer<ArrayBuffer>[] = [];
  let lent = 0;
  let waiting: (() => void)[] = [];

  function keep(buffer: Buffer<ArrayBuffer>): void {
    if (spare.length < SPARE_MAX) spare.push(buffer);
  }

  return {
    take: () => spare.pop() ?? createBuffer(),
    release: keep,
    lend() {
      lent += 1;
    },
    takeBack: (bytes) => {
      lent -= 1;
      if (bytes) keep(Buffer.from(bytes.buffer));
      if (lent > LENT_ROOMY) return;
      for (const resolve of waiting) resolve();
      waiting = [];
    },
    isLow: () => lent >= LENT_MAX,
    roomy: () => new Promise((resolve) => waiting.push(resolve)),
  };
}
