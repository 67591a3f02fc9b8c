import { SwapmeetError } from '../domain/errors.ts';

/** Which requests of one connection their sender has taken back. They are counted as they arrive, and answered in that order. */
export type Cancellation = {
  /** A request arrived. A CANCEL takes back those before it that are not answered yet. */
  arrived(options: { readonly isCancel: boolean }): void;
  /** The signal of the request that is answered now. One that can't be cancelled is aborted only by the connection's end. */
  begin(options: { readonly cancellable: boolean }): AbortSignal;
  /** The connection is gone, and nobody waits for an answer. */
  end(): void;
};

function cancelled(): SwapmeetError {
  return new SwapmeetError('cancelled', 'the request was taken back by CANCEL');
}

export function createCancellation(): Cancellation {
  let arrivedCount = 0;
  let begunCount = 0;
  let cancelledCount = 0;
  let current: { readonly controller: AbortController; readonly cancellable: boolean } | undefined;
  return {
    arrived({ isCancel }) {
      arrivedCount += 1;
      if (!isCancel) return;
      cancelledCount = arrivedCount;
      if (current?.cancellable) current.controller.abort(cancelled());
    },
    begin({ cancellable }) {
      begunCount += 1;
      current = { controller: new AbortController(), cancellable };
      if (cancellable && begunCount <= cancelledCount) current.controller.abort(cancelled());
      return current.controller.signal;
    },
    end() {
      current?.controller.abort(new SwapmeetError('disconnected', 'the connection of the request has ended'));
    },
  };
}
