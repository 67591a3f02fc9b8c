import type { Caller } from '../transport/caller.ts';

/** Closes a connection when the signal aborts, or at once if it has; lets go of the signal when the connection has ended. */
export function closeOnAbort(caller: Caller, signal: AbortSignal): void {
  const onAbort = (): void => {
    caller.close();
  };
  if (signal.aborted) onAbort();
  signal.addEventListener('abort', onAbort);
  void caller.closed.then(() => {
    signal.removeEventListener('abort', onAbort);
  });
}
