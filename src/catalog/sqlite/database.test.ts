import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { SwapmeetError } from '../../domain/errors.ts';
import { openForReading, openForWriting } from './database.ts';
import { MIGRATIONS } from './migrations.ts';

function temporaryFile(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'swapmeet-database-'));
  t.after(() => {
    rmSync(folder, { recursive: true });
  });
  return join(folder, 'catalog.db');
}

test('the writer waits for the disk, and holds references', (t) => {
  const database = openForWriting(temporaryFile(t));
  const pragma = (name: string): unknown => database.pragma(name, { simple: true });
  assert.equal(pragma('journal_mode'), 'wal');
  assert.equal(pragma('synchronous'), 2);
  assert.equal(pragma('foreign_keys'), 1);
  assert.equal(pragma('user_version'), MIGRATIONS.length);
  database.close();
});

test('migrations run once, and a database of a newer version is left alone', (t) => {
  const file = temporaryFile(t);
  openForWriting(file).close();
  const database = openForWriting(file);
  database.pragma(`user_version = ${MIGRATIONS.length + 1}`);
  database.close();
  assert.throws(
    () => openForWriting(file),
    (error) => error instanceof SwapmeetError && error.code === 'disk-error' && error.message.includes('newer version'),
  );
});

test('a reader cannot write', (t) => {
  const file = temporaryFile(t);
  const writer = openForWriting(file);
  const reader = openForReading(file);
  assert.throws(() => reader.exec('DELETE FROM peer'), { code: 'SQLITE_READONLY' });
  reader.close();
  writer.close();
});
