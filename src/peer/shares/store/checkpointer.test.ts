import assert from 'node:assert/strict';
import { mkdtemp, rename, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { pino } from 'pino';
import { openDatabase } from '../../../storage/database.ts';
import { createCheckpointer } from './checkpointer.ts';

const PAGE_BYTES = 4_096;

async function createFixture(t: TestContext) {
  const base = await mkdtemp(join(tmpdir(), 'swapmeet-checkpoint-'));
  const file = join(base, 'shares.db');
  const database = openDatabase(file, { migrations: ['CREATE TABLE thing (bytes BLOB)'], synchronous: 'NORMAL' });
  const logged: string[] = [];
  const log = pino({}, { write: (line: string) => void logged.push(line) });
  const checkpointer = createCheckpointer(database, log, { checkMs: 10, logPagesMax: 100 });
  t.after(async () => {
    await checkpointer.close();
    database.close();
    await rm(base, { recursive: true, force: true });
    await rm(`${base}-moved`, { recursive: true, force: true });
  });
  const insert = database.prepare<[Buffer]>('INSERT INTO thing VALUES (?)');
  return { base, file, database, checkpointer, logged, write: () => insert.run(Buffer.alloc(10 * PAGE_BYTES, 1)) };
}

test('what is committed gets into the database by itself, and the log does not grow for ever', async (t) => {
  const { file, checkpointer, write } = await createFixture(t);
  const grown = async (pages: number): Promise<void> => {
    while ((await stat(file)).size < pages * PAGE_BYTES) await sleep(10);
  };
  write();
  await grown(10);
  for (let round = 0; round < 300; round += 1) {
    await checkpointer.room();
    write();
    await sleep(1);
  }
  await grown(3_000);
  assert.ok((await stat(`${file}-wal`)).size < 2_000 * PAGE_BYTES);
});

test('where there can be no thread, SQLite does it', { skip: process.platform === 'win32' }, async (t) => {
  const { base, database, logged, write } = await createFixture(t);
  await rename(base, `${base}-moved`);
  write();
  while (logged.length === 0) await sleep(10);
  assert.equal(database.pragma('wal_autocheckpoint', { simple: true }), 1_000);
});
