import assert from 'node:assert/strict';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { TIMING } from '../../src/peer/downloads/sources/timing.ts';
import { createRateLimit } from '../../src/peer/limits/rate-limit.ts';
import { createThrottle } from '../../src/peer/limits/throttle.ts';
import { dialSources } from '../support/dial-sources.ts';
import {
  createFixture,
  FAST,
  isDone,
  share,
  until,
  type Dialled,
  type Fixture,
  type Shared,
  type Uploader,
} from '../support/transfer-fixture.ts';

const MIB = 1024 * 1024;
const SIZE_BYTES = 16 * MIB;
const RANGE_BYTES = 4 * MIB;

type Setting = Omit<Fixture, 'uploader'> & { readonly shared: Shared; readonly uploader: Uploader };

async function setUp(t: TestContext, slots: number, sizeBytes = SIZE_BYTES): Promise<Setting> {
  const fixture = await createFixture(t);
  const shared = await share(join(fixture.root, 'share'), 'file.bin', sizeBytes);
  const uploader = await fixture.uploader({ username: 'ada', files: [shared], slots });
  return { ...fixture, shared, uploader };
}

/** A peer that downloads again and again, with some connections and two requests ahead on each. */
function wantMore({ shared }: Setting, connections: readonly Dialled[]): { readonly gotBytes: () => number } {
  let gotBytes = 0;
  const receive = () => (bytes: Buffer) => {
    gotBytes += bytes.length;
  };
  async function ask({ caller }: Dialled): Promise<void> {
    for (let offsetBytes = 0; ; offsetBytes = (offsetBytes + RANGE_BYTES) % SIZE_BYTES) {
      const request = { sha1: shared.entry.sha1, offsetBytes, lengthBytes: RANGE_BYTES };
      await caller.call('DOWNLOAD', request, { receive });
    }
  }
  // They end with their connections, at the end of the test.
  for (const connection of [...connections, ...connections]) ask(connection).catch(() => undefined);
  return { gotBytes: () => gotBytes };
}

