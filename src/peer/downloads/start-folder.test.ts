import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setUpFolder } from '../../../test/support/folder-fixture.ts';
import { isDone, until } from '../../../test/support/transfer-fixture.ts';

const SEARCH = { query: 'album' };

test('a search that finds nothing is no download', async (t) => {
  const { queue, entries, listed } = await setUpFolder(t, { 'a.txt': 10 });
  const downloads = queue();
  const found = entries.splice(0);
  await assert.rejects(downloads.startFolder(SEARCH), { code: 'not-found', message: /“album”.*search --all/ });
  assert.deepEqual(downloads.list().rows, []);
  entries.push(...found);
  const { id } = await downloads.startFolder(SEARCH);
  await until(downloads, id, isDone);
  assert.deepEqual(listed, [undefined, undefined, undefined], 'looked at, and then listed');
});

test('a search that is in the queue goes on when it finds nothing any more', async (t) => {
  const { queue, entries, setHolders } = await setUpFolder(t, { 'a.txt': 10 });
  setHolders([]);
  const downloads = queue();
  const first = await downloads.startFolder(SEARCH);
  await until(downloads, first.id, ({ state, files }) => state === 'waiting' && files?.total === 1);
  entries.splice(0);
  assert.equal((await downloads.startFolder(SEARCH)).id, first.id);
});
