import assert from 'node:assert/strict';
import { chmod, mkdir, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { assertWhole, ORIGIN, setUpFolder } from '../../../../test/support/folder-fixture.ts';
import { isDone, until, type Shared } from '../../../../test/support/transfer-fixture.ts';
import type { Entry } from '../../../domain/entry.ts';
import { SwapmeetError } from '../../../domain/errors.ts';
import { DATA_TYPE, encodeFrame, HEADER_BYTES } from '../../../protocol/frame.ts';
import { EVENTS } from '../../../protocol/messages.ts';

const ALBUM = {
  'one.txt': 20_000,
  'two.txt': 0,
  'deep/er/three.bin': 65_536,
  'deep/four.bin': 65_537,
  'deep/five.bin': 262_144,
  'large.bin': 700_000,
  'ünïcode/six': 1,
};

describe('the download of a folder', () => {
  it('brings all files in their structure, as one item with one progress', async (t) => {
    const { queue, files, album, ada, listed } = await setUpFolder(t, ALBUM);
    const downloads = queue();
    const { id, state } = await downloads.startFolder(ORIGIN);
    assert.notEqual(state, 'done');
    const done = await until(downloads, id, isDone);
    assert.deepEqual(done.files, { total: 7, done: 7, failed: 0 });
    assert.equal(done.verifiedBytes, done.sizeBytes);
    assert.equal(done.path, album);
    assert.equal(downloads.list().rows.length, 1);
    await assertWhole(album, files);
    assert.deepEqual((await readdir(album)).toSorted(), ['deep', 'large.bin', 'one.txt', 'two.txt', 'ünïcode']);
    assert.deepEqual(listed, [undefined, '3', '6']);
    assert.equal(ada.bundled.length, 6, 'what is small comes in bundles');
  });

  it('fetches what is listed while the rest of the list comes', async (t) => {
    const { queue, files, album, holdPages } = await setUpFolder(t, ALBUM);
    const later = Promise.withResolvers<undefined>();
    holdPages(async (after) => {
      if (after !== undefined) await later.promise;
    });
    const downloads = queue();
    const { id } = await downloads.startFolder(ORIGIN);
    const begun = await until(downloads, id, ({ files: tally }) => tally?.done === 3);
    assert.deepEqual([begun.files?.total, begun.state], [3, 'downloading']);
    later.resolve(undefined);
    const done = await until(downloads, id, isDone);
    assert.equal(done.files?.total, 7);
    await assertWhole(album, files);
  });

  it('keeps what came before the list broke off, and goes on with the next page', async (t) => {
    const { queue, files, album, ada, listed, holdPages } = await setUpFolder(t, ALBUM);
    const away = new SwapmeetError('disconnected', 'the server is away');
    holdPages((after) => (after === undefined ? Promise.resolve() : Promise.reject(away)));
    const downloads = queue();
    const { id } = await downloads.startFolder(ORIGIN);
    const waiting = await until(downloads, id, ({ state, files: tally }) => state === 'waiting' && tally?.done === 3);
    assert.equal(waiting.error?.code, 'disconnected');
    holdPages(() => Promise.resolve());
    await until(downloads, id, isDone);
    await assertWhole(album, files);
    assert.equal(ada.bundled.length, 6, 'nothing was asked for twice');
    assert.equal(listed.filter((after) => after === undefined).length, 1);
  });

  it('fetches each content once, and never what an earlier folder has', async (t) => {
    const [small, large] = [Buffer.alloc(20_000, 'small'), Buffer.alloc(600_000, 'large')];
    const contents = { 'a.bin': small, 'b.bin': large, 'c/a.bin': small, 'd.bin': large, 'e.bin': small, 'f.bin': 9 };
    const { queue, files, album, ada, root } = await setUpFolder(t, contents);
    const downloads = queue();
    const first = await downloads.startFolder(ORIGIN);
    const done = await until(downloads, first.id, isDone);
    assert.deepEqual(done.files, { total: 6, done: 6, failed: 0 });
    assert.equal(done.verifiedBytes, done.sizeBytes);
    await assertWhole(album, files);
    const sentBytes = ada.asked.reduce((sum, { length }) => sum + length, 0);
    assert.deepEqual([ada.bundled.length, sentBytes], [2, large.length]);

    // One that was changed since is no copy; another is.
    await writeFile(join(album, 'a.bin'), 'changed');
    const again = await downloads.startFolder(ORIGIN, join(root, 'elsewhere'));
    await until(downloads, again.id, isDone);
    await assertWhole(join(root, 'elsewhere', 'album'), files);
    assert.deepEqual([ada.bundled.length, ada.asked.reduce((sum, { length }) => sum + length, 0)], [2, sentBytes]);
  });

  it('fetches nothing that is there, here or in a share, and overwrites nothing', async (t) => {
    const { queue, files, album, ada, entries } = await setUpFolder(t, ALBUM);
    await mkdir(album, { recursive: true });
    await writeFile(join(album, 'one.txt'), files[0]?.bytes ?? '');
    await mkdir(join(album, 'deep'));
    await writeFile(join(album, 'deep', 'four.bin'), 'precious');
    const downloads = queue();
    const { id } = await downloads.startFolder(ORIGIN);
    await until(downloads, id, isDone);
    assert.equal(await readFile(join(album, 'deep', 'four.bin'), 'utf8'), 'precious');
    assert.ok(files[3]?.bytes.equals(await readFile(join(album, 'deep', 'four (2).bin'))));
    assert.ok(!ada.bundled.includes(entries[0]?.sha1 ?? ''));
  });

  it(
    'follows no link out of its folder, and takes no bad name; the rest comes',
    { skip: process.platform === 'win32' },
    async (t) => {
      const { queue, album, root, files, entries } = await setUpFolder(t, {
        'a.txt': 10,
        'out/b.txt': 20,
        'c.txt': 30,
      });
      await mkdir(album, { recursive: true });
      await mkdir(join(root, 'elsewhere'));
      await symlink(join(root, 'elsewhere'), join(album, 'out'));
      const bad: Entry = { sha1: 'a'.repeat(40), sizeBytes: 30, path: 'share/album/../../../evil' };
      entries.push(bad);
      const downloads = queue();
      const { id } = await downloads.startFolder(ORIGIN);
      const failed = await until(downloads, id, ({ state }) => state === 'failed');
      assert.deepEqual(failed.files, { total: 4, done: 2, failed: 2 });
      assert.deepEqual(await readdir(join(root, 'elsewhere')), []);
      await assertWhole(album, [files[0], files[2]] as Shared[]);
      await rm(join(album, 'out'));
      await downloads.change({ ids: [id] }, { action: 'retry' });
      const again = await until(downloads, id, ({ state, files: tally }) => state === 'failed' && tally?.failed === 1);
      assert.equal(again.files?.done, 3);
    },
  );

  it(
    'leaves out what no disk takes, and what lies below a file; the rest comes',
    { skip: process.platform !== 'linux' },
    async (t) => {
      const { queue, album, files, entries } = await setUpFolder(t, { 'a.txt': 10, 'b.txt': 20 });
      const tooLong = 'ü'.repeat(200);
      const small = { ...files[1]?.entry, sha1: files[1]?.entry.sha1 ?? '', sizeBytes: 20 };
      const large = { sha1: 'b'.repeat(40), sizeBytes: 300_000 };
      for (const path of [`${tooLong}/c`, `c/${tooLong}`, 'a.txt/c']) {
        entries.unshift({ ...small, path: `share/album/${path}` }, { ...large, path: `share/album/${path} (large)` });
      }
      await mkdir(album, { recursive: true });
      await writeFile(join(album, 'a.txt'), files[0]?.bytes ?? '');
      const downloads = queue();
      const { id } = await downloads.startFolder(ORIGIN);
      const failed = await until(downloads, id, ({ state }) => state === 'failed');
      assert.deepEqual(failed.files, { total: 8, done: 2, failed: 6 });
      await assertWhole(album, files);
    },
  );

  it('says of how many failed files the reason is that it gives', async (t) => {
    const { queue, entries } = await setUpFolder(t, { 'a.txt': 10 });
    const sentenceFor = async (query: string, ...names: string[]): Promise<string | undefined> => {
      const bad = { sha1: 'a'.repeat(40), sizeBytes: 30 };
      entries.splice(0, Infinity, ...names.map((name) => ({ ...bad, path: `share/album/${name}` })));
      const downloads = queue();
      const { id } = await downloads.startFolder({ query });
      const { error } = await until(downloads, id, ({ state }) => state === 'failed');
      const failures = downloads.failures(id, {}).rows;
      assert.deepEqual(
        failures.map(({ path }) => path),
        names.map((name) => `share/album/${name}`),
      );
      return error?.message;
    };
    assert.match((await sentenceFor('one', '\na')) ?? '', /album\/\na: the filename has control characters$/);
    assert.match(
      (await sentenceFor('like', '\na', '\nb')) ?? '',
      /\na and 1 more: the filename has control characters \(/,
    );
    assert.match(
      (await sentenceFor('unlike', '\na', '../b', '\nb', 'c/../c')) ?? '',
      /\na and 1 more: the filename has control characters; 2 for other reasons \(“swapmeet downloads failures [\da-f]{8}” lists them\)$/,
    );
  });

  it('waits for its turn at a source that has others to serve', async (t) => {
    const { queue, files, album } = await setUpFolder(t, ALBUM, {
      corrupt: ({ BUNDLE }, channel) => ({
        BUNDLE: async (request, signal) => {
          await channel.write(encodeFrame(EVENTS.QUEUED.code, EVENTS.QUEUED.payload.encode({ position: 1 })));
          return BUNDLE(request, signal);
        },
      }),
    });
    const downloads = queue();
    const { id } = await downloads.startFolder(ORIGIN);
    const done = await until(downloads, id, isDone);
    assert.deepEqual(done.liars, []);
    await assertWhole(album, files);
  });

  it('asks others where a source does not take its ticket', async (t) => {
    const { queue, uploader, files, ada, album, setHolders } = await setUpFolder(t, { 'a.txt': 1_000, 'b.txt': 2_000 });
    const bob = await uploader({
      username: 'bob',
      files,
      corrupt: () => ({ BUNDLE: () => Promise.reject(new SwapmeetError('no-ticket', 'present a ticket first')) }),
    });
    setHolders([bob, ada]);
    const downloads = queue();
    const { id } = await downloads.startFolder({ peerId: 'bob', path: 'share/album' });
    const done = await until(downloads, id, isDone);
    assert.deepEqual(done.liars, []);
    await assertWhole(album, files);
  });

  it('names who sends wrong bytes, and gets the files from others', async (t) => {
    const setting = await setUpFolder(t, { 'a.txt': 1_000, 'b.txt': 2_000, 'c.txt': 3_000 });
    const { queue, uploader, files, ada, album, setHolders } = setting;
    const eve = await uploader({
      username: 'eve',
      files,
      corrupt: ({ BUNDLE }) => ({
        BUNDLE: async (request, signal) => {
          const answer = await BUNDLE(request, signal);
          if (!('ok' in answer)) return answer;
          const frames: Buffer[] = [];
          for await (const frame of answer.data ?? []) frames.push(Buffer.from(frame.subarray(HEADER_BYTES)));
          const data = Buffer.concat(frames);
          data.writeUInt8(data.readUInt8(10) ^ 1, 10);
          return { ok: answer.ok, data: [encodeFrame(DATA_TYPE, data)] };
        },
      }),
    });
    setHolders([eve, ada]);
    const downloads = queue();
    const { id } = await downloads.startFolder({ peerId: 'eve', path: 'share/album' });
    const done = await until(downloads, id, isDone);
    assert.deepEqual(done.liars, ['eve']);
    await assertWhole(album, files);
  });

  it('waits for what nobody has, with all that others have, and goes on by itself', async (t) => {
    const { queue, uploader, files, album, setHolders, ada } = await setUpFolder(t, {
      'a.txt': 10,
      'b.txt': 20,
      'l.bin': 400_000,
    });
    const bob = await uploader({ username: 'bob', files: files.slice(0, 1) });
    setHolders([bob]);
    const downloads = queue();
    const { id } = await downloads.startFolder(ORIGIN);
    const waiting = await until(downloads, id, ({ state, files: tally }) => state === 'waiting' && tally?.done === 1);
    assert.ok(waiting.error);
    setHolders([bob, ada]);
    await until(downloads, id, isDone);
    await assertWhole(album, files);
  });

  it('is paused, resumed after a restart, and never fetched twice', async (t) => {
    const names = Array.from({ length: 400 }, (_, at) => [`${at % 7}/${at}.bin`, 5_000 + at] as const);
    const { queue, album, files, ada } = await setUpFolder(t, Object.fromEntries(names));
    const first = queue();
    const { id } = await first.startFolder(ORIGIN);
    await until(first, id, ({ verifiedBytes }) => verifiedBytes > 0);
    await first.change({ ids: [id] }, { action: 'pause' });
    const paused = first.view(id);
    await first.close();
    const bundled = ada.bundled.length;
    const second = queue();
    if (paused.state === 'paused') {
      assert.equal(second.view(id).state, 'paused');
      await second.change({ ids: [id] }, { action: 'resume' });
    }
    const done = await until(second, id, isDone);
    assert.equal(done.files?.done, 400);
    await assertWhole(album, files);
    const left = 400 - (paused.files?.done ?? 0);
    assert.ok(ada.bundled.length - bundled <= left, 'what was there is not asked for again');
    assert.ok(
      (await readdir(album)).every((name) => /^\d$/.test(name)),
      'nothing else is left',
    );
  });

  it(
    'waits while its disk is read-only, and goes on when it is not',
    { skip: process.getuid?.() === 0 || process.platform === 'win32' },
    async (t) => {
      const { queue, album, files } = await setUpFolder(t, { 'a.txt': 10, 'b.txt': 20 });
      await mkdir(album, { recursive: true });
      await chmod(album, 0o500);
      const downloads = queue();
      const { id } = await downloads.startFolder(ORIGIN);
      const waiting = await until(downloads, id, ({ error }) => error !== undefined);
      assert.equal(waiting.error?.code, 'disk-error');
      await chmod(album, 0o700);
      await until(downloads, id, isDone);
      await assertWhole(album, files);
    },
  );
});
