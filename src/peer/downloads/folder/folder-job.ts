import type { SwapmeetError } from '../../../domain/errors.ts';
import type { SpeedMeter } from '../../speed-meter.ts';
import type { Wake } from '../../wake.ts';
import type { DownloadContext, Status } from '../job.ts';
import type { KeyedSource } from '../sources/source-roster.ts';
import type { FileOutcome } from '../store/folder-files.ts';
import type { Target } from './small-file-operations.ts';
import type { StoredDownload } from '../store/download-store.ts';

/** What the steps of the download of one folder share. */
export type FolderJob = {
  readonly context: DownloadContext;
  readonly stored: StoredDownload;
  readonly target: Target;
  readonly speed: SpeedMeter;
  readonly wake: Wake;
  readonly tell: (status: Status) => void;
  /** Files are there, or never will be: noted at once for who looks, and soon on the disk. */
  readonly note: (outcomes: readonly FileOutcome[]) => void;
  /** Writes what was noted, for who asks the store. */
  readonly saveNotes: () => void;
  /** There are more files: what is shown of all is counted anew. */
  readonly recount: () => void;
  /** A source sent wrong bytes: it is named, and left for good. */
  readonly exclude: (source: KeyedSource, error: SwapmeetError) => void;
  readonly isExcluded: (source: KeyedSource) => boolean;
};

/** What a pass over the files that are missing came to. */
export type Pass = {
  /** Whether any of them is there now, or known to have failed. */
  readonly hasProgress: boolean;
  /** Why some are still missing; undefined when none is. */
  readonly obstacle: SwapmeetError | undefined;
};
