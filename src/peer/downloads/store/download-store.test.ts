import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import Database from 'better-sqlite3';
import { SwapmeetError } from '../../../domain/errors.ts';
import { openDownloadStore, type StoredDownload } from './download-store.ts';

const DOWNLOAD: StoredDownload = {
  id: '1',
  isFolder: false,
  name: 'a',
  sha1: 'a'.repeat(40),
  root: undefined,
  sizeBytes: 2 ** 40,
  verifiedBytes: 0,
  folder: '/f',
  path: '/f/a',
  partPath: undefined,
  outcome: { kind: 'open' },
};

async function temporaryFile(t: TestContext): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'swapmeet-queue-'));
  t.after(() => rm(folder, { recursive: true }));
  return join(folder, 'downloads.db');
}

describe('the queue on disk', () => {
  it('keeps downloads, their layers and their liars', async (t) => {
    const file = await temporaryFile(t);
    const first = openDownloadStore(file);
    const other = { ...DOWNLOAD, id: '2', root: 'b'.repeat(64), partPath: '/f/a.part' };
    first.add(DOWNLOAD);
    first.add(other);
    first.setLayer('2', Uint8Array.of(1, 2, 3));
    first.addLiar('2', { key: 'k', username: 'eve' });
    first.addLiar('2', { key: 'k', username: 'eve' });
    first.setPaths('1', { path: '/f/a (2)', partPath: '/f/p' });
    first.setOutcome('1', { kind: 'failed', error: new SwapmeetError('bad-content', 'wrong') });
    first.close();

    const second = openDownloadStore(file);
    const [newer, older] = second.page({}).rows;
    assert.deepEqual(older, other);
    assert.equal(newer?.path, '/f/a (2)');
    assert.equal(newer.partPath, '/f/p');
    assert.ok(newer.outcome.kind === 'failed' && newer.outcome.error.code === 'bad-content');
    assert.deepEqual(second.layer('2'), Buffer.of(1, 2, 3));
    assert.equal(second.layer('1'), undefined);
    assert.deepEqual(second.liars('2'), [{ key: 'k', username: 'eve' }]);
    second.clearLiars({ ids: ['2'], outcomes: ['open'] });
    assert.deepEqual(second.liars('2'), []);
    second.close();
  });

  it('keeps one download of a content in a folder', async (t) => {
    const store = openDownloadStore(await temporaryFile(t));
    store.add(DOWNLOAD);
    assert.throws(() => {
      store.add({ ...DOWNLOAD, id: '2' });
    }, SwapmeetError);
    store.add({ ...DOWNLOAD, id: '3', folder: '/g' });
    store.close();
  });

  it('does not touch a file that is broken or of a newer version', async (t) => {
    const file = await temporaryFile(t);
    await writeFile(file, 'no database at all, but long enough to be looked at as one'.repeat(100));
    assert.throws(() => openDownloadStore(file), { code: 'disk-error' });
    await rm(file);
    openDownloadStore(file).close();
    const database = new Database(file);
    database.pragma('user_version = 99');
    database.close();
    assert.throws(() => openDownloadStore(file), { code: 'disk-error', message: /newer version/ });
  });
});
