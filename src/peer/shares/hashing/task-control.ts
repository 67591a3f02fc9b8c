/**
 * What the main thread and a worker share about one task: a flag that stops it and how far it is. Shared memory, since
 * a worker that hashes reads no messages, and terminating it would leave its file open and cost a new thread.
 */
const STATE = 0;
const BYTES_DONE = 1;

const WAITING = 0n;
const RUNNING = 1n;
const STOPPED = 2n;

export type TaskControl = {
  /** What the other thread makes its own control of. */
  readonly shared: SharedArrayBuffer;
  /** For the worker: marks the task as begun; false when it was stopped before. */
  readonly begin: () => boolean;
  /** For the main thread: has the worker stop at its next chunk. True when it had not begun: it never will. */
  readonly stop: () => boolean;
  readonly isStopped: () => boolean;
  readonly advance: (bytes: number) => void;
  readonly bytesDone: () => number;
};

export function createTaskControl(shared = new SharedArrayBuffer(2 * BigInt64Array.BYTES_PER_ELEMENT)): TaskControl {
  const fields = new BigInt64Array(shared);
  return {
    shared,
    begin: () => Atomics.compareExchange(fields, STATE, WAITING, RUNNING) === WAITING,
    stop: () => Atomics.exchange(fields, STATE, STOPPED) === WAITING,
    isStopped: () => Atomics.load(fields, STATE) === STOPPED,
    advance: (bytes) => void Atomics.add(fields, BYTES_DONE, BigInt(bytes)),
    bytesDone: () => Number(Atomics.load(fields, BYTES_DONE)),
  };
}
