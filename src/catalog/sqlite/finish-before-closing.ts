import { setTimeout as sleep } from 'node:timers/promises';
import { SwapmeetError } from '../../domain/errors.ts';

const FINISH_TIMEOUT_MS = 2_000;

type Methods = Readonly<Record<string, (...args: never[]) => Promise<unknown>>>;

/** What takes several steps on several threads: `finish` lets what was called come to its end, for a moment. */
export function finishBeforeClosing<M extends Methods>(methods: M): { readonly methods: M; finish(): Promise<void> } {
  const running = new Set<Promise<unknown>>();
  let closed = false;

  function watched(method: (...args: never[]) => Promise<unknown>) {
    return async (...args: never[]): Promise<unknown> => {
      if (closed) throw new SwapmeetError('shutting-down', 'the catalog is being closed');
      const result = method(...args);
      running.add(result);
      try {
        return await result;
      } finally {
        running.delete(result);
      }
    };
  }

  const entries = Object.entries(methods).map(([name, method]) => [name, watched(method)] as const);
  return {
    methods: Object.fromEntries(entries) as M,
    finish: async () => {
      closed = true;
      await Promise.race([Promise.allSettled(running), sleep(FINISH_TIMEOUT_MS, undefined, { ref: false })]);
    },
  };
}