async function reach(isThere: () => boolean): Promise<void> {
  const deadline = AbortSignal.timeout(30_000);
  while (!isThere()) {
    deadline.throwIfAborted();
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** One peer with 50 connections, which came first, beside one with a single one. Returns how much more the first got. */
async function crowdAgainstOne(setting: Setting, untilBytes: number): Promise<number> {
  const { visit, uploader } = setting;
  const crowd = await Promise.all(Array.from({ length: 50 }, () => visit(uploader, 'crowd')));
  const eager = wantMore(setting, crowd);
  const alone = wantMore(setting, [await visit(uploader, 'alone')]);
  await reach(() => alone.gotBytes() > 0);
  const before = [eager.gotBytes(), alone.gotBytes()] as const;
  await reach(() => alone.gotBytes() - before[1] >= untilBytes);
  return (eager.gotBytes() - before[0]) / (alone.gotBytes() - before[1]);
}

describe('uploads to many', () => {
  it('give one with 50 connections no more than one with a single one', async (t) => {
    const ratio = await crowdAgainstOne(await setUp(t, 4), 40 * MIB);
    assert.ok(ratio > 0.5 && ratio < 2, `${ratio} times`);
  });

  it('share a limit in the same way, and keep to it', async (t) => {
    const setting = await setUp(t, 4);
    setting.uploader.limit.setRates({ total: 8_000_000, each: undefined });
    const ratio = await crowdAgainstOne(setting, 8_000_000);
    // Never more; a busy machine may give less.
    assert.ok(ratio > 0.4 && ratio < 1.15, `${ratio} times`);
  });

  it('go on beside readers that read nothing', async (t) => {
    const setting = await setUp(t, 2, 48 * MIB);
    const { visit, uploader, shared } = setting;
    const { sha1, sizeBytes } = shared.entry;
    for (const name of ['mute', 'deaf']) {
      const { caller, channel } = await visit(uploader, name);
      const receiving = Promise.withResolvers<undefined>();
      const receive = () => () => {
        channel.pause();
        receiving.resolve(undefined);
      };
      caller.call('DOWNLOAD', { sha1, offsetBytes: 0, lengthBytes: sizeBytes }, { receive }).catch(() => undefined);
      await receiving.promise;
    }
    await reach(() => uploader.queue.active() === 2);
    const { caller } = await visit(uploader, 'eager');
    let gotBytes = 0;
    const receive = () => (bytes: Buffer) => {
      gotBytes += bytes.length;
    };
    await caller.call('DOWNLOAD', { sha1, offsetBytes: 0, lengthBytes: sizeBytes }, { receive });
    assert.equal(gotBytes, sizeBytes);
  });
});

describe('a download that has to wait', () => {
  it('is told its place, outlasts the deadlines, and ends', async (t) => {
    const setting = await setUp(t, 1, 300_000);
    const { shared, uploader } = setting;
    uploader.limit.setRates({ total: 10_000, each: undefined });
    // The source waits for so long that it would be left, if it did not say why.
    const timing = { ...TIMING, callTimeoutMs: 1_700, stallMs: 1_700 };
    const downloads = setting.downloads({ sources: () => [uploader.sourceOf(shared.entry)], timing });
    const { id } = await downloads.start(shared.entry);
    const { queued, source } = await until(downloads, id, (view) => view.queued !== undefined);
    assert.deepEqual([queued?.username, queued?.position, source], ['ada', 1, 'ada']);
    uploader.limit.setRates({ total: undefined, each: undefined });
    const { queued: atTheEnd } = await until(downloads, id, isDone);
    assert.equal(atTheEnd, undefined);
  });
});

describe('a limit downwards', () => {
  it('costs no source, however little it leaves for each', async (t) => {
    const fixture = await createFixture(t);
    const shared = await share(join(fixture.root, 'share'), 'file.bin', 200_000);
    const names = ['ada', 'bob', 'cid', 'dan'];
    const uploaders = await Promise.all(names.map((username) => fixture.uploader({ username, files: [shared] })));
    const limit = createRateLimit(() => performance.now());
    limit.setRates({ total: 80_000, each: undefined });
    let connections = 0;
    const dialSource = dialSources(fixture.identity);
    const downloads = fixture.downloads({
      sources: () => uploaders.map(({ sourceOf }) => sourceOf(shared.entry)),
      connect: (...target) => {
        connections += 1;
        return dialSource(...target);
      },
      throttle: createThrottle(limit),
      // Each is read from less often.
      timing: { ...FAST, callTimeoutMs: 500, stallMs: 500 },
    });
    const { id } = await downloads.start(shared.entry);
    await until(downloads, id, isDone, 20_000);
    assert.equal(connections, uploaders.length);
  });
});

describe('limits, by the clock', () => {
  it('hold uploads to their rate', async (t) => {
    const setting = await setUp(t, 4);
    setting.uploader.limit.setRates({ total: 4_000_000, each: 1_000_000 });
    const beganMs = performance.now();
    const { caller } = await setting.visit(setting.uploader, 'bob');
    await caller.call('DOWNLOAD', { sha1: setting.shared.entry.sha1, offsetBytes: 0, lengthBytes: 2_000_000 });
    const tookMs = performance.now() - beganMs;
    assert.ok(tookMs > 1_600, `2 MB in ${tookMs} ms`);
  });

  it('hold downloads to theirs, and what comes is right', async (t) => {
    const setting = await setUp(t, 4, 6_000_000);
    const limit = createRateLimit(() => performance.now());
    limit.setRates({ total: 3_000_000, each: undefined });
    const { shared, uploader } = setting;
    const downloads = setting.downloads({
      sources: () => [uploader.sourceOf(shared.entry)],
      throttle: createThrottle(limit),
      timing: TIMING,
    });
    const beganMs = performance.now();
    const { id } = await downloads.start(shared.entry);
    await until(downloads, id, isDone, 20_000);
    const tookMs = performance.now() - beganMs;
    // What the system holds for the socket is read after the pause, and paid then.
    assert.ok(tookMs > 1_500, `6 MB in ${tookMs} ms`);
  });
});
