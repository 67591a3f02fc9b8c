import { parentPort } from 'node:worker_threads';
import { toSwapmeetError } from '../../domain/errors.ts';
import type { Call, Operations, Reply } from './operations.ts';

export type OperationHandlers<Ops extends Operations> = {
  readonly [Name in keyof Ops]: (request: Ops[Name]['request']) => Ops[Name]['reply'];
};

/** Runs, on a worker thread, one operation after the other as they are called. */
export function serveOperations<Ops extends Operations>(handlers: OperationHandlers<Ops>): void {
  parentPort?.on('message', ({ call, name, request }: Call<Ops>) => {
    const { bytes } = request;
    const reply: Reply = { call, bytes, ...attempt(() => handlers[name](request)) };
    parentPort?.postMessage(reply, bytes ? [bytes.buffer] : []);
  });
}

function attempt(run: () => unknown) {
  try {
    return { reply: run() };
  } catch (error) {
    const { code, message } = toSwapmeetError(error);
    return { code, sentence: message };
  }
}
