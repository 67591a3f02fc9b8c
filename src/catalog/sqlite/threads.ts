import { Piscina } from 'piscina';
import { SwapmeetError, toSwapmeetError, type ErrorCode } from '../../domain/errors.ts';

/** What a thread offers, by name. Arguments and results are copied between threads, so they are plain data. */
export type Handlers = Readonly<Record<string, (...args: never[]) => unknown>>;

/** A call as it travels to a thread, and what comes back: an error loses its class and code on the way, so it goes as data. */
export type Call = { readonly name: string; readonly args: readonly unknown[] };
export type Outcome =
  | { readonly value: unknown }
  | { readonly failure: { readonly code: ErrorCode; readonly sentence: string; readonly cause: unknown } };

/** The threads that hold connections to one database, and run the handlers `H`. */
export type Threads<H extends Handlers> = {
  /**
   * Runs a handler on whichever thread is free. One thread runs its calls in the order in which they were made.
   *
   * @param transfer buffers among the arguments that the caller gives away instead of having them copied
   * @throws SwapmeetError what the handler threw; `busy` when too many calls are waiting
   */
  call<Name extends keyof H & string>(
    name: Name,
    args: Parameters<H[Name]>,
    transfer?: readonly ArrayBuffer[],
  ): Promise<ReturnType<H[Name]>>;
  /** Ends the threads when they have finished what was called, or after a moment. A transaction that is cut short is undone. */
  close(): Promise<void>;
};

const WAITING_CALLS_MAX = 10_000;
const CLOSE_TIMEOUT_MS = 2_000;

/**
 * Starts `count` threads.
 *
 * @param module exports what `answerCalls` gives as its default
 * @param file the database, which the module finds in its `workerData`
 */
export function startThreads<H extends Handlers>(module: URL, file: string, count: number): Threads<H> {
  let closed = false;
  const pool = new Piscina<Call, Outcome>({
    filename: module.href,
    minThreads: count,
    maxThreads: count,
    workerData: file,
    closeTimeout: CLOSE_TIMEOUT_MS,
  });
  // A thread that dies fails the call that it was running, and is replaced; there is nothing more to do about it.
  pool.on('error', () => undefined);
  return {
    call: async (name, args, transfer = []) => {
      // The pool would start its threads again.
      if (closed) throw shuttingDown();
      if (pool.queueSize >= WAITING_CALLS_MAX) {
        throw new SwapmeetError('busy', 'the catalog has too much to do: try again later');
      }
      const outcome = await pool.run({ name, args }, { transferList: [...transfer] }).catch((error: unknown) => {
        throw closed ? shuttingDown(error) : toSwapmeetError(error);
      });
      if ('value' in outcome) return outcome.value as ReturnType<H[typeof name]>;
      const { code, sentence, cause } = outcome.failure;
      throw new SwapmeetError(code, sentence, { cause });
    },
    close: () => {
      closed = true;
      return pool.close();
    },
  };
}

function shuttingDown(cause?: unknown): SwapmeetError {
  return new SwapmeetError('shutting-down', 'the catalog is being closed', { cause });
}
