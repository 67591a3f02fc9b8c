import type { DownloadStore } from '../store/download-store.ts';
import type { FileOutcome } from '../store/folder-files.ts';

/** So many outcomes are written together. */
const BATCH_MAX = 1_000;

/** How much of a folder is there. */
export type FolderTally = {
  readonly files: number;
  readonly filesDone: number;
  readonly filesFailed: number;
  readonly sizeBytes: number;
  readonly verifiedBytes: number;
};

/** Notes which files of a folder are there, a batch at a time: what is not noted yet when the process is killed, the disk tells. */
export type Notes = {
  readonly add: (outcomes: readonly FileOutcome[]) => void;
  /** Writes what waits. @throws SwapmeetError `disk-error`, `disk-full` */
  readonly flush: () => void;
  /** Counts what is kept. */
  readonly reload: () => void;
  readonly tally: () => FolderTally;
};

export function createNotes(store: DownloadStore, id: string): Notes {
  let waiting: FileOutcome[] = [];
  let tally = load();

  function load(): FolderTally {
    const { files = 0, filesDone = 0, filesFailed = 0 } = store.folder(id) ?? {};
    const { sizeBytes = 0, verifiedBytes = 0 } = store.get(id) ?? {};
    return { files, filesDone, filesFailed, sizeBytes, verifiedBytes };
  }

  function flush(): void {
    const outcomes = waiting;
    waiting = [];
    if (outcomes.length > 0) store.setFiles(id, outcomes);
  }

  return {
    flush,
    tally: () => tally,
    add(outcomes) {
      const failed = outcomes.filter(({ error }) => error).length;
      const bytes = outcomes.reduce((sum, { sizeBytes, error }) => sum + (error ? 0 : sizeBytes), 0);
      tally = {
        ...tally,
        filesDone: tally.filesDone + outcomes.length - failed,
        filesFailed: tally.filesFailed + failed,
        verifiedBytes: tally.verifiedBytes + bytes,
      };
      waiting.push(...outcomes);
      if (waiting.length >= BATCH_MAX) flush();
    },
    reload() {
      flush();
      tally = load();
    },
  };
}
