/** A place to wait at, for time to pass or for somebody to say that something happened. */
export type Wake = {
  /** Ends all waits. Who is not waiting does not hear of it: look at the state, then wait, with no await between. */
  readonly wake: () => void;
  /** Resolves when woken or after the time. Rejects with the signal's reason. */
  readonly wait: (timeoutMs: number | undefined, signal: AbortSignal) => Promise<void>;
};

const TIMEOUT_MS_MAX = 2_147_483_647;

export function createWake(): Wake {
  const waits = new Set<() => void>();

  function pause(timeoutMs: number, signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const end = (): void => {
        clearTimeout(timer);
        signal.removeEventListener('abort', end);
        waits.delete(end);
        resolve();
      };
      const timer = setTimeout(end, Math.min(timeoutMs, TIMEOUT_MS_MAX));
      signal.addEventListener('abort', end);
      waits.add(end);
    });
  }

  return {
    wake() {
      for (const end of [...waits]) end();
    },
    async wait(timeoutMs, signal) {
      signal.throwIfAborted();
      await pause(timeoutMs ?? TIMEOUT_MS_MAX, signal);
      signal.throwIfAborted();
    },
  };
}
