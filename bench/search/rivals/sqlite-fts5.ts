import { createReadStream } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import Database from 'better-sqlite3';
import { ratesOf, type Mark, type Rates } from '../rates.ts';

const ROWS_A_TRANSACTION = 10_000;

/**
 * The same paths into an SQLite FTS5 table of trigrams (contentless, no detail, no column sizes: the fastest there is), in this
 * process, without a server, hashes, sizes or an fsync for each commit. Reading the file is included.
 */
export async function runFts5(folder: string, pathsFile: string, signal: AbortSignal): Promise<Rates> {
  const database = new Database(join(folder, 'fts5.db'));
  database.pragma('journal_mode = WAL');
  database.pragma('synchronous = NORMAL');
  database.exec(
    `CREATE VIRTUAL TABLE entry USING fts5 (path, content = '', columnsize = 0, detail = none, tokenize = 'trigram')`,
  );
  const insert = database.prepare<[number, string]>('INSERT INTO entry (rowid, path) VALUES (?, ?)');
  let stored = 0;
  const store = database.transaction((paths: readonly string[]) => {
    for (const path of paths) insert.run(++stored, path);
  });
  const startMs = performance.now();
  const marks: Mark[] = [];
  for await (const paths of batches(pathsFile)) {
    signal.throwIfAborted();
    store(paths);
    marks.push([performance.now() - startMs, stored]);
  }
  database.close();
  return ratesOf(marks);
}

async function* batches(pathsFile: string): AsyncGenerator<readonly string[], void, undefined> {
  let batch: string[] = [];
  for await (const path of createInterface({ input: createReadStream(pathsFile), crlfDelay: Infinity })) {
    batch.push(path);
    if (batch.length < ROWS_A_TRANSACTION) continue;
    yield batch;
    batch = [];
  }
  yield batch;
}
