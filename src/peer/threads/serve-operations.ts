import { parentPort } from 'node:worker_threads';
import { toSwapmeetError } from '../../domain/errors.ts';
import type { Call, Operations, Reply } from './operations.ts';

export type OperationHandlers<Ops extends Operations> = {
  readonly [Name in keyof Ops]: (request: Ops[Name]['request']) => Ops[Name]['reply'] | Promise<Ops[Name]['reply']>;
};

/** Begins, on a worker thread, one operation after the other as they are called. */
export function serveOperations<Ops extends Operations>(handlers: OperationHandlers<Ops>): void {
  async function serve({ call, name, request }: Call<Ops>): Promise<void> {
    const { bytes } = request;
    const reply: Reply = { call, bytes, ...(await attempt(() => handlers[name](request))) };
    parentPort?.postMessage(reply, bytes ? [bytes.buffer] : []);
  }

  parentPort?.on('message', (call: Call<Ops>) => void serve(call));
}

async function attempt(run: () => unknown) {
  try {
    return { reply: await run() };
  } catch (error) {
    const { code, message } = toSwapmeetError(error);
    return { code, sentence: message };
  }
}
