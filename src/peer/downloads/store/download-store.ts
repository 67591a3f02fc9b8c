import { openDatabase } from '../../../storage/database.ts';
import { createDownloadRows, type DownloadRows } from './download-rows.ts';
import { createEvidence, type Evidence } from './evidence.ts';
import { createFolderFiles, type FolderFiles } from './folder-files.ts';
import { createFolderRows, type FolderRows } from './folder-rows.ts';
import { createMissingAgain, type MissingAgain } from './missing-again.ts';
import { createMoves, type Moves } from './moves.ts';
import { createPlaces, type Places } from './places.ts';
import { createQueueDatabase, guarded } from './queue-database.ts';
import { createQueueOrder, type QueueOrder } from './queue-order.ts';
import { MIGRATIONS } from './schema.ts';
import { createSelected, type Selected } from './selected.ts';

export type { Liar } from './evidence.ts';
export type { Outcome, StoredDownload } from './rows.ts';

/**
 * The queue on disk: when a call returns, what it stored survives kill -9 and, where it does not say otherwise, a power cut.
 * Used on the main thread, since a download has some ten statements in its whole life. Every call throws SwapmeetError
 * `disk-full` or `disk-error`.
 */
export type DownloadStore = DownloadRows &
  FolderRows &
  FolderFiles &
  MissingAgain &
  Places &
  QueueOrder &
  Selected &
  Moves &
  Evidence & { close(): void };

/** @throws SwapmeetError `disk-error` where the file is broken or of a newer version, `disk-full` */
export function openDownloadStore(file: string): DownloadStore {
  const database = guarded(file, () => openDatabase(file, { migrations: MIGRATIONS, synchronous: 'FULL' }));
  const queue = createQueueDatabase(database, file);
  return guarded(file, () => ({
    ...createDownloadRows(queue),
    ...createQueueOrder(queue),
    ...createSelected(queue),
    ...createMoves(queue),
    ...createEvidence(queue),
    ...createFolderRows(queue),
    ...createFolderFiles(queue),
    ...createMissingAgain(queue),
    ...createPlaces(queue),
    close: () => {
      database.close();
    },
  }));
}
