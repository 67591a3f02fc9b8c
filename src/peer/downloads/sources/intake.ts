import { SwapmeetError } from '../../../domain/errors.ts';
import type { PartFile } from '../assembly/part-file.ts';
import type { PieceVerdict } from '../assembly/operations.ts';
import type { Plan } from '../plan.ts';
import type { ByteRange } from '../range-cutter.ts';
import { createRangeWriter, type RangeWriter } from './range-writer.ts';
import type { SourceSession } from './source-session.ts';

/** Where the bytes of one session go: to the thread that verifies and writes them, and then into the plan. */
export type Intake = {
  writerFor(range: ByteRange): RangeWriter;
  /** Resolves when all that was taken in is written, or has failed. */
  settled(): Promise<void>;
};

export type IntakeOptions = {
  readonly plan: Plan;
  readonly part: PartFile;
  readonly session: Pick<SourceSession, 'pause' | 'resume'>;
  readonly onBytes: (bytes: number) => void;
  /** A piece is on disk and right. */
  readonly onPiece: () => void;
  /** A piece is wrong (`bad-content`), or the disk fails. */
  readonly onFailure: (error: unknown) => void;
};

export function createIntake({ plan, part, session, onBytes, onPiece, onFailure }: IntakeOptions): Intake {
  const writes = new Set<Promise<void>>();
  let isPaused = false;

  function take({ index, isGood }: PieceVerdict): void {
    if (isGood) {
      plan.verify(index);
      onPiece();
    } else onFailure(new SwapmeetError('bad-content', `piece ${index} does not have its hash`));
  }

  function submit(buffer: Buffer<ArrayBuffer>, offset: number, length: number): void {
    onBytes(length);
    const write = part
      .write(buffer, offset, length)
      .then((verdicts) => {
        verdicts.forEach(take);
        part.sha1.advance(plan.prefixBytes());
      })
      .catch(onFailure)
      .finally(() => writes.delete(write));
    writes.add(write);
  }

  /** When the disk is slower than the network, reading stops until there is room. */
  function heedPool(): void {
    if (isPaused || !part.pool.isLow()) return;
    isPaused = true;
    session.pause();
    void part.pool.roomy().then(() => {
      isPaused = false;
      session.resume();
    });
  }

  return {
    writerFor: (range) => createRangeWriter(range, part.pool, submit, heedPool),
    async settled() {
      await Promise.all(writes);
    },
  };
}
