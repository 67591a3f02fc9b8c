import { toSwapmeetError, type SwapmeetError } from '../../../domain/errors.ts';
import type { Content } from '../content.ts';
import { createRangeCutter, type ByteRange } from '../range-cutter.ts';
import { nextRangeBytes, RANGE_BYTES_MIN } from '../range-size.ts';
import { createIntake, type IntakeOptions } from './intake.ts';
import type { SourceSession } from './source-session.ts';

/** So many ranges are asked for ahead, so that the source never waits for the next request. */
const RANGES_AHEAD = 4;

export type TransferOptions = Omit<IntakeOptions, 'onFailure'> & {
  readonly content: Content;
  readonly session: SourceSession;
  /** ms */
  readonly now: () => number;
};

/**
 * Fetches from one source all that the plan lets it claim. When this settles the session is closed, and nothing is claimed
 * that did not get verified.
 *
 * @throws SwapmeetError of the source, as `SourceSession` has it, with `bad-content` for a wrong piece; or of the disk
 */
export async function transfer({ content, session, now, ...options }: TransferOptions): Promise<void> {
  const cutter = createRangeCutter(content, options.plan);
  let failure: SwapmeetError | undefined;
  let rangeBytes = RANGE_BYTES_MIN;

  /** Everything that is under way fails, too, once the session is closed: the first failure is the reason. */
  function onFailure(error: unknown): void {
    failure ??= toSwapmeetError(error);
    session.close();
  }

  const intake = createIntake({ ...options, session, onFailure });

  async function fetchRange(range: ByteRange): Promise<void> {
    const writer = intake.writerFor(range);
    try {
      await session.download(range, (bytes) => {
        writer.put(bytes);
      });
    } finally {
      writer.abandon();
    }
  }

  async function fetchRanges(): Promise<void> {
    for (let range = cutter.next(rangeBytes); range && !failure; range = cutter.next(rangeBytes)) {
      const beganMs = now();
      const askedBytes = rangeBytes;
      await fetchRange(range);
      // What is left at the end of a gap or of the file tells nothing.
      if (range.length === askedBytes) rangeBytes = nextRangeBytes(askedBytes, (now() - beganMs) / RANGES_AHEAD);
    }
  }

  await Promise.all(Array.from({ length: RANGES_AHEAD }, () => fetchRanges().catch(onFailure)));
  await intake.settled();
  cutter.releaseAll();
  session.close();
  if (failure) throw failure;
}
