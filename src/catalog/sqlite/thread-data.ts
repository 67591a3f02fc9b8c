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
  const { folder, channel } = threadData();
  const files = openSegmentFiles(folder, receiveResidents(channel));
  return { files, index: createIndexReader(database, files) };
}
