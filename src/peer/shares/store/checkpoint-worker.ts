/** The checkpointer's thread: each message is a checkpoint, answered by how many pages the log has. It may wait for the disk as long as it takes. */
import { parentPort, workerData } from 'node:worker_threads';
import Database from 'better-sqlite3';

const database = new Database(workerData as string, { fileMustExist: true });

type Row = { readonly log: number };

parentPort?.on('message', () => {
  const [row] = database.pragma('wal_checkpoint(PASSIVE)') as Row[];
  parentPort?.postMessage(row?.log ?? 0);
});
