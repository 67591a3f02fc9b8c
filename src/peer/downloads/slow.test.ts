import assert from 'node:assert/strict';
import { join } from 'node:path';
import { dirname } from 'node:path/posix';
import { describe, it, type TestContext } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { createFixture, FAST, isDone, share, until, type Shared } from '../../../test/support/transfer-fixture.ts';
import type { Entry } from '../../domain/entry.ts';
import type { FolderOrigin } from './store/folder-rows.ts';

const SIZE_BYTES = 300_000;
const HOUR_MS = 3_600_000;
const NEVER = { ...FAST, callTimeoutMs: HOUR_MS, stallMs: HOUR_MS, retry: { firstMs: HOUR_MS, lastMs: HOUR_MS } };
/** More than are at work at once before it is known that they are slow. */
const SLOW_COUNT = 15;

/** A queue of files that a source lets wait, and behind these one of another source. The clock can be set forward. */
async function setUp(t: TestContext) {
  const fixture = await createFixture(t);
  const shareOne = (name: string): Promise<Shared> => share(join(fixture.root, 'share'), `${name}/${name}`, SIZE_BYTES);
  const slow = await Promise.all(Array.from({ length: SLOW_COUNT }, (_, at) => shareOne(`slow-${at}`)));
  const quick = await shareOne('quick');
  const asked = new Set<string>();
  const ada = await fixture.uploader({
    username: 'ada',
    files: slow,
    corrupt: (honest) => ({
      DOWNLOAD: async (request, signal) => {
        asked.add(request.sha1);
        await sleep(HOUR_MS, undefined, { signal });
        return honest.DOWNLOAD(request, signal);
      },
    }),
  });
  const bob = await fixture.uploader({ username: 'bob', files: [quick] });
  const sources = [...slow.map(({ entry }) => ada.sourceOf(entry)), bob.sourceOf(quick.entry)];
  let aheadMs = 0;
  const downloads = fixture.downloads({
    sources: () => [],
    timing: NEVER,
    list: (origin) => Promise.resolve({ rows: slow.map(({ entry }) => entry).filter(isOf(origin)) }),
    now: () => Date.now() + aheadMs,
    link: {
      sources: (sha1) => Promise.resolve(sources.filter((source) => source.sha1 === sha1)),
      ticket: () => fixture.ticket,
      onOnline: () => () => undefined,
    },
  });
  const startQuick = async (): Promise<string> => (await downloads.start(quick.entry)).id;
  return { downloads, slow, asked, startQuick, passTime: (ms: number) => (aheadMs += ms) };
}

/** Whether an entry is one of a folder. */
function isOf(origin: FolderOrigin): (entry: Entry) => boolean {
  return ({ path }) => 'path' in origin && dirname(path) === origin.path;
}

async function becomes(isSo: () => boolean): Promise<void> {
  const end = AbortSignal.timeout(20_000);
  while (!isSo()) await sleep(20, undefined, { signal: end });
}

describe('downloads that are slow through their sources', () => {
  it('keep none of another source out for long', async (t) => {
    const { downloads, slow, asked, startQuick, passTime } = await setUp(t);
    for (const { entry } of slow) await downloads.start(entry);
    const id = await startQuick();
    for (const count of [4, 8, 12]) {
      await becomes(() => asked.size >= count);
      assert.equal(asked.size, count);
      assert.equal(downloads.view(id).state, 'waiting');
      passTime(10_000);
    }
    await until(downloads, id, isDone, 20_000);
    assert.equal(asked.size, SLOW_COUNT);
  });

  it('keep none out when they are files of folders either', async (t) => {
    const { downloads, slow, asked, startQuick, passTime } = await setUp(t);
    for (const { entry } of slow) await downloads.startFolder({ peerId: 'ada', path: dirname(entry.path) });
    const id = await startQuick();
    for (const count of [4, 8, 12]) {
      await becomes(() => asked.size >= count);
      passTime(10_000);
    }
    await until(downloads, id, isDone, 20_000);
  });
});
