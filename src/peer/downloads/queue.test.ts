import assert from 'node:assert/strict';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import {
  createFixture,
  FAST,
  isDone,
  share,
  until,
  type DownloaderOptions,
} from '../../../test/support/transfer-fixture.ts';
import type { Downloads } from './downloads.ts';

const NEVER = { ...FAST, callTimeoutMs: 10_000, stallMs: 10_000, retry: { firstMs: 60_000, lastMs: 60_000 } };

async function setUp(t: TestContext, count: number, sizeBytes = 1_000) {
  const fixture = await createFixture(t);
  const files = await Promise.all(
    Array.from({ length: count }, (_, at) => share(join(fixture.root, 'share'), `${at}.bin`, sizeBytes + at)),
  );
  const ada = await fixture.uploader({ username: 'ada', files });
  const entries = files.map(({ entry }) => entry);
  const sourcesOf = (sha1: string) => entries.filter((entry) => entry.sha1 === sha1).map(ada.sourceOf);
  let isOnline = false;
  let tell = (): void => undefined;
  const asked: string[] = [];
  const queue = (options: Partial<DownloaderOptions> = {}): Downloads =>
    fixture.downloads({
      sources: () => [],
      link: {
        sources: (sha1) => {
          asked.push(sha1);
          return Promise.resolve(isOnline ? sourcesOf(sha1) : []);
        },
        ticket: () => fixture.ticket,
        onOnline: (listener) => {
          tell = listener;
          return () => undefined;
        },
      },
      timing: NEVER,
      ...options,
    });
  const goOnline = (): void => {
    isOnline = true;
    tell();
  };
  return { ...fixture, files, entries, ada, queue, goOnline, asked, folder: join(fixture.root, 'downloads') };
}

function names(downloads: Downloads, filter?: 'paused' | 'done' | 'failed'): string[] {
  return downloads.list({ filter }).rows.map(({ name }) => name);
}

