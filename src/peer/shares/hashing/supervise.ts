import type { StartedTask } from './queued-task.ts';

const PROGRESS_INTERVAL_MS = 100;

export type HashOptions = {
  /** When it aborts, the call rejects with its reason as soon as the file is closed again. */
  readonly signal?: AbortSignal | undefined;
  /** Hears how much is hashed, in bytes: at most ten times a second, and at the end. */
  readonly onProgress?: ((bytesHashed: number) => void) | undefined;
};

/**
 * Waits for `value`, which comes of the tasks. When one of them fails or the signal aborts, the others are stopped, and
 * all have let go of their file before this rejects.
 */
export async function supervise<Value>(
  tasks: readonly StartedTask<unknown>[],
  value: Promise<Value>,
  { signal, onProgress }: HashOptions,
): Promise<Value> {
  const stopAll = (reason: unknown): void => {
    for (const task of tasks) task.stop(reason);
  };
  const onAbort = (): void => {
    stopAll(signal?.reason);
  };
  const report = (): void => onProgress?.(Math.min(...tasks.map((task) => task.bytesDone())));
  const timer = onProgress && setInterval(report, PROGRESS_INTERVAL_MS);
  signal?.addEventListener('abort', onAbort, { once: true });
  try {
    const settled = await value;
    report();
    return settled;
  } catch (error) {
    stopAll(error);
    await Promise.allSettled(tasks.map((task) => task.result));
    throw error;
  } finally {
    clearInterval(timer);
    signal?.removeEventListener('abort', onAbort);
  }
}
