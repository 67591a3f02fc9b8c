/** The hash thread's end: each message is a batch of tasks, answered by one message with their outcomes. */
import { parentPort, workerData } from 'node:worker_threads';
import { READ_BYTES } from './open-file.ts';
import { createPacer } from './pace.ts';
import { runTasks } from './run-tasks.ts';
import type { TaskMessage } from './tasks.ts';

/** One for all tasks of this thread, which run one after the other. */
const buffer = Buffer.allocUnsafeSlow(READ_BYTES);

const pacer = createPacer(workerData as SharedArrayBuffer);

parentPort?.on('message', (batch: readonly TaskMessage[]) => {
  parentPort?.postMessage(runTasks(batch, buffer, pacer));
});
