import { SMALL_BYTES_MAX } from '../protocol/limits.ts';

/** It begins anew with each so many bytes of a request. [PROTOCOL §5] */
const PROGRESS_BYTES = 64 * 1024;
/** A large request that stops keeps room from others. [PROTOCOL §5] */
const LARGE_REQUEST_TIMEOUT_MS = 60_000;

/** How long the other side of a connection may take for its next request, or for the rest of one. */
export type RequestDeadline = {
  /** It begins anew. */
  restart(): void;
  /** So many bytes came. */
  arrived(bytes: number): void;
  /** How much is here of a request that is not whole, of which the other side owes the rest. */
  owes(heldBytes: number): void;
  /** There is none until `restart`: the other side owes nothing. */
  suspend(): void;
  /** There is none any more. */
  end(): void;
};

/**
 * @param idleTimeoutMs without a large request
 * @param onPassed gets how long it was, in ms
 */
export function createRequestDeadline(
  idleTimeoutMs: () => number,
  onPassed: (timeoutMs: number) => void,
): RequestDeadline {
  let timer: NodeJS.Timeout | undefined;
  let sinceProgressBytes = 0;
  let isLarge = false;
  let isSuspended = false;
  let hasEnded = false;

  function arm(): void {
    clearTimeout(timer);
    if (hasEnded || isSuspended) return;
    const timeoutMs = Math.min(idleTimeoutMs(), isLarge ? LARGE_REQUEST_TIMEOUT_MS : Infinity);
    timer = setTimeout(onPassed, timeoutMs, timeoutMs);
  }

  return {
    restart() {
      isSuspended = false;
      arm();
    },
    arrived(bytes) {
      sinceProgressBytes += bytes;
      if (sinceProgressBytes < PROGRESS_BYTES) return;
      sinceProgressBytes = 0;
      arm();
    },
    owes(heldBytes) {
      const wasLarge = isLarge;
      isLarge = heldBytes > SMALL_BYTES_MAX;
      if (isLarge !== wasLarge) arm();
    },
    suspend() {
      isSuspended = true;
      clearTimeout(timer);
    },
    end() {
      hasEnded = true;
      clearTimeout(timer);
    },
  };
}
