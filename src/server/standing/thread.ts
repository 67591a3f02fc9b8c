import { extname } from 'node:path';
import { Piscina } from 'piscina';
import { SwapmeetError, toSwapmeetError, type ErrorCode } from '../../domain/errors.ts';
import type { StandingWork } from './standing-work.ts';

/** A call as it travels to the thread, and what comes back. */
export type Call = { readonly name: keyof StandingWork; readonly args: readonly unknown[] };
export type Outcome =
  { readonly value: unknown } | { readonly failure: { readonly code: ErrorCode; readonly sentence: string } };

/** The thread that keeps the watches: it runs its calls in the order in which they are made. */
export type StandingThread = {
  /**
   * @param transfer buffers among the arguments that the caller gives away
   * @throws SwapmeetError what the call threw; `shutting-down` after `close`
   */
  call<Name extends keyof StandingWork>(
    name: Name,
    args: Parameters<StandingWork[Name]>,
    transfer?: readonly ArrayBuffer[],
  ): Promise<ReturnType<StandingWork[Name]>>;
  /** Ends the thread when it has done what was called, or after a moment. */
  close(): Promise<void>;
};

const CLOSE_TIMEOUT_MS = 2_000;

/** @param file the database, made where it is missing */
export function startStandingThread(file: string): StandingThread {
  let closed = false;
  const pool = new Piscina<Call, Outcome>({
    filename: new URL(`./standing-thread${extname(import.meta.url)}`, import.meta.url).href,
    minThreads: 1,
    maxThreads: 1,
    workerData: file,
    closeTimeout: CLOSE_TIMEOUT_MS,
  });
  // A thread that dies fails the call that it was running, and is replaced; the new one reads the watches again.
  pool.on('error', () => undefined);
  const shuttingDown = (cause?: unknown): SwapmeetError =>
    new SwapmeetError('shutting-down', 'the server stops; come back later', { cause });
  return {
    call: async (name, args, transfer = []) => {
      // The pool would start its thread again.
      if (closed) throw shuttingDown();
      const outcome = await pool.run({ name, args }, { transferList: [...transfer] }).catch((error: unknown) => {
        throw closed ? shuttingDown(error) : toSwapmeetError(error);
      });
      if ('value' in outcome) return outcome.value as ReturnType<StandingWork[typeof name]>;
      throw new SwapmeetError(outcome.failure.code, outcome.failure.sentence);
    },
    close: () => {
      closed = true;
      return pool.close();
    },
  };
}
