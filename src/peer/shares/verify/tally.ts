import type { VerifyCounts } from '../../verify-view.ts';
import type { FileCount } from '../store/checked-files.ts';
import type { Finding } from './check-file.ts';

/** How far a run is. */
export type Tally = {
  /** A file is being read. What it returns hears how much of it is. */
  readonly begin: () => (bytes: number) => void;
  readonly found: (finding: Finding) => void;
  /** Files that were read already. */
  readonly passOver: (count: FileCount) => void;
  readonly counts: () => VerifyCounts;
  /** The same when all is over: what was not met had gone. */
  readonly end: () => VerifyCounts;
};

/** @param parts what there is */
export function createTally(parts: readonly FileCount[]): Tally {
  const found = { good: 0, damaged: 0, changed: 0, unreadable: 0 };
  let [filesEarlier, bytesEarlier, bytesDone] = [0, 0, 0];
  const total = {
    files: parts.reduce((sum, { files }) => sum + files, 0),
    bytes: parts.reduce((sum, { bytes }) => sum + bytes, 0),
  };
  const met = (): FileCount => ({
    files: filesEarlier + found.good + found.damaged + found.changed + found.unreadable,
    bytes: bytesEarlier + bytesDone,
  });
  const countsOf = ({ files, bytes }: FileCount): VerifyCounts => ({
    filesDone: met().files - filesEarlier,
    filesEarlier,
    filesTotal: files,
    bytesDone,
    bytesEarlier,
    bytesTotal: bytes,
    damaged: found.damaged,
    repaired: 0,
    unreadable: found.unreadable,
  });
  return {
    begin() {
      let before = 0;
      return (bytes) => {
        bytesDone += bytes - before;
        before = bytes;
      };
    },
    found({ kind }) {
      found[kind] += 1;
    },
    passOver({ files, bytes }) {
      filesEarlier += files;
      bytesEarlier += bytes;
    },
    counts() {
      const { files, bytes } = met();
      // Files may have come since they were counted.
      return countsOf({ files: Math.max(total.files, files), bytes: Math.max(total.bytes, bytes) });
    },
    end: () => countsOf(met()),
  };
}
