/** How fast files are hashed. `gentle` leaves most of disk and processor to others. */
export const PACES = ['full', 'gentle', 'paused'] as const;
export type Pace = (typeof PACES)[number];

/** The main thread's end: what it sets, all workers keep to from their next chunk on. */
export type PaceControl = {
  /** What workers make their pacer of. */
  readonly shared: SharedArrayBuffer;
  readonly set: (pace: Pace) => void;
};

/** A worker's end. */
export type Pacer = {
  /** Blocks the thread as long as the pace wants, at most until `isStopped`. To call before each chunk. */
  readonly keep: (isStopped: () => boolean) => void;
};

const FULL = PACES.indexOf('full');
const GENTLE = PACES.indexOf('gentle');
const PAUSED = PACES.indexOf('paused');

/** How often a paused worker looks whether its task was stopped. */
const STOP_CHECK_MS = 100;
/** A gentle worker rests after so much work, three times as long: that leaves a quarter of the speed. */
const WORK_MS = 10;
const REST_FACTOR = 3;
/** What lies between two tasks is no work, and needs no rest. */
const WORK_MS_MAX = 2 * WORK_MS;

export function createPaceControl(): PaceControl {
  const shared = new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT);
  const field = new Int32Array(shared);
  return {
    shared,
    set(pace) {
      Atomics.store(field, 0, PACES.indexOf(pace));
      Atomics.notify(field, 0);
    },
  };
}

export function createPacer(shared: SharedArrayBuffer): Pacer {
  const field = new Int32Array(shared);
  let sinceMs = performance.now();

  /** Ends early when the pace changes. */
  function rest(): void {
    const workedMs = performance.now() - sinceMs;
    if (workedMs < WORK_MS) return;
    Atomics.wait(field, 0, GENTLE, Math.min(workedMs, WORK_MS_MAX) * REST_FACTOR);
    sinceMs = performance.now();
  }

  return {
    keep(isStopped) {
      if (Atomics.load(field, 0) === FULL) return;
      while (Atomics.load(field, 0) === PAUSED && !isStopped()) Atomics.wait(field, 0, PAUSED, STOP_CHECK_MS);
      if (Atomics.load(field, 0) === GENTLE) rest();
    },
  };
}
