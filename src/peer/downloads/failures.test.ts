import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setUpFolder } from '../../../test/support/folder-fixture.ts';
import { isDone, until } from '../../../test/support/transfer-fixture.ts';

test('the files of a folder that failed are listed with their reasons, a page at a time', async (t) => {
  const { queue, entries } = await setUpFolder(t, { 'a.txt': 10 });
  const bad = { sha1: 'a'.repeat(40), sizeBytes: 30 };
  entries.push(...['\nb', '../c', '\td'].map((name) => ({ ...bad, path: `share/album/${name}` })));
  const downloads = queue();
  const { id } = await downloads.startFolder({ peerId: 'ada', path: 'share/album' });
  await until(downloads, id, ({ state }) => state === 'failed');
  const first = downloads.failures(id.slice(0, 8), { limit: 2 });
  assert.deepEqual(
    first.rows.map(({ path, sizeBytes, error }) => [path, sizeBytes, error.code]),
    [
      ['\nb', 30, 'bad-path'],
      ['../c', 30, 'bad-path'],
    ],
  );
  assert.match(first.rows[0]?.error.message ?? '', /control characters/);
  const last = downloads.failures(id, { after: first.next, limit: 2 });
  assert.deepEqual([last.rows.map(({ path }) => path), last.next], [['\td'], undefined]);
  assert.throws(() => downloads.failures(id, { after: 'x' }), { code: 'bad-argument' });
});

test('of a file there are no files that failed', async (t) => {
  const { queue, files } = await setUpFolder(t, { 'a.txt': 10 });
  const downloads = queue();
  const [file] = files;
  assert.ok(file);
  const { id } = await downloads.start(file.entry);
  await until(downloads, id, isDone);
  assert.throws(() => downloads.failures(id, {}), { code: 'bad-argument' });
});
