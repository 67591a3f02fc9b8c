import { Worker } from 'node:worker_threads';
import { SwapmeetError } from '../../../domain/errors.ts';
import type { Operations, Reply } from './operations.ts';

/** The main thread's end of a worker that serves operations. */
export type OperationThread<Ops extends Operations> = {
  /** Calls run in their order. @throws SwapmeetError as the operation does; `internal` when the thread ended */
  call<Name extends keyof Ops & string>(name: Name, request: Ops[Name]['request']): Promise<Ops[Name]['reply']>;
  /** Whether it broke down, or was closed. */
  hasEnded(): boolean;
  close(): Promise<void>;
};

/** What a call leaves behind is little, and needs not pile up to V8's 48 MB before it is collected. */
const YOUNG_GENERATION_MB = 4;

type Waiting = { readonly resolve: (reply: never) => void; readonly reject: (error: unknown) => void };

export function startThread<Ops extends Operations>(url: URL, workerData: unknown): OperationThread<Ops> {
  const worker = new Worker(url, { workerData, resourceLimits: { maxYoungGenerationSizeMb: YOUNG_GENERATION_MB } });
  const waiting = new Map<number, Waiting>();
  let lastCall = 0;
  let ended: SwapmeetError | undefined;

  function end(cause: unknown): void {
    ended ??= new SwapmeetError('internal', 'a worker thread ended', { cause });
    for (const { reject } of waiting.values()) reject(ended);
    waiting.clear();
  }

  worker.on('message', (message: Reply) => {
    const asked = waiting.get(message.call);
    waiting.delete(message.call);
    if ('code' in message) asked?.reject(new SwapmeetError(message.code, message.sentence));
    else asked?.resolve(message.reply as never);
  });
  worker.on('error', end);
  worker.on('exit', end);

  return {
    call: (name, request) =>
      new Promise((resolve, reject) => {
        if (ended) {
          reject(ended);
          return;
        }
        lastCall += 1;
        waiting.set(lastCall, { resolve, reject });
        worker.postMessage({ call: lastCall, name, request });
      }),
    hasEnded: () => ended !== undefined,
    async close() {
      await worker.terminate();
    },
  };
}
