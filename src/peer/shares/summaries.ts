import type { ShareSummary } from '../control.ts';
import type { HashProgress } from './hash-queue.ts';
import type { ShareFault } from './look.ts';
import type { ShareDefinition } from './share-definitions.ts';
import { FILE_STATE, type FileState } from './store/schema.ts';
import type { Tally } from './store/shared-files.ts';

/** How the shares are at the moment, by label. */
export type SharesNow = {
  readonly done: (label: string) => HashProgress;
  /** Whether all of it is being looked through, or will be next. */
  readonly isLooking: (label: string) => boolean;
  readonly faultOf: (label: string) => ShareFault | undefined;
  readonly isWatched: (label: string) => boolean;
};

/** What a person wants to know of each share. */
export function summarise(
  shares: Iterable<ShareDefinition>,
  tallies: readonly Tally[],
  now: SharesNow,
): ShareSummary[] {
  return Array.from(shares, ({ label, folder }) => {
    const count = (state: FileState) =>
      tallies.find((tally) => tally.label === label && tally.state === state) ?? { files: 0, bytes: 0 };
    const current = count(FILE_STATE.current);
    const waiting = count(FILE_STATE.waiting);
    const hashing = hashingOf(waiting, now.done(label));
    const postponed = count(FILE_STATE.postponed);
    const damaged = count(FILE_STATE.damaged);
    const error = now.faultOf(label);
    const filesFound = current.files + waiting.files + postponed.files + damaged.files;
    return {
      label,
      folder,
      files: current.files,
      sizeBytes: current.bytes,
      ...(now.isLooking(label) && { looking: { filesFound } }),
      ...(hashing && { hashing }),
      ...(postponed.files > 0 && { postponedFiles: postponed.files }),
      ...(damaged.files > 0 && { damagedFiles: damaged.files }),
      ...(!now.isWatched(label) && { unwatched: true }),
      ...(error && { error }),
    };
  });
}

function hashingOf(waiting: { files: number; bytes: number }, done: HashProgress): ShareSummary['hashing'] {
  if (waiting.files === 0) return undefined;
  const bytesTotal = done.bytes + waiting.bytes;
  return {
    filesDone: done.files,
    filesTotal: done.files + waiting.files,
    bytesDone: Math.min(done.bytes + done.partBytes, bytesTotal),
    bytesTotal,
  };
}
