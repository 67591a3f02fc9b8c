import assert from 'node:assert/strict';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { createFixture, FAST, share, type Shared } from '../../../../test/support/transfer-fixture.ts';

const SIZE_BYTES = 100_000;
const NEVER = { ...FAST, callTimeoutMs: 60_000, stallMs: 60_000, retry: { firstMs: 60_000, lastMs: 60_000 } };
/** More than are looked at in turn. */
const COUNT = 60;

/** A queue of downloads whose source lets them wait, but for the first and the last. */
async function setUp(t: TestContext) {
  const fixture = await createFixture(t);
  const files = await Promise.all(
    Array.from({ length: COUNT }, (_, at) => share(join(fixture.root, 'share'), `${at}.bin`, SIZE_BYTES)),
  );
  const [first, last] = [files[0], files.at(-1)];
  assert.ok(first && last);
  const served = [first.entry.sha1, last.entry.sha1];
  let asked = 0;
  const ada = await fixture.uploader({
    username: 'ada',
    files,
    corrupt: (honest) => ({
      DOWNLOAD: (request, signal) => {
        if (served.includes(request.sha1)) return honest.DOWNLOAD(request, signal);
        asked += 1;
        return sleep(60_000, undefined, { signal }).then(() => honest.DOWNLOAD(request, signal));
      },
    }),
  });
  let isThere = true;
  const sources = files.map(({ entry }) => ada.sourceOf(entry));
  const downloads = fixture.downloads({
    sources: () => [],
    timing: NEVER,
    link: {
      sources: (sha1) => Promise.resolve(isThere ? sources.filter((source) => source.sha1 === sha1) : []),
      ticket: () => fixture.ticket,
      onOnline: () => () => undefined,
    },
  });
  const ids: string[] = [];
  const start = async (some: readonly Shared[]): Promise<void> => {
    for (const { entry } of some) ids.push((await downloads.start(entry)).id);
  };
  return {
    downloads,
    files,
    last,
    start,
    firstId: () => ids[0] ?? '',
    lastId: () => ids.at(-1) ?? '',
    asked: () => asked,
    setThere: (next: boolean) => (isThere = next),
  };
}

async function becomes(isSo: () => boolean): Promise<void> {
  const end = AbortSignal.timeout(20_000);
  while (!isSo()) await sleep(20, undefined, { signal: end });
}

describe('a download that somebody reads', () => {
  it('is fetched at once, whatever is at work', async (t) => {
    const { downloads, files, last, start, lastId, asked } = await setUp(t);
    await start(files.slice(1));
    await becomes(() => asked() >= 4);
    assert.equal(downloads.view(lastId()).state, 'waiting');
    const chunks = [];
    const range = { offset: 0, length: SIZE_BYTES };
    for await (const bytes of downloads.read(lastId(), range, AbortSignal.timeout(20_000))) chunks.push(bytes);
    assert.ok(last.bytes.equals(Buffer.concat(chunks)));
    assert.equal(asked(), 4, 'the others wait for their turn');
  });

  it('does not wait for its next turn where there was no source', async (t) => {
    const { downloads, files, start, firstId, lastId, setThere } = await setUp(t);
    setThere(false);
    await start(files);
    await becomes(() => downloads.list().rows.every(({ error }) => error));
    setThere(true);
    // The first has left its place to others, the last is at work still.
    for (const id of [firstId(), lastId()]) {
      const reader = downloads.read(id, { offset: 0, length: 1 }, AbortSignal.timeout(20_000));
      assert.equal((await reader.next()).value?.length, 1);
      await reader.return();
    }
  });
});
