import assert from 'node:assert/strict';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import Database from 'better-sqlite3';
import { assertWhole, ORIGIN, setUpFolder, TIMING } from '../../../../test/support/folder-fixture.ts';
import { isDone, until, type Shared } from '../../../../test/support/transfer-fixture.ts';
import type { Entry } from '../../../domain/entry.ts';

/** Who waits once is too late. */
const NEVER_AGAIN = { ...TIMING, retry: { firstMs: 60_000, lastMs: 60_000 } };

const [SMALL, LARGE] = [Buffer.alloc(20_000, 'small'), Buffer.alloc(600_000, 'large')];

describe('the download of a folder, of what this machine has', () => {
  it('copies what an earlier folder has though nobody is online', async (t) => {
    const { queue, files, root, setHolders } = await setUpFolder(t, { 'a.txt': 1_000, 'b.txt': 2_000, 'c.bin': LARGE });
    const downloads = queue({ timing: NEVER_AGAIN });
    const first = await downloads.startFolder(ORIGIN);
    await until(downloads, first.id, isDone);
    setHolders([]);
    const again = await downloads.startFolder(ORIGIN, join(root, 'elsewhere'));
    await until(downloads, again.id, isDone);
    await assertWhole(join(root, 'elsewhere', 'album'), files);
  });

  it('finds again what was not flushed when it was killed, though nobody is online', async (t) => {
    const { queue, root, setHolders } = await setUpFolder(t, { 'a.txt': 1_000, 'b.txt': 2_000 });
    const downloads = queue();
    const { id } = await downloads.startFolder(ORIGIN);
    await until(downloads, id, isDone);
    await downloads.close();
    const database = new Database(join(root, 'downloads.db'));
    database.exec('UPDATE folder_file SET state = 1');
    database.close();
    setHolders([]);
    const again = queue({ timing: NEVER_AGAIN });
    const done = await until(again, id, isDone);
    assert.deepEqual(done.files, { total: 2, done: 2, failed: 0 });
  });

  it('copies what lies there already without a wait', async (t) => {
    const { queue, files, album, ada } = await setUpFolder(t, { 'a.bin': SMALL, 'c/a.bin': SMALL, 'd.bin': SMALL });
    await mkdir(album, { recursive: true });
    await writeFile(join(album, 'a.bin'), SMALL);
    const downloads = queue({ timing: NEVER_AGAIN });
    const { id } = await downloads.startFolder(ORIGIN);
    await until(downloads, id, isDone);
    await assertWhole(album, files);
    assert.deepEqual(ada.bundled, []);
  });

  it('fetches each content once though an earlier folder that had it was moved away', async (t) => {
    const contents = { 'a.bin': SMALL, 'b.bin': SMALL, 'c.bin': SMALL, 'd.bin': LARGE, 'e.bin': LARGE, 'f.bin': LARGE };
    const { queue, files, album, ada, root } = await setUpFolder(t, contents);
    const downloads = queue();
    const first = await downloads.startFolder(ORIGIN);
    await until(downloads, first.id, isDone);
    await rm(album, { recursive: true });
    const again = await downloads.startFolder(ORIGIN, join(root, 'elsewhere'));
    await until(downloads, again.id, isDone);
    await assertWhole(join(root, 'elsewhere', 'album'), files);
    const sentBytes = ada.asked.reduce((sum, { length }) => sum + length, 0);
    assert.deepEqual([ada.bundled.length, sentBytes], [2, 2 * LARGE.length], 'once for each folder');
  });
});

describe('the download of a folder, of equal files', () => {
  for (const [size, content] of Object.entries({ small: SMALL, large: LARGE })) {
    it(`waits for none whose name is refused: ${size} ones`, async (t) => {
      const { queue, files, entries, album } = await setUpFolder(t, { 'z.bin': content });
      const refused = (entry: Entry) =>
        Array.from({ length: 12 }, (_, at) => ({ ...entry, path: `share/album/../${at}` }));
      entries.unshift(...entries.flatMap(refused));
      const downloads = queue({ timing: NEVER_AGAIN });
      const { id } = await downloads.startFolder(ORIGIN);
      const failed = await until(downloads, id, ({ state }) => state === 'failed');
      assert.deepEqual(failed.files, { total: 13, done: 1, failed: 12 });
      await assertWhole(album, files);
    });
  }

  it('takes another content under the same SHA-1, which nobody has, for no equal one', async (t) => {
    const { queue, entries, files, album } = await setUpFolder(t, { 'a.bin': 5_000, 'b.bin': LARGE });
    const fakes = entries.flatMap((entry) => [
      { ...entry, path: 'share/album/0.bin', root: 'a'.repeat(64) },
      { ...entry, path: 'share/album/1.bin', sizeBytes: entry.sizeBytes - 1, root: 'b'.repeat(64) },
    ]);
    entries.unshift(...fakes);
    const downloads = queue();
    const { id } = await downloads.startFolder(ORIGIN);
    await until(downloads, id, ({ files: tally }) => tally?.done === 2);
    await assertWhole(album, files);
  });
});

it('a folder that got something does not wait longer than at first', async (t) => {
  const names = Array.from({ length: 10 }, (_, at) => [`${at}.bin`, 1_000 + at] as const);
  const { queue, uploader, files, setHolders } = await setUpFolder(t, Object.fromEntries(names));
  const shared: Shared[] = [];
  const bob = await uploader({ username: 'bob', files: shared });
  setHolders([bob]);
  // Twice as long each time, the ninth wait would be 13 s.
  const downloads = queue({ timing: { ...TIMING, retry: { firstMs: 50, lastMs: 60_000 } } });
  const { id } = await downloads.startFolder(ORIGIN);
  for (const file of files) {
    shared.push(file);
    await until(downloads, id, ({ state, files: tally }) => state !== 'downloading' && tally?.done === shared.length);
  }
});
