import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { SwapmeetError } from '../../../domain/errors.ts';
import { openDownloadStore, type DownloadStore } from './download-store.ts';

const FILES = 7;
const FILE_BYTES = 10;

async function openStore(t: TestContext): Promise<DownloadStore> {
  const folder = await mkdtemp(join(tmpdir(), 'swapmeet-missing-'));
  const store = openDownloadStore(join(folder, 'downloads.db'));
  t.after(async () => {
    store.close();
    await rm(folder, { recursive: true });
  });
  for (const id of ['one', 'two']) {
    store.addFolder({ id, name: id, folder: '/f', path: `/f/${id}`, origin: { query: id } });
    const entries = Array.from({ length: FILES }, (_, at) => ({
      path: `${at}`,
      sha1: `${at}`.repeat(40),
      sizeBytes: FILE_BYTES,
    }));
    store.addFiles(id, entries, undefined);
  }
  return store;
}

function tallyOf(store: DownloadStore, id: string) {
  const { filesDone, filesFailed } = store.folder(id) ?? {};
  const { verifiedBytes, outcome } = store.get(id) ?? {};
  return { filesDone, filesFailed, verifiedBytes, outcome: outcome?.kind };
}

function missing(store: DownloadStore, id: string): number {
  return store.missingFiles(id, { which: 'small', smallBytesMax: FILE_BYTES, after: 0, limit: 100 }).length;
}

describe('files of folders that count as missing again', () => {
  it('are those that were not flushed, some at a time, whatever has become of their folder', async (t) => {
    const store = await openStore(t);
    const numbers = [1, 2, 3, 4, 5];
    for (const id of ['one', 'two']) {
      store.setFiles(
        id,
        numbers.map((number) => ({ number, sizeBytes: FILE_BYTES })),
      );
    }
    store.setFlushed('one', [1, 2]);
    store.setFlushed('two', numbers);
    for (const id of ['one', 'two']) store.setOutcome(id, { kind: 'done' });
    assert.equal(store.doubtUnflushed(2), true);
    assert.deepEqual(tallyOf(store, 'one'), { filesDone: 3, filesFailed: 0, verifiedBytes: 30, outcome: 'open' });
    assert.equal(store.doubtUnflushed(2), false);
    assert.deepEqual(tallyOf(store, 'one'), { filesDone: 2, filesFailed: 0, verifiedBytes: 20, outcome: 'open' });
    assert.deepEqual(tallyOf(store, 'two'), { filesDone: 5, filesFailed: 0, verifiedBytes: 50, outcome: 'done' });
    assert.equal(missing(store, 'one'), FILES - 2);
    assert.equal(store.doubtUnflushed(2), false);
  });

  it('are those that failed, of the folders that are tried again', async (t) => {
    const store = await openStore(t);
    const error = new SwapmeetError('bad-path', 'no name');
    for (const id of ['one', 'two']) {
      store.setFiles(
        id,
        [1, 2, 3].map((number) => ({ number, sizeBytes: FILE_BYTES, error })),
      );
      store.setFiles(id, [{ number: 4, sizeBytes: FILE_BYTES }]);
    }
    assert.equal(store.retryFiles(['one'], 2), true);
    assert.equal(store.retryFiles(['one'], 2), false);
    const rest = { filesDone: 1, verifiedBytes: 10, outcome: 'open' };
    assert.deepEqual(tallyOf(store, 'one'), { ...rest, filesFailed: 0 });
    assert.deepEqual(tallyOf(store, 'two'), { ...rest, filesFailed: 3 });
    assert.equal(missing(store, 'one'), FILES - 1);
    store.setOutcome('two', { kind: 'paused' });
    assert.equal(store.retryFiles(['two'], 2), false);
    assert.equal(tallyOf(store, 'two').filesFailed, 3);
  });
});
