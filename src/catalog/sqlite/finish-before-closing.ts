import { setTimeout as sleep } from 'node:timers/promises';
import { SwapmeetError } from '../../domain/errors.ts';

const FINISH_TIMEOUT_MS = 5_000;

type Methods = Readonly<Record<string, (...args: never[]) => Promise<unknown>>>;

/** Lets what was called come to its end: `finish` waits for it a moment, and what is called after fails as `shutting-down`. */
export function finishBeforeClosing<M extends Methods>(
  methods: M,
  timeoutMs = FINISH_TIMEOUT_MS,
): { readonly methods: M; finish(): Promise<void> } {
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
      await Promise.race([Promise.allSettled(running), sleep(timeoutMs, undefined, { ref: false })]);
    },
  };
}
