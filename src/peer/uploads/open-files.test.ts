import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import fs, { rm } from 'node:fs/promises';
import { syncBuiltinESMExports } from 'node:module';
import { describe, it, type TestContext } from 'node:test';
import { promisify } from 'node:util';
import { createFixture, share } from '../../../test/support/transfer-fixture.ts';
import { createOpenFiles } from './open-files.ts';

const INDEX = { find: () => undefined, findAll: () => [], pieceLayer: () => undefined, recheck: () => undefined };

/** Has the system refuse to open files, for these reasons in turn. */
function failToOpen(t: TestContext, codes: readonly string[]): void {
  const errors = codes.map((code) => Object.assign(new Error(code), { code, syscall: 'open' }));
  t.mock.method(fs, 'open', () => Promise.reject(errors.shift() ?? new Error('asked too often')));
  syncBuiltinESMExports();
  t.after(() => {
    t.mock.restoreAll();
    syncBuiltinESMExports();
  });
}

describe('the open files of a connection', () => {
  it('are kept for the next request, and the least recently used one is closed when they get many', async (t) => {
    const { root } = await createFixture(t);
    const shared = await Promise.all([1, 2, 3, 4, 5].map((number) => share(root, `${number}`, number)));
    const [one, ...others] = shared.map(({ file }) => file);
    assert.ok(one);
    const files = createOpenFiles(INDEX);
    const first = await files.open(one);
    assert.equal(await files.open(one), first);
    for (const file of others.slice(0, 3)) await files.open(file);
    assert.equal(await files.open(one), first, 'used again, so no longer the oldest');
    for (const file of others.slice(3)) await files.open(file);
    assert.ok(first.fd > 0);
    for (const file of others) await files.open(file);
    assert.equal(first.fd, -1, 'closed');
    await files.close();
  });

  it('may be too many: then the file is busy, not gone', async (t) => {
    const { root } = await createFixture(t);
    const { file } = await share(root, 'a', 10);
    const rechecked: unknown[] = [];
    const files = createOpenFiles({ ...INDEX, recheck: (gone) => void rechecked.push(gone) });
    failToOpen(t, ['EMFILE', 'ENOENT']);
    await assert.rejects(files.open(file), { code: 'busy' });
    assert.deepEqual(rechecked, []);
    await assert.rejects(files.open(file), { code: 'not-shared' });
    assert.deepEqual(rechecked, [file]);
  });

  it('block no thread where a FIFO is in the place of one', { skip: process.platform === 'win32' }, async (t) => {
    const { root } = await createFixture(t);
    const { file } = await share(root, 'a', 10);
    await rm(file.absolutePath);
    await promisify(execFile)('mkfifo', [file.absolutePath]);
    const rechecked: unknown[] = [];
    const files = createOpenFiles({ ...INDEX, recheck: (gone) => void rechecked.push(gone) });
    await assert.rejects(files.open(file), { code: 'changed' });
    assert.deepEqual(rechecked, [file]);
    await files.close();
  });

  it('are all closed in the end', async (t) => {
    const { root } = await createFixture(t);
    const files = createOpenFiles(INDEX);
    const handles = [];
    for (const name of ['a', 'b']) handles.push(await files.open((await share(root, name, 10)).file));
    await files.close();
    assert.deepEqual(
      handles.map(({ fd }) => fd),
      [-1, -1],
    );
  });
});
