import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { hashPool } from '../../../test/support/hash-pool.ts';
import { createFixture, isDone, share, until } from '../../../test/support/transfer-fixture.ts';
import type { Entry } from '../../domain/entry.ts';
import { SwapmeetError } from '../../domain/errors.ts';
import type { Source } from '../../protocol/codecs/search.ts';
import { createHeldParts } from '../parts/held-parts.ts';
import { contentOf } from './content.ts';
import { createPlan } from './plan/plan.ts';

const SIZE_BYTES = 2_000_000;
const HALF_BYTES = SIZE_BYTES / 2;

/** A download whose only source has the first half. */
async function setUp(t: TestContext) {
  const fixture = await createFixture(t);
  const shared = await share(join(fixture.root, 'share'), 'file.bin', SIZE_BYTES);
  const ada = await fixture.uploader({
    username: 'ada',
    files: [shared],
    corrupt: (honest) => ({
      DOWNLOAD: (request, signal) => {
        if (request.offsetBytes + request.lengthBytes <= HALF_BYTES) return honest.DOWNLOAD(request, signal);
        throw new SwapmeetError('not-shared', 'only the first half');
      },
    }),
  });
  const asked = new Map<string, number>();
  const ground = { isOnline: true, hashed: 0, changes: 0 };
  const parts = createHeldParts();
  parts.onChange(() => (ground.changes += 1));
  const open = () =>
    fixture.downloads({
      sources: () => [],
      parts,
      hashPool: {
        hash: hashPool.hash,
        verifyPieces: (...call) => {
          ground.hashed += 1;
          return hashPool.verifyPieces(...call);
        },
      },
      link: {
        sources: (sha1) => {
          asked.set(sha1, (asked.get(sha1) ?? 0) + 1);
          const isThere = ground.isOnline && sha1 === shared.entry.sha1;
          return Promise.resolve(isThere ? [ada.sourceOf(shared.entry)] : []);
        },
        ticket: () => fixture.ticket,
        onOnline: () => () => undefined,
      },
    });
  return { ...fixture, shared, ground, parts, asked, open, folder: join(fixture.root, 'downloads') };
}

function unknownEntry(_: unknown, at: number): Entry {
  const [sha1, root] = [randomBytes(20).toString('hex'), randomBytes(32).toString('hex')];
  return { path: `share/${at}.bin`, sizeBytes: 5, sha1, root };
}

/** Until it is aborted. */
async function forever(signal: AbortSignal | undefined): Promise<never> {
  for (;;) await sleep(60_000, undefined, { signal });
}

async function becomes(isSo: () => boolean | Promise<boolean>): Promise<void> {
  const end = Date.now() + 20_000;
  while (!(await isSo())) {
    assert.ok(Date.now() < end, isSo.toString());
    await sleep(20);
  }
}

