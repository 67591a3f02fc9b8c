import type { PartFile } from '../assembly/part-file.ts';
import type { PieceVerdict } from '../assembly/operations.ts';
import type { ByteRange } from '../byte-range.ts';
import type { Plan } from '../plan/plan.ts';
import { createRangeWriter, type RangeWriter } from './range-writer.ts';
import type { SourceSession } from './source-session.ts';

/** Where the bytes of one session go: to the thread that verifies and writes them, unless they came from another source before. */
export type Intake = {
  writerFor(range: ByteRange): RangeWriter;
  /** Whether it stopped reading, since the disk is slower than the network. */
  isPaused(): boolean;
  /** Resolves when all that was taken in is written, or has failed. */
  settled(): Promise<void>;
};

export type IntakeOptions = {
  readonly plan: Plan;
  readonly part: PartFile;
  /** Who sends it, as the plan and the part know it. */
  readonly sender: number;
  readonly session: Pick<SourceSession, 'pause' | 'resume'>;
  readonly onBytes: (bytes: number) => void;
  readonly onVerdict: (verdict: PieceVerdict) => void;
  /** The disk fails. */
  readonly onFailure: (error: unknown) => void;
};

export function createIntake(options: IntakeOptions): Intake {
  const { plan, part, sender, session, onBytes, onVerdict, onFailure } = options;
  const writes = new Set<Promise<void>>();
  let isPaused = false;

  function submit(buffer: Buffer<ArrayBuffer>, offset: number, length: number): void {
    const range = { offset, length };
    if (!plan.isWanted(range)) {
      part.pool.release(buffer);
      return;
    }
    onBytes(length);
    plan.receive(range);
    const write = part
      .write(buffer, offset, length, sender)
      .then((verdicts) => {
        verdicts.forEach(onVerdict);
      })
      .catch(onFailure)
      .finally(() => writes.delete(write));
    writes.add(write);
    heedPool();
  }

  /** What is under way still finds room. */
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
    writerFor: (range) => createRangeWriter(range, part.pool, submit),
    isPaused: () => isPaused,
    async settled() {
      await Promise.all(writes);
    },
  };
}
