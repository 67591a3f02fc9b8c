import { SwapmeetError, toSwapmeetError } from '../../../domain/errors.ts';
import { createTaskControl } from './task-control.ts';
import type { Outcome, ResultOf, Task, TaskMessage } from './tasks.ts';

/** A task as its caller sees it. */
export type StartedTask<Result> = {
  /** Settles once no worker has its file open any more. */
  readonly result: Promise<Result>;
  /** Makes `result` reject with the reason: at once if no worker has begun, else after the worker's next chunk. */
  readonly stop: (reason: unknown) => void;
  readonly bytesDone: () => number;
};

/** A task as the queue sees it. */
export type QueuedTask = {
  readonly message: TaskMessage;
  readonly stop: (reason: unknown) => void;
  readonly settle: (outcome: Outcome<never>) => void;
  readonly fail: (error: unknown) => void;
};

export function createQueuedTask<AnyTask extends Task>(task: AnyTask): QueuedTask & StartedTask<ResultOf<AnyTask>> {
  const control = createTaskControl();
  const { promise, resolve, reject } = Promise.withResolvers<ResultOf<AnyTask>>();
  let stopped: { readonly reason: unknown } | undefined;
  return {
    message: { task, shared: control.shared },
    result: promise,
    bytesDone: control.bytesDone,
    stop(reason) {
      stopped ??= { reason };
      if (control.stop()) reject(reason);
    },
    settle(outcome) {
      if (stopped) reject(stopped.reason);
      else if (outcome.kind === 'done') resolve(outcome.result);
      else if (outcome.kind === 'failed') reject(new SwapmeetError(outcome.code, outcome.sentence));
    },
    fail(error) {
      reject(toSwapmeetError(error));
    },
  };
}
