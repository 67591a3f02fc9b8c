import { SwapmeetError } from '../../../domain/errors.ts';
import { createHashThread, type HashThread } from './hash-thread.ts';
import { createQueuedTask, type QueuedTask, type StartedTask } from './queued-task.ts';
import type { ResultOf, Task } from './tasks.ts';

/** A message to a thread and back costs several times what hashing 20 kB does; shared by 64 files it is little. */
const BATCH_TASKS_MAX = 64;

export type HashThreads = {
  /** Queues a task that is done in a moment; those that wait together go to a thread together. */
  readonly start: <AnyTask extends Task>(task: AnyTask) => StartedTask<ResultOf<AnyTask>>;
  /** Queues a task that may take long: it goes to a thread alone, and before all those that wait in `start`'s queue. */
  readonly startLong: <AnyTask extends Task>(task: AnyTask) => StartedTask<ResultOf<AnyTask>>;
  /** Stops all tasks, which reject with `shutting-down` as later ones do, and ends the threads. */
  readonly close: () => Promise<void>;
};

/** Queues of tasks, and the threads that work them off. */
export function createHashThreads(threadCount: number, pace: SharedArrayBuffer): HashThreads {
  const threads = Array.from({ length: threadCount }, () => createHashThread(pace));
  const idle = [...threads];
  const waiting: QueuedTask[] = [];
  const waitingLong: QueuedTask[] = [];
  /** All that wait or run. */
  const active = new Set<QueuedTask>();
  const batches = new Set<Promise<void>>();
  const shuttingDown = new SwapmeetError('shutting-down', 'The peer is stopping, so no more files are hashed.');
  let isClosed = false;

  function enqueue<AnyTask extends Task>(queue: QueuedTask[], task: AnyTask): StartedTask<ResultOf<AnyTask>> {
    if (isClosed) throw shuttingDown;
    const queued = createQueuedTask(task);
    active.add(queued);
    queue.push(queued);
    queueMicrotask(dispatch);
    return queued;
  }

  function dispatch(): void {
    while (waiting.length + waitingLong.length > 0) {
      const thread = idle.pop();
      if (!thread) return;
      const batch = takeBatch();
      const done = runBatch(thread, batch).finally(() => {
        batches.delete(done);
        idle.push(thread);
        dispatch();
      });
      batches.add(done);
    }
  }

  /** Leaves something for the other threads. */
  function takeBatch(): QueuedTask[] {
    if (waitingLong.length > 0) return waitingLong.splice(0, 1);
    return waiting.splice(0, Math.min(BATCH_TASKS_MAX, Math.ceil(waiting.length / threadCount)));
  }

  async function runBatch(thread: HashThread, batch: readonly QueuedTask[]): Promise<void> {
    try {
      const outcomes = await thread.run(batch.map((task) => task.message));
      for (const [index, outcome] of outcomes.entries()) batch[index]?.settle(outcome);
      for (const task of batch.slice(0, outcomes.length)) active.delete(task);
      waiting.unshift(...batch.slice(outcomes.length));
    } catch (error) {
      for (const task of batch) task.fail(error);
      for (const task of batch) active.delete(task);
    }
  }

  async function close(): Promise<void> {
    isClosed = true;
    for (const task of active) task.stop(shuttingDown);
    for (const queue of [waiting, waitingLong]) queue.length = 0;
    while (batches.size > 0) await Promise.all(batches);
    await Promise.all(threads.map((thread) => thread.end()));
  }

  return {
    start: (task) => enqueue(waiting, task),
    startLong: (task) => enqueue(waitingLong, task),
    close,
  };
}
