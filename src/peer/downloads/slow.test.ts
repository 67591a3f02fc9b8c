import assert from 'node:assert/strict';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { createFixture, FAST, isDone, share, until, type Shared } from '../../../test/support/transfer-fixture.ts';

const SIZE_BYTES = 300_000;
const HOUR_MS = 3_600_000;
const NEVER = { ...FAST, callTimeoutMs: HOUR_MS, stallMs: HOUR_MS, retry: { firstMs: HOUR_MS, lastMs: HOUR_MS } };
/** More than are at work at once before it is known that they are slow. */
const SLOW_COUNT = 15;

/** A queue of files that a source lets wait, and behind these one of another source. The clock can be set forward. */
async function setUp(t: TestContext, timing = NEVER) {
  const fixture = await createFixture(t);
  const shareAll = (name: string, count: number): Promise<Shared[]> =>
    Promise.all(Array.from({ length: count }, (_, at) => share(join(fixture.root, name), `${name}-${at}`, SIZE_BYTES)));
  const [slow, quick] = [await shareAll('slow', SLOW_COUNT), await shareAll('quick', 1)];
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
  const bob = await fixture.uploader({ username: 'bob', files: quick });
  const sources = [...slow.map(({ entry }) => ada.sourceOf(entry)), ...quick.map(({ entry }) => bob.sourceOf(entry))];
  let aheadMs = 0;
  const downloads = fixture.downloads({
    sources: () => [],
    timing,
    now: () => Date.now() + aheadMs,
    link: {
      sources: (sha1) => Promise.resolve(sources.filter((source) => source.sha1 === sha1)),
      ticket: () => fixture.ticket,
      onOnline: () => () => undefined,
    },
  });
  const ids: string[] = [];
  for (const { entry } of [...slow, ...quick]) ids.push((await downloads.start(entry)).id);
  return { downloads, asked, lastId: ids.at(-1) ?? '', passTime: (ms: number) => (aheadMs += ms) };
}

async function becomes(isSo: () => boolean): Promise<void> {
  const end = AbortSignal.timeout(20_000);
  while (!isSo()) await sleep(20, undefined, { signal: end });
}

describe('downloads that are slow through their sources', () => {
  it('keep none of another source out for long', async (t) => {
    const { downloads, asked, lastId, passTime } = await setUp(t);
    for (const count of [4, 8, 12]) {
      await becomes(() => asked.size >= count);
      assert.equal(asked.size, count);
      assert.equal(downloads.view(lastId).state, 'waiting');
      passTime(10_000);
    }
    await until(downloads, lastId, isDone, 20_000);
    assert.equal(asked.size, SLOW_COUNT);
  });
});
