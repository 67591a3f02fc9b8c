import { Piscina } from 'piscina';
import { SwapmeetError, toSwapmeetError, type ErrorCode } from '../../domain/errors.ts';
import { createBatches } from './batches.ts';
import { finishBeforeClosing } from './finish-before-closing.ts';

/** What a thread offers, by name. Arguments and results are copied between threads, so they are plain data. */
export type Handlers = Readonly<Record<string, (...args: never[]) => unknown>>;

/** A call as it travels to a thread, and what comes back: an error loses its class and code on the way, so it goes as data. */
export type Call = { readonly name: string; readonly args: readonly unknown[] };
export type Outcome =
  | { readonly value: unknown }
  | {
      readonly failure: {
        readonly code: ErrorCode;
        readonly sentence: string;
        readonly cause: unknown;
        /** The segment that it failed at, because that is damaged. */
        readonly damaged?: number;
      };
    };

/** A thread that holds a connection to the database, and runs the handlers `H`. */
export type Thread<H extends Handlers> = {
  /**
   * Runs a handler. Calls run in the order in which they were made; those that wait may share a transaction, so that many
   * small changes wait for the disk once.
   *
   * @param transfer buffers among the arguments that the caller gives away instead of having them copied
   * @throws SwapmeetError what the handler threw; `busy` when too many calls are waiting
   */
  call<Name extends keyof H & string>(
    name: Name,
    args: Parameters<H[Name]>,
    transfer?: readonly ArrayBuffer[],
  ): Promise<ReturnType<H[Name]>>;
  /** Whether there is a thread: one that was not called yet, or has ended because nobody called it, holds nothing. */
  isThere(): boolean;
  /** Resolves once the thread, if there is one, has answered its first call. Never rejects. */
  started(): Promise<void>;
  /** Ends the thread when it has finished what was called, or after a moment. A transaction that is cut short is undone. */
  close(): Promise<void>;
};

type WaitingCall = { readonly call: Call; readonly transfer: readonly ArrayBuffer[] };

const WAITING_CALLS_MAX = 10_000;
const CLOSE_TIMEOUT_MS = 2_000;
/** Seven threads with what V8 gives them otherwise would take 100 MB more, for nothing. */
const YOUNG_GENERATION_MB = 12;

export type ThreadOptions = {
  /** How many calls that wait share a transaction: their answers come together. */
  readonly callsTogether?: number;
  /** Is told of a damaged segment before the call that met it fails. */
  readonly onDamage?: (segment: number) => void;
  /** How long `close` waits for what was called. */
  readonly closeTimeoutMs?: number;
  /** After so long without a call the thread ends, until the next one. */
  readonly idleMs?: number;
};

/**
 * A thread that starts with its first call.
 *
 * @param module exports what `answerCalls` gives as its default
 * @param data what the module finds in its `workerData`
 */
export function createThread<H extends Handlers>(
  module: URL,
  data: unknown,
  {
    callsTogether = 1,
    onDamage = () => undefined,
    closeTimeoutMs = CLOSE_TIMEOUT_MS,
    idleMs = Number.POSITIVE_INFINITY,
  }: ThreadOptions = {},
): Thread<H> {
  let ended = false;
  const isEnded = (): boolean => ended;
  /** Of the thread that is there: its first answer. */
  let first: PromiseWithResolvers<void> | undefined;
  let waiting = 0;
  const pool = new Piscina<readonly Call[], readonly Outcome[]>({
    filename: module.href,
    minThreads: 0,
    maxThreads: 1,
    idleTimeout: idleMs,
    workerData: data,
    resourceLimits: { maxYoungGenerationSizeMb: YOUNG_GENERATION_MB },
    recordTiming: false,
  });
  pool.on('workerDestroy', () => {
    first?.resolve();
    first = undefined;
  });
  let death = new AbortController();
  // A thread that dies is replaced. One that dies as it starts would leave what was called to nobody.
  pool.on('error', (error) => {
    death.abort(error);
    death = new AbortController();
  });

  const run = createBatches(
    async (together: readonly WaitingCall[]): Promise<readonly Outcome[]> => {
      const transferList = together.flatMap(({ transfer }) => transfer);
      waiting -= together.length;
      // The pool would start its thread again.
      if (isEnded()) throw shuttingDown();
      const own = (first ??= Promise.withResolvers());
      try {
        return await pool.run(
          together.map(({ call }) => call),
          { transferList, signal: death.signal },
        );
      } catch (error) {
        throw isEnded() ? shuttingDown(error) : toSwapmeetError(error);
      } finally {
        own.resolve();
      }
    },
    () => 1,
    callsTogether,
  );
  const calls = finishBeforeClosing({ run }, closeTimeoutMs);

  return {
    call: async (name, args, transfer = []) => {
      if (waiting >= WAITING_CALLS_MAX) {
        throw new SwapmeetError('busy', 'the catalog has too much to do: try again later');
      }
      waiting += 1;
      const outcome = await calls.methods.run({ call: { name, args }, transfer });
      if ('value' in outcome) return outcome.value as ReturnType<H[typeof name]>;
      const { code, sentence, cause, damaged } = outcome.failure;
      if (damaged !== undefined) onDamage(damaged);
      throw new SwapmeetError(code, sentence, { cause });
    },
    isThere: () => first !== undefined,
    started: async () => first?.promise,
    close: async () => {
      // The pool would refuse what waits here for the call before it.
      await calls.finish();
      ended = true;
      await pool.destroy();
    },
  };
}

function shuttingDown(cause?: unknown): SwapmeetError {
  return new SwapmeetError('shutting-down', 'the catalog is being closed', { cause });
}