describe('the draft of a download that waits for its turn', () => {
  it('is served all the time, and not hashed again', async (t) => {
    const { open, shared, ground, parts, asked } = await setUp(t);
    const downloads = open();
    const { id } = await downloads.start(shared.entry);
    await until(downloads, id, ({ error, verifiedBytes }) => verifiedBytes > 0 && error?.code === 'not-shared');
    ground.isOnline = false;
    const others = Array.from({ length: 30 }, unknownEntry);
    for (const entry of others) await downloads.start(entry);
    await becomes(() => others.every(({ sha1 }) => (asked.get(sha1) ?? 0) >= 2));
    assert.equal(parts.list().length, 1);
    assert.equal(ground.changes, 1, 'it was never away');
    assert.equal(ground.hashed, 0);

    await downloads.change({ ids: [id] }, { action: 'pause' });
    assert.equal(parts.list().length, 0, 'who pauses it serves it no more');
    await downloads.change({ ids: [id] }, { action: 'resume' });
    await becomes(() => parts.list().length === 1);
    await downloads.change({ ids: [id] }, { action: 'cancel' });
    assert.equal(parts.list().length, 0);
  });

  it('is served again after a restart, before there is any source', async (t) => {
    const { open, shared, ground, parts, root } = await setUp(t);
    const first = open();
    const { id } = await first.start(shared.entry);
    await until(first, id, ({ error, verifiedBytes }) => verifiedBytes > 0 && error?.code === 'not-shared');
    ground.isOnline = false;
    await first.close();
    assert.equal(parts.list().length, 0);
    const { openDownloadStore } = await import('./store/download-store.ts');
    const store = openDownloadStore(join(root, 'downloads.db'));
    // As kill -9 leaves it.
    store.setVerified(id, 0);
    store.close();
    const second = open();
    await becomes(() => parts.list().length === 1);
    assert.equal(second.view(id).verifiedBytes > 0, true);
  });

  it('leaves its place to another where its sources have nothing that is missing', async (t) => {
    const fixture = await createFixture(t);
    const folder = join(fixture.root, 'share');
    const files = await Promise.all(Array.from({ length: 5 }, (_, at) => share(folder, `${at}.bin`, SIZE_BYTES)));
    const [wanted, ...idle] = files;
    assert.ok(wanted);
    const parts = createHeldParts();
    for (const { entry, file, layer } of idle) {
      const content = { ...contentOf(entry), root: entry.root ?? '' };
      const plan = createPlan(content, new Uint8Array(), () => 0);
      const part = { entry, content, layer, path: file.absolutePath, plan, onInterest: () => undefined };
      const { end } = await parts.add(part);
      t.after(() => {
        end('given-up');
      });
    }
    const ada = await fixture.uploader({ username: 'ada', files: [wanted], parts });
    const sourceOf = (entry: Entry): Source =>
      entry === wanted.entry ? ada.sourceOf(entry) : { ...ada.sourceOf(entry), part: true };
    const sources = files.map(({ entry }) => sourceOf(entry));
    const downloads = fixture.downloads({
      sources: () => [],
      link: {
        sources: (sha1) => Promise.resolve(sources.filter((source) => source.sha1 === sha1)),
        ticket: () => fixture.ticket,
        onOnline: () => () => undefined,
      },
    });
    for (const { entry } of idle) {
      const { id } = await downloads.start(entry);
      await until(downloads, id, ({ state }) => state === 'downloading');
    }
    const { id } = await downloads.start(wanted.entry);
    await until(downloads, id, isDone);
  });

  it('is no file any more where something else was put in its place', async (t) => {
    const fixture = await createFixture(t);
    const shared = await share(join(fixture.root, 'share'), 'file.bin', SIZE_BYTES);
    const folder = join(fixture.root, 'downloads');
    const partPath = join(folder, 'file.bin.part');
    let isReplaced = false;
    const ada = await fixture.uploader({
      username: 'ada',
      files: [shared],
      corrupt: (honest) => ({
        DOWNLOAD: async (request, signal) => {
          if (!isReplaced) {
            isReplaced = true;
            await rm(partPath);
            await mkdir(partPath);
          }
          return honest.DOWNLOAD(request, signal);
        },
      }),
    });
    const downloads = fixture.downloads({ sources: () => [ada.sourceOf(shared.entry)] });
    const { id } = await downloads.start(shared.entry);
    const { path } = await until(downloads, id, isDone);
    assert.ok(shared.bytes.equals(await readFile(path)));
  });

  it('loses its second copy, too, when it is stopped while that is checked', async (t) => {
    const fixture = await createFixture(t);
    const shared = await share(join(fixture.root, 'share'), 'file.bin', SIZE_BYTES);
    const folder = join(fixture.root, 'downloads');
    const options = {
      sources: () => [],
      shared: () => [shared.file],
      hashPool: {
        hash: (_path: string, { signal }: { readonly signal?: AbortSignal | undefined } = {}) => forever(signal),
        verifyPieces: () => Promise.resolve(new Uint8Array()),
      },
    };
    const first = fixture.downloads(options);
    const { id, path } = await first.start(shared.entry);
    await first.close();
    const partPath = join(folder, 'file.bin.part');
    await writeFile(partPath, 'some');
    const { openDownloadStore } = await import('./store/download-store.ts');
    const store = openDownloadStore(join(fixture.root, 'downloads.db'));
    store.setPaths(id, { path, partPath });
    store.close();
    const second = fixture.downloads(options);
    await becomes(async () => (await readdir(folder)).length === 2);
    await second.change({ ids: [id] }, { action: 'cancel' });
    assert.deepEqual(await readdir(folder), []);
  });
});
