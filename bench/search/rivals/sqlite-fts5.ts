import { createReadStream } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import Database from 'better-sqlite3';
import type { Ground } from '../field.ts';
import { ratesOf, type Mark, type Rates } from '../rates.ts';
import { isSkipped, perSecond, times, type Row, type Skipped } from '../report.ts';
import type { Known } from '../stages.ts';

export type Fts5Figure = Rates | Skipped;

const ROWS_A_TRANSACTION = 10_000;

/**
 * The same paths into an SQLite FTS5 table of trigrams (contentless, no detail, no column sizes: the fastest there is), in this
 * process, without a server, hashes, sizes or an fsync for each commit. Reading the file is included.
 */
export async function measureFts5({ place, dataset, signal }: Ground): Promise<Rates> {
  const file = join(place.folder, 'fts5.db');
  await rm(file, { force: true });
  const database = new Database(file);
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
  for await (const paths of batches(dataset.pathsFile)) {
    signal.throwIfAborted();
    store(paths);
    marks.push([performance.now() - startMs, stored]);
  }
  database.close();
  await rm(file);
  return ratesOf(marks);
}

export function reportFts5(figure: Fts5Figure, { publish }: Known): readonly Row[] {
  const name = 'SQLite FTS5, no server';
  if (isSkipped(figure)) return [[name, figure.skipped]];
  const { entriesPerS, lastTenthPerS } = figure;
  const value = `${perSecond(entriesPerS)}, ${perSecond(lastTenthPerS)} at the end`;
  if (!publish) return [[name, value]];
  const ours = [publish.entriesPerS / entriesPerS, publish.lastTenthPerS / lastTenthPerS].map(times);
  return [[name, value, `ours: ${ours.join(', ')} at the end`]];
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