describe('the queue of downloads', () => {
  it('pauses and resumes, and knows after a restart what is paused', async (t) => {
    const { queue, entries, goOnline, ada } = await setUp(t, 3);
    const first = queue();
    const ids = [];
    for (const entry of entries) ids.push((await first.start(entry)).id);
    const [one = '', two = '', three = ''] = ids;
    assert.equal(await first.change({ ids: [one.slice(0, 8), two] }, { action: 'pause' }), 2);
    assert.equal(await first.change({ ids: [one] }, { action: 'pause' }), 0, 'it is paused already');
    assert.equal(await first.change({ ids: [one] }, { action: 'resume' }), 1);
    await first.close();

    const second = queue();
    assert.deepEqual(names(second, 'paused'), ['1.bin']);
    goOnline();
    await Promise.all([one, three].map((id) => until(second, id, isDone)));
    assert.equal(second.view(two).state, 'paused');
    assert.equal(ada.asked.length, 2);
    assert.equal(await second.change({}, { action: 'resume' }), 1);
    await until(second, two, isDone);
  });

  it('stops what is being fetched, and goes on with what is there', async (t) => {
    const { queue, entries, goOnline, folder } = await setUp(t, 1, 20_000_000);
    const [entry] = entries;
    assert.ok(entry);
    const downloads = queue();
    const { id } = await downloads.start(entry);
    goOnline();
    await until(downloads, id, ({ verifiedBytes }) => verifiedBytes > 0);
    assert.equal(await downloads.change({ ids: [id] }, { action: 'pause' }), 1);
    const paused = downloads.view(id);
    if (paused.state === 'done') return;
    assert.equal(paused.state, 'paused');
    assert.ok(paused.verifiedBytes > 0);
    assert.equal(downloads.active(), 0);
    assert.deepEqual(await readdir(folder), ['0.bin.part']);
    await downloads.change({ folder }, { action: 'resume' });
    let leastBytes = Infinity;
    await until(downloads, id, (view) => {
      if (view.state === 'downloading') leastBytes = Math.min(leastBytes, view.verifiedBytes);
      return isDone(view);
    });
    assert.ok(leastBytes >= paused.verifiedBytes, 'nothing was fetched twice');
  });

  it('forgets what is cancelled, with its partial file unless that is to stay', async (t) => {
    const { queue, entries, root, folder } = await setUp(t, 3);
    const downloads = queue();
    const [one, two, three] = await Promise.all(entries.map((entry) => downloads.start(entry)));
    assert.ok(one && two && three);
    await downloads.change({}, { action: 'pause' });
    await downloads.close();
    await Promise.all(['0.bin.part', '1.bin.part'].map((name) => writeFile(join(folder, name), 'some')));
    const { openDownloadStore } = await import('./store/download-store.ts');
    const store = openDownloadStore(join(root, 'downloads.db'));
    store.setPaths(one.id, { path: one.path, partPath: join(folder, '0.bin.part') });
    store.setPaths(two.id, { path: two.path, partPath: join(folder, '1.bin.part') });
    store.close();

    const again = queue();
    assert.equal(await again.change({ ids: [one.id] }, { action: 'cancel' }), 1);
    assert.equal(await again.change({ ids: [two.id] }, { action: 'cancel', keepParts: true }), 1);
    assert.deepEqual(await readdir(folder), ['1.bin.part']);
    assert.deepEqual(names(again), ['2.bin']);
    await assert.rejects(again.change({ ids: [one.id] }, { action: 'cancel' }), { code: 'not-found' });
  });

  it('tells who watches that it was cancelled', async (t) => {
    const { queue, entries } = await setUp(t, 1);
    const [entry] = entries;
    assert.ok(entry);
    const downloads = queue();
    const { id } = await downloads.start(entry);
    let last;
    for await (const view of downloads.watch(id, AbortSignal.timeout(5_000))) {
      last = view;
      if (view.error?.code === 'no-source') await downloads.change({ ids: [id] }, { action: 'cancel' });
    }
    assert.equal(last?.state, 'failed');
    assert.equal(last.error?.code, 'cancelled');
  });

  it('is reordered, and that lasts', async (t) => {
    const { queue, entries } = await setUp(t, 5);
    const downloads = queue();
    const ids: string[] = [];
    for (const entry of entries) ids.push((await downloads.start(entry)).id);
    const [a = '', b = '', c = '', d = '', e = ''] = ids;
    const order = (): string =>
      names(downloads)
        .map((name) => name.slice(0, 1))
        .join('');
    await downloads.change({ ids: [d, e] }, { action: 'move', to: 'front' });
    assert.equal(order(), '34012');
    await downloads.change({ ids: [d] }, { action: 'move', to: 'back' });
    assert.equal(order(), '40123');
    await downloads.change({ ids: [a, c] }, { action: 'move', to: { before: e } });
    assert.equal(order(), '02413');
    for (let turn = 0; turn < 60; turn += 1) {
      await downloads.change({ ids: [turn % 2 ? a : b] }, { action: 'move', to: { before: c } });
    }
    assert.equal(order(), '10243', 'also when all numbers between two neighbours are used up');
    await assert.rejects(downloads.change({ ids: [a] }, { action: 'move', to: { before: 'zz' } }), {
      code: 'not-found',
    });
  });

  it('gives a page at a time, and those of one state', async (t) => {
    const { queue, entries } = await setUp(t, 5);
    const downloads = queue();
    for (const entry of entries) await downloads.start(entry);
    await downloads.change({ ids: [downloads.list().rows[3]?.id ?? ''] }, { action: 'pause' });
    const seen: string[] = [];
    for (let after: string | undefined, first = true; first || after !== undefined; first = false) {
      const page = downloads.list({ limit: 2, after });
      seen.push(...page.rows.map(({ name }) => name));
      after = page.next;
    }
    assert.deepEqual(seen, ['0.bin', '1.bin', '2.bin', '3.bin', '4.bin']);
    assert.deepEqual(names(downloads, 'paused'), ['3.bin']);
    assert.throws(() => downloads.list({ after: 'nonsense' }), { code: 'bad-argument' });
  });

  it('clears what is done, and keeps the files', async (t) => {
    const { queue, entries, goOnline, folder } = await setUp(t, 2);
    const downloads = queue();
    const started = await Promise.all(entries.map((entry) => downloads.start(entry)));
    goOnline();
    await Promise.all(started.map(({ id }) => until(downloads, id, isDone)));
    assert.equal(await downloads.change({}, { action: 'clear' }), 2);
    assert.deepEqual(downloads.list().rows, []);
    assert.equal((await readdir(folder)).length, 2);
  });

  it('gives everybody a turn where the first find no source', async (t) => {
    const { queue, entries, ada } = await setUp(t, 40);
    const last = entries.at(-1);
    assert.ok(last);
    const asked = new Set<string>();
    const downloads = queue({
      link: {
        sources: (sha1) => {
          asked.add(sha1);
          return Promise.resolve(sha1 === last.sha1 ? [ada.sourceOf(last)] : []);
        },
        ticket: () => undefined,
        onOnline: () => () => undefined,
      },
    });
    const started = [];
    for (const entry of entries) started.push(await downloads.start(entry));
    const { id } = started.at(-1) ?? { id: '' };
    await until(downloads, id, ({ error }) => error?.code === 'no-ticket');
    assert.equal(asked.size, entries.length);
    assert.ok((await downloads.change({}, { action: 'cancel' })) === entries.length);
  });

  it('is tried at once, whatever is at work, when it is told to', async (t) => {
    const { queue, entries, ada, ticket } = await setUp(t, 1);
    const [entry] = entries;
    assert.ok(entry);
    let isThere = false;
    const downloads = queue({
      link: {
        sources: () => Promise.resolve(isThere ? [ada.sourceOf(entry)] : []),
        ticket: () => ticket,
        onOnline: () => () => undefined,
      },
    });
    const { id } = await downloads.start(entry);
    await until(downloads, id, ({ error }) => error?.code === 'no-source');
    isThere = true;
    await downloads.change({ ids: [id] }, { action: 'retry' });
    await until(downloads, id, isDone);
  });

  it('copies what is shared here, and fetches it where that turned out to be another', async (t) => {
    const { queue, files, entries, ada } = await setUp(t, 2);
    const [honest, changed] = files;
    assert.ok(honest && changed);
    await writeFile(changed.file.absolutePath, Buffer.alloc(changed.file.sizeBytes));
    const downloads = queue({
      shared: (contents) => contents.map(({ sha1 }) => files.find(({ file }) => file.sha1 === sha1)?.file),
    });
    const [first, second] = await Promise.all(entries.map((entry) => downloads.start(entry)));
    assert.ok(first && second);
    const done = await until(downloads, first.id, isDone);
    assert.ok(honest.bytes.equals(await readFile(done.path)));
    assert.deepEqual(ada.asked, []);
    const waiting = await until(downloads, second.id, ({ state }) => state === 'waiting');
    assert.equal(waiting.error?.code, 'no-source');
  });
});
