import { toSwapmeetError } from '../../../domain/errors.ts';
import { hashFile } from './hash-file.ts';
import type { Pacer } from './pace.ts';
import { createTaskControl, type TaskControl } from './task-control.ts';
import type { HashResult, Outcome, Task, TaskMessage } from './tasks.ts';
import { verifyPieces } from './verify-pieces.ts';

/** A batch ends after so many bytes, so that the first of its results need not wait for many large files. */
const BATCH_BYTES = 4_194_304;

/** Runs a batch in order. Gives an outcome for each task that it got to; the rest, if any, is untouched. */
export function runTasks(
  batch: readonly TaskMessage[],
  buffer: Uint8Array,
  pacer: Pacer,
): Outcome<HashResult | Uint8Array>[] {
  const outcomes: Outcome<HashResult | Uint8Array>[] = [];
  let bytesDone = 0;
  for (const { task, shared } of batch) {
    if (bytesDone >= BATCH_BYTES) break;
    const control = keepPace(createTaskControl(shared), pacer);
    outcomes.push(runTask(task, control, buffer));
    bytesDone += control.bytesDone();
  }
  return outcomes;
}

/** Tasks ask before each chunk whether they were stopped: there they wait. */
function keepPace(control: TaskControl, pacer: Pacer): TaskControl {
  return {
    ...control,
    isStopped() {
      pacer.keep(control.isStopped);
      return control.isStopped();
    },
  };
}

function runTask(task: Task, control: TaskControl, buffer: Uint8Array): Outcome<HashResult | Uint8Array> {
  if (!control.begin() || control.isStopped()) return { kind: 'stopped' };
  try {
    const result = task.kind === 'hash' ? hashFile(task, control, buffer) : verifyPieces(task, control, buffer);
    return result === undefined ? { kind: 'stopped' } : { kind: 'done', result };
  } catch (error) {
    const { code, message } = toSwapmeetError(error);
    return { kind: 'failed', code, sentence: message };
  }
}
