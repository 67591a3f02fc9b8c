import { SwapmeetError, toSwapmeetError } from '../../../domain/errors.ts';
import type { Wake } from '../../wake.ts';
import type { Pace } from '../pace.ts';
import type { Claim } from '../plan/plan.ts';
import { createIntake, type IntakeOptions } from './intake.ts';
import type { Pipe } from './pipe.ts';
import type { SourceSession } from './source-session.ts';

/** So often a transfer looks whether its source stalls, and whether others are late with what it could send. */
const LOOK_MS = 100;

export type TransferOptions = Omit<IntakeOptions, 'onFailure'> & {
  readonly session: SourceSession;
  readonly pipe: Pipe;
  readonly pace: Pick<Pace, 'received' | 'excuse'>;
  /** When another source will have sent so many bytes more, in ms from now. */
  readonly forecast: (source: number, bytes: number) => number;
  /** Ends the wait for something to claim. */
  readonly wake: Wake;
  readonly stallMs: number;
  /** ms */
  readonly now: () => number;
  readonly signal: AbortSignal;
};

/**
 * Fetches from one source whatever the plan lets it claim, until nothing is missing any more. When this settles the session is
 * closed, and all that it gave is verified and written or has failed.
 *
 * @throws SwapmeetError of the source, as `SourceSession` has it; `timeout` where it stalls; of the disk; the signal's reason
 */
export async function transfer(options: TransferOptions): Promise<void> {
  const { plan, session, pipe, pace, wake, sender, forecast, now, signal } = options;
  let failure: SwapmeetError | undefined;

  /** Everything that is under way fails, too, once the session is closed: the first failure is the reason. */
  function onFailure(error: unknown): void {
    failure ??= toSwapmeetError(error);
    session.close();
    wake.wake();
  }

  const intake = createIntake({ ...options, onFailure });

  async function fetch(claim: Claim): Promise<void> {
    const { range } = claim;
    const writer = intake.writerFor(range);
    let missingBytes = range.length;
    pipe.asked(range.length, now());
    try {
      await session.download(range, (bytes) => {
        missingBytes -= bytes.length;
        pipe.received(bytes.length, now());
        pace.received(bytes.length);
        writer.put(bytes);
      });
    } finally {
      writer.abandon();
      pipe.ended(missingBytes);
      plan.settle(claim);
    }
  }

  function nextClaim(): Claim | undefined {
    const lengthMax = pipe.rangeBytes();
    const ownMs = pipe.forecastMs(pipe.inFlightBytes() + lengthMax, now());
    const outlook = { ownMs, forecast };
    return plan.claim(sender, lengthMax, outlook) ?? plan.claimLate(sender, lengthMax, outlook);
  }

  /** Asks for as much as keeps the source busy. */
  function ask(running: Set<Promise<void>>): void {
    while (!failure && pipe.isRoomy()) {
      const claim = nextClaim();
      if (!claim) return;
      const fetching = fetch(claim)
        .then(wake.wake, onFailure)
        .finally(() => running.delete(fetching));
      running.add(fetching);
    }
  }

  function heedStall(): void {
    if (intake.isPaused() || session.isHeld()) {
      pipe.excuse(now());
      session.excuse();
      pace.excuse();
    }
    if (pipe.stalledMs(now()) < options.stallMs) return;
    onFailure(new SwapmeetError('timeout', `the source sent next to nothing for ${options.stallMs / 1000} s`));
  }

  const running = new Set<Promise<void>>();
  try {
    while (!failure && !plan.isComplete()) {
      ask(running);
      await wake.wait(LOOK_MS, signal);
      heedStall();
    }
  } catch (error) {
    onFailure(error);
  }
  session.close();
  await Promise.all(running);
  await intake.settled();
  if (failure && !plan.isComplete()) throw failure;
}
