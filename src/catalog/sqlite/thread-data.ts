import { join } from 'node:path';
import { workerData } from 'node:worker_threads';
import { createIndexReader } from './index/index-reader.ts';
import { openSegmentFiles } from './index/segment-files.ts';
import { receiveResidents, type ThreadData } from './index/shared-residents.ts';
import type { Database } from './database.ts';

const DATABASE_FILE = 'catalog.db';

/** Where the database of a catalog lies in its data folder. */
export function databaseFile({ folder }: Pick<ThreadData, 'folder'>): string {
  return join(folder, DATABASE_FILE);
}

/** What this thread was told when it started. */
export function threadData(): ThreadData {
  return workerData as ThreadData;
}

/** The segments and the state of the index, as this thread sees them. */
export function openIndex(database: Database) {
  const data = threadData();
  const files = openSegmentFiles(data.folder, receiveResidents(data));
  return { files, index: createIndexReader(database, files) };
}
