import assert from 'node:assert/strict';
import { mkdir, readdir, readFile, stat, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { createFixture, FAST, isDone, share, until } from '../../../test/support/transfer-fixture.ts';

async function setUp(t: TestContext, content: number | Buffer) {
  const fixture = await createFixture(t);
  const shared = await share(join(fixture.root, 'share'), 'a file.bin', content);
  const ada = await fixture.uploader({ username: 'ada', files: [shared] });
  const sources = () => [ada.sourceOf(shared.entry)];
  return { ...fixture, shared, entry: shared.entry, ada, sources, folder: join(fixture.root, 'downloads') };
}

describe('downloads', () => {
  for (const [what, sizeBytes] of [
    ['of many pieces, the last of them short', 3_333_333],
    ['of a few bytes', 5],
    ['of exactly one block', 16_384],
    ['of exactly one piece', 65_536],
    ['that is empty', 0],
  ] as const) {
    it(`fetch a file ${what}, verify it and give it its name`, async (t) => {
      const { downloads, sources, entry, shared, folder } = await setUp(t, sizeBytes);
      const queue = downloads({ sources });
      const { id, path } = await queue.start(entry);
      const done = await until(queue, id, isDone);
      assert.equal(done.path, path);
      assert.equal(done.verifiedBytes, sizeBytes);
      assert.deepEqual(await readdir(folder), ['a file.bin'], 'no partial file is left');
      assert.ok(shared.bytes.equals(await readFile(path)));
      assert.equal(queue.active(), 0);
    });
  }

  it('fetch what has no root, and then trust the SHA-1 alone', async (t) => {
    const { downloads, entry, shared, ada } = await setUp(t, 500_000);
    const { root: _, ...rootless } = entry;
    const queue = downloads({ sources: () => [ada.sourceOf(rootless)] });
    const { id } = await queue.start(rootless);
    const { path } = await until(queue, id, isDone);
    assert.ok(shared.bytes.equals(await readFile(path)));
  });

  it('are joined when the same content goes to the same folder, and are two when it goes to another', async (t) => {
    const { downloads, sources, entry, root, ada } = await setUp(t, 300_000);
    const queue = downloads({ sources });
    const [one, same, other] = await Promise.all([
      queue.start(entry),
      queue.start({ ...entry, path: 'share/under another name' }),
      queue.start(entry, join(root, 'elsewhere')),
    ]);
    assert.equal(one.id, same.id);
    assert.notEqual(one.id, other.id);
    await Promise.all([one.id, other.id].map((id) => until(queue, id, isDone)));
    assert.equal(queue.list().rows.length, 2);
    assert.equal(
      ada.asked.reduce((sum, { length }) => sum + length, 0),
      300_000,
      'the second is copied from the first',
    );
  });

  it('are done at once when the file is there, under whatever number', async (t) => {
    const { downloads, sources, entry, shared, folder, ada } = await setUp(t, 300_000);
    await mkdir(folder);
    await writeFile(join(folder, 'a file.bin'), Buffer.alloc(300_000));
    await writeFile(join(folder, 'a file (2).bin'), shared.bytes);
    const queue = downloads({ sources });
    const { id } = await queue.start(entry);
    assert.equal((await until(queue, id, isDone)).path, join(folder, 'a file (2).bin'));
    assert.deepEqual(ada.asked, []);
    assert.equal((await readdir(folder)).length, 2);
  });

  it('never replace another file, nor follow a link', async (t) => {
    const { downloads, sources, entry, root, folder } = await setUp(t, 1000);
    await mkdir(folder);
    await writeFile(join(folder, 'a file.bin'), 'precious');
    if (process.platform !== 'win32') await symlink(join(root, 'victim'), join(folder, 'a file (2).bin'));
    const queue = downloads({ sources });
    const { id } = await queue.start(entry);
    const { path } = await until(queue, id, isDone);
    assert.equal(path, join(folder, process.platform === 'win32' ? 'a file (2).bin' : 'a file (3).bin'));
    assert.equal(await readFile(join(folder, 'a file.bin'), 'utf8'), 'precious');
    await assert.rejects(stat(join(root, 'victim')), { code: 'ENOENT' });
  });

  it('of two contents with one name end in two files', async (t) => {
    const { downloads, root, uploader, folder } = await setUp(t, 1000);
    const files = await Promise.all([1, 2].map((number) => share(join(root, `${number}`), 'cover.jpg', number * 1000)));
    const bob = await uploader({ username: 'bob', files });
    const entries = files.map(({ entry }) => entry);
    const queue = downloads({ sources: () => entries.map(bob.sourceOf) });
    const started = await Promise.all(entries.map((entry) => queue.start(entry)));
    await Promise.all(started.map(({ id }) => until(queue, id, isDone)));
    assert.deepEqual(await readdir(folder), ['cover (2).jpg', 'cover.jpg']);
  });

  it('begin anew when they are asked for again and the file is gone, or is not what it was', async (t) => {
    const { downloads, sources, entry, shared } = await setUp(t, 1000);
    const queue = downloads({ sources });
    const { id } = await queue.start(entry);
    const { path } = await until(queue, id, isDone);
    await writeFile(path, 'edited');
    assert.equal((await queue.start(entry)).id, id);
    const again = await until(queue, id, isDone);
    assert.notEqual(again.path, path);
    assert.ok(shared.bytes.equals(await readFile(again.path)));
    assert.equal(await readFile(path, 'utf8'), 'edited');
  });

  it('wait while there is no source, and go on at once when the link comes online', async (t) => {
    const { downloads, entry, ada, ticket } = await setUp(t, 1000);
    let online = false;
    let tell = (): void => undefined;
    const queue = downloads({
      sources: () => [],
      timing: { ...FAST, callTimeoutMs: 10_000, stallMs: 10_000, retry: { firstMs: 60_000, lastMs: 60_000 } },
      link: {
        sources: () => Promise.resolve(online ? [ada.sourceOf(entry)] : []),
        ticket: () => ticket,
        onOnline: (listener) => {
          tell = listener;
          return () => undefined;
        },
      },
    });
    const { id } = await queue.start(entry);
    const waiting = await until(queue, id, ({ state }) => state === 'waiting');
    assert.equal(waiting.error?.code, 'no-source');
    online = true;
    tell();
    await until(queue, id, isDone);
  });

  it('refuse names, sizes and folders that they can’t use', async (t) => {
    const { downloads, sources, entry, root } = await setUp(t, 10);
    const queue = downloads({ sources });
    for (const path of ['share/..', 'share/a\0b', 'share/']) {
      await assert.rejects(queue.start({ ...entry, path }), { code: 'bad-path' });
    }
    await assert.rejects(queue.start({ ...entry, sizeBytes: 2 ** 50 }), { code: 'bad-argument' });
    await assert.rejects(queue.start(entry, 'relative'), { code: 'bad-argument' });
    await writeFile(join(root, 'no folder'), '');
    await assert.rejects(queue.start(entry, join(root, 'no folder')), { code: 'disk-error' });
    assert.throws(() => queue.watch('nonsense', AbortSignal.timeout(1)), { code: 'not-found' });
  });

  it('are kept with their outcome', async (t) => {
    const { downloads, sources, entry } = await setUp(t, 1000);
    const first = downloads({ sources });
    const { id } = await first.start(entry);
    const done = await until(first, id, isDone);
    await first.close();
    assert.deepEqual(downloads({ sources }).list().rows, [done]);
  });
});
