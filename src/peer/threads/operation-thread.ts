import { Worker } from 'node:worker_threads';
import { SwapmeetError } from '../../domain/errors.ts';
import type { Operations, Reply } from './operations.ts';

/** The main thread's end of a worker that serves operations. It keeps the process going only while one is under way. */
export type OperationThread<Ops extends Operations> = {
  /** Calls begin in their order. @throws SwapmeetError as the operation does; `internal` when the thread ended */
  call<Name extends keyof Ops & string>(name: Name, request: Ops[Name]['request']): Promise<Ops[Name]['reply']>;
  /** Whether it broke down, or was closed. */
  hasEnded(): boolean;
  close(): Promise<void>;
};

/** What a call leaves behind is little, and needs not pile up to V8's 48 MB before it is collected. */
const YOUNG_GENERATION_MB = 4;

type Waiting = {
  readonly hasBytes: boolean;
  readonly resolve: (reply: never) => void;
  readonly reject: (error: unknown) => void;
};

/** @param onReturn gets the bytes of each call that had some, when it is over; undefined where they are lost with the thread */
export function startThread<Ops extends Operations>(
  url: URL,
  onReturn?: (bytes: Uint8Array<ArrayBuffer> | undefined) => void,
): OperationThread<Ops> {
  const worker = new Worker(url, { resourceLimits: { maxYoungGenerationSizeMb: YOUNG_GENERATION_MB } });
  const waiting = new Map<number, Waiting>();
  let lastCall = 0;
  let ended: SwapmeetError | undefined;
  worker.unref();

  function settle(call: number, message: Reply | undefined): void {
    const asked = waiting.get(call);
    waiting.delete(call);
    if (waiting.size === 0) worker.unref();
    if (asked?.hasBytes) onReturn?.(message?.bytes);
    if (!message) asked?.reject(ended);
    else if ('code' in message) asked?.reject(new SwapmeetError(message.code, message.sentence));
    else asked?.resolve(message.reply as never);
  }

  function end(cause: unknown): void {
    ended ??= new SwapmeetError('internal', 'a worker thread ended', { cause });
    for (const call of waiting.keys()) settle(call, undefined);
  }

  worker.on('message', (message: Reply) => {
    settle(message.call, message);
  });
  worker.on('error', end);
  worker.on('exit', end);

  return {
    call: (name, request) =>
      new Promise((resolve, reject) => {
        const { bytes } = request;
        lastCall += 1;
        waiting.set(lastCall, { hasBytes: bytes !== undefined, resolve, reject });
        if (ended) settle(lastCall, undefined);
        else {
          worker.ref();
          worker.postMessage({ call: lastCall, name, request }, bytes ? [bytes.buffer] : []);
        }
      }),
    hasEnded: () => ended !== undefined,
    async close() {
      await worker.terminate();
    },
  };
}
