import assert from 'node:assert/strict';
import { execFile, fork } from 'node:child_process';
import { once } from 'node:events';
import { copyFile, mkdir, open, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { SwapmeetError } from '../../src/domain/errors.ts';
import type { DownloadView } from '../../src/peer/control.ts';
import { DATA_TYPE, encodeFrame, HEADER_BYTES } from '../../src/protocol/frame.ts';
import type { Channel } from '../../src/transport/channel.ts';
import { generateIdentity } from '../../src/transport/identity.ts';
import type { Answer, Handlers } from '../../src/transport/responder.ts';
import { signTicket, TICKET_LIFETIME_S } from '../../src/transport/tickets.ts';
import type { DownloadTask } from '../support/download-process.ts';
import {
  createFixture,
  FAST,
  isDone,
  share,
  until,
  type Fixture,
  type Shared,
  type Uploader,
  type UploaderOptions,
} from '../support/transfer-fixture.ts';

const SIZE_BYTES = 5_000_000;
const PIECE_BYTES = 65_536;

type Corruption = NonNullable<UploaderOptions['corrupt']>;
type Frames = AsyncIterable<Uint8Array> | Iterable<Uint8Array>;

type Setting = Fixture & { readonly shared: Shared; readonly folder: string };

async function setUp(t: TestContext, sizeBytes = SIZE_BYTES): Promise<Setting> {
  const fixture = await createFixture(t);
  const shared = await share(join(fixture.root, 'share'), 'file.bin', sizeBytes);
  return { ...fixture, shared, folder: join(fixture.root, 'downloads') };
}

/** A source whose DOWNLOADs go through `change`. */
function withData(change: (frames: Frames, channel: Channel, call: number) => Frames): Corruption {
  let call = 0;
  return ({ DOWNLOAD }, channel) => ({
    DOWNLOAD: async (request, signal) => {
      const { data = [], ...rest } = await DOWNLOAD(request, signal);
      call += 1;
      return { ...rest, data: change(data, channel, call) };
    },
  });
}

function withPieceHashes(change: (answer: Answer<'PIECE_HASHES'>) => Answer<'PIECE_HASHES'>): Corruption {
  return ({ PIECE_HASHES }) => ({
    PIECE_HASHES: async (request, signal) => change(await PIECE_HASHES(request, signal)),
  });
}

async function* flipped(frames: Frames): AsyncGenerator<Uint8Array> {
  for await (const frame of frames) {
    const copy = Buffer.from(frame);
    const at = HEADER_BYTES + Math.floor((copy.length - HEADER_BYTES) / 2);
    copy.writeUInt8(copy.readUInt8(at) ^ 1, at);
    yield copy;
  }
}

/** The frames before the n-th, of at most a piece each, then what `then` does. */
async function* cutOff(frames: Frames, then: () => Promise<void>): AsyncGenerator<Uint8Array> {
  for await (const frame of frames) {
    yield encodeFrame(DATA_TYPE, frame.subarray(HEADER_BYTES, HEADER_BYTES + 100_000));
    await then();
    return;
  }
}

function forever(): Promise<never> {
  return new Promise(() => undefined);
}

function askedBytes({ asked }: Uploader): number {
  return asked.reduce((sum, { length }) => sum + length, 0);
}

const LIES: Readonly<Record<string, Corruption>> = {
  'sends wrong bytes': withData(flipped),
  'sends wrong bytes after right ones': withData((frames, _, call) => (call > 3 ? flipped(frames) : frames)),
  'sends hashes that do not lead to the root': withPieceHashes(({ ok, data = [] }) => ({ ok, data: flipped(data) })),
  'describes a content of another size': withPieceHashes(({ ok, data = [] }) => ({
    ok: { ...ok, sizeBytes: ok.sizeBytes - 1 },
    data,
  })),
  'describes a content in other pieces': withPieceHashes(({ ok }) => ({
    ok: { ...ok, pieceBytes: 2 ** 40 },
    data: [encodeFrame(DATA_TYPE, Buffer.alloc(32))],
  })),
  'describes another content': withPieceHashes(({ ok, data = [] }) => ({ ok: { ...ok, root: 'f'.repeat(64) }, data })),
  'announces more than was asked for': ({ DOWNLOAD }: Handlers<'peer'>) => ({
    DOWNLOAD: async (request, signal) => {
      const { data = [] } = await DOWNLOAD(request, signal);
      return { ok: { lengthBytes: request.lengthBytes + 1 }, data };
    },
  }),
  'sends more than it announced': withData(async function* (frames) {
    yield* frames;
    yield encodeFrame(DATA_TYPE, Buffer.alloc(1000));
  }),
};

const FAILURES: Readonly<Record<string, Corruption>> = {
  'sends too little, then nothing more': withData((frames) => cutOff(frames, forever)),
  trickles: withData(async function* () {
    for (;;) {
      yield encodeFrame(DATA_TYPE, Buffer.alloc(1));
      await sleep(30);
    }
  }),
  'never answers': () => ({ DOWNLOAD: forever }),
  'closes in the middle of a piece': withData((frames, channel) =>
    cutOff(frames, () => {
      channel.destroy();
      return Promise.resolve();
    }),
  ),
  'finds in the middle that its file changed': withData((frames) =>
    cutOff(frames, () => Promise.reject(new SwapmeetError('changed', 'it is another file now'))),
  ),
  'does not have the content any more': () => ({
    PIECE_HASHES: () => Promise.reject(new SwapmeetError('not-shared', 'gone')),
  }),
  'is busy': () => ({ DOWNLOAD: () => Promise.reject(new SwapmeetError('busy', 'later')) }),
};

describe('a source that lies', () => {
  for (const [lie, corrupt] of Object.entries(LIES)) {
    it(`because it ${lie}, is named and left; another one gives the rest`, async (t) => {
      const { uploader, downloads, shared } = await setUp(t);
      const eve = await uploader({ username: 'eve', files: [shared], corrupt });
      const ada = await uploader({ username: 'ada', files: [shared] });
      const queue = downloads({ sources: () => [eve, ada].map(({ sourceOf }) => sourceOf(shared.entry)) });
      const { id } = await queue.start(shared.entry);
      const done = await until(queue, id, isDone);
      assert.deepEqual(done.liars, ['eve']);
      assert.ok(shared.bytes.equals(await readFile(done.path)));
      const before = eve.asked.length;
      await sleep(100);
      assert.equal(eve.asked.length, before, 'it is not asked again');
    });
  }

  it('is remembered across restarts, and what it sent right is kept', async (t) => {
    const { uploader, downloads, shared } = await setUp(t);
    const corrupt = withData((frames, _, call) => (call > 3 ? flipped(frames) : frames));
    const eve = await uploader({ username: 'eve', files: [shared], corrupt });
    const timing = { ...FAST, callTimeoutMs: 5000, stallMs: 5000 };
    const first = downloads({ sources: () => [eve.sourceOf(shared.entry)], timing });
    const { id } = await first.start(shared.entry);
    const left = await until(first, id, ({ state, liars }) => state === 'waiting' && liars.length > 0);
    assert.ok(left.verifiedBytes > 0);
    await first.close();
    const asked = eve.asked.length;

    const ada = await uploader({ username: 'ada', files: [shared] });
    const second = downloads({ sources: () => [eve, ada].map(({ sourceOf }) => sourceOf(shared.entry)) });
    const done = await until(second, id, isDone);
    assert.deepEqual(done.liars, ['eve']);
    assert.equal(eve.asked.length, asked);
    assert.equal(askedBytes(ada), SIZE_BYTES - left.verifiedBytes);
  });
});

describe('a source that fails', () => {
  for (const [failure, corrupt] of Object.entries(FAILURES)) {
    it(`because it ${failure}, is left without being called a liar`, async (t) => {
      const { uploader, downloads, shared } = await setUp(t);
      const carl = await uploader({ username: 'carl', files: [shared], corrupt });
      const ada = await uploader({ username: 'ada', files: [shared] });
      const queue = downloads({ sources: () => [carl, ada].map(({ sourceOf }) => sourceOf(shared.entry)) });
      const { id } = await queue.start(shared.entry);
      const done = await until(queue, id, isDone);
      assert.deepEqual(done.liars, []);
      assert.ok(shared.bytes.equals(await readFile(done.path)));
    });
  }

  it('and is the only one, is asked again until it serves, and nothing verified is lost', async (t) => {
    const { uploader, downloads, shared } = await setUp(t);
    const ada = await uploader({
      username: 'ada',
      files: [shared],
      corrupt: withData((frames, channel, call) => {
        if (call % 4 === 0) channel.destroy();
        return frames;
      }),
    });
    const queue = downloads({ sources: () => [ada.sourceOf(shared.entry)] });
    const { id } = await queue.start(shared.entry);
    let verifiedBytes = 0;
    await until(queue, id, (view) => {
      assert.ok(view.verifiedBytes >= verifiedBytes);
      ({ verifiedBytes } = view);
      return isDone(view);
    });
  });

  it('because its key is another one, gets nothing to hear', async (t) => {
    const { uploader, downloads, shared } = await setUp(t);
    const eve = await uploader({ username: 'eve', files: [shared] });
    const queue = downloads({ sources: () => [{ ...eve.sourceOf(shared.entry), key: 'f'.repeat(64) }] });
    const { id } = await queue.start(shared.entry);
    const waiting = await until(queue, id, ({ error }) => error?.code === 'wrong-key');
    assert.equal(waiting.state, 'waiting');
    assert.deepEqual(eve.asked, []);
  });

  it('and does not admit this peer, is tried again with the next ticket', async (t) => {
    const { uploader, downloads, shared, server, identity, ticket } = await setUp(t);
    const ada = await uploader({ username: 'ada', files: [shared] });
    const other = await generateIdentity();
    const holder = { id: 'me', username: 'me' };
    const bad = [
      signTicket(other, holder, identity.thumbprint, Date.now()),
      signTicket(server, holder, other.thumbprint, Date.now()),
      signTicket(server, holder, identity.thumbprint, Date.now() - 2 * TICKET_LIFETIME_S * 1000),
    ];
    let current: string | undefined;
    const link = {
      sources: () => Promise.resolve([ada.sourceOf(shared.entry)]),
      ticket: () => current,
      onOnline: () => () => undefined,
    };
    const queue = downloads({ sources: () => [], link });
    const { id } = await queue.start(shared.entry);
    await until(queue, id, ({ error }) => error?.code === 'no-ticket');
    for (current of bad) await until(queue, id, ({ error }) => error?.code === 'bad-ticket');
    assert.deepEqual(ada.asked, []);
    current = ticket;
    await until(queue, id, isDone);
  });

  it('or would, because the ticket runs out, is shown the new one on the same connection', async (t) => {
    const { uploader, downloads, shared, server, identity } = await setUp(t);
    const startMs = Date.now();
    const laterMs = startMs + 2 * TICKET_LIFETIME_S * 1000;
    let connections = 0;
    const ada: Uploader = await uploader({
      username: 'ada',
      files: [shared],
      now: () => (ada.asked.length < 8 ? startMs : laterMs),
      corrupt: () => {
        connections += 1;
        return {};
      },
    });
    const holder = { id: 'me', username: 'me' };
    const [old, fresh] = [startMs, laterMs].map((nowMs) => signTicket(server, holder, identity.thumbprint, nowMs));
    const link = {
      sources: () => Promise.resolve([ada.sourceOf(shared.entry)]),
      ticket: () => (ada.asked.length < 2 ? old : fresh),
      onOnline: () => () => undefined,
    };
    const queue = downloads({ sources: () => [], link });
    const { id } = await queue.start(shared.entry);
    await until(queue, id, isDone);
    assert.ok(ada.asked.length > 8);
    assert.equal(connections, 1);
  });
});

describe('a content without a root', () => {
  it('is fetched anew from another source when the whole turns out wrong', async (t) => {
    const { uploader, downloads, shared } = await setUp(t, 1_000_000);
    const { root: _, ...entry } = shared.entry;
    const eve = await uploader({ username: 'eve', files: [shared], corrupt: withData(flipped) });
    const ada = await uploader({ username: 'ada', files: [shared] });
    const queue = downloads({ sources: () => [eve, ada].map(({ sourceOf }) => sourceOf(entry)) });
    const { id } = await queue.start(entry);
    const done = await until(queue, id, isDone);
    assert.deepEqual(done.liars, ['eve']);
    assert.ok(shared.bytes.equals(await readFile(done.path)));
  });

  it('is not mixed any more once a mixture was wrong, so that the liar is found', async (t) => {
    const { uploader, downloads, shared } = await setUp(t, 1_000_000);
    const { root: _, ...entry } = shared.entry;
    const failing = withData((frames, channel, call) => {
      if (call === 2) channel.destroy();
      return frames;
    });
    const ada = await uploader({ username: 'ada', files: [shared], corrupt: failing });
    const eve = await uploader({ username: 'eve', files: [shared], corrupt: withData(flipped) });
    const queue = downloads({ sources: () => [ada, eve].map(({ sourceOf }) => sourceOf(entry)) });
    const { id } = await queue.start(entry);
    const done = await until(queue, id, isDone);
    assert.ok(shared.bytes.equals(await readFile(done.path)));
    assert.ok(!done.liars.includes('ada'));
  });
});

describe('a download', () => {
  it('fails, and leaves nothing behind, where the published SHA-1 is not that of the bytes', async (t) => {
    const { uploader, downloads, shared, folder } = await setUp(t);
    const sha1 = 'f'.repeat(40);
    const entry = { ...shared.entry, sha1 };
    const ada = await uploader({ username: 'ada', files: [{ ...shared, file: { ...shared.file, sha1 } }] });
    const queue = downloads({ sources: () => [ada.sourceOf(entry)] });
    const { id } = await queue.start(entry);
    const failed = await until(queue, id, ({ state }) => state === 'failed');
    assert.equal(failed.error?.code, 'bad-content');
    assert.match(failed.error.message, /ada/);
    assert.deepEqual(failed.liars, []);
    assert.deepEqual(await readdir(folder), []);
  });

  it('goes on after it was stopped, and trusts only what its hashes confirm', async (t) => {
    const { uploader, downloads, shared, folder } = await setUp(t);
    let isStopped = false;
    const ada = await uploader({
      username: 'ada',
      files: [shared],
      corrupt: withData((frames, _, call) => {
        isStopped = call > 3;
        return call > 3 && call < 10 ? cutOff(frames, forever) : frames;
      }),
    });
    const options = {
      sources: () => [ada.sourceOf(shared.entry)],
      timing: { ...FAST, callTimeoutMs: 5000, stallMs: 5000, retry: { firstMs: 10, lastMs: 10 } },
    };
    const first = downloads(options);
    const { id } = await first.start(shared.entry);
    const { verifiedBytes } = await until(first, id, (view) => isStopped && view.verifiedBytes >= 3 * PIECE_BYTES);
    await first.close();
    assert.deepEqual(await readdir(folder), ['file.bin.part']);
    // One verified piece rots meanwhile.
    const part = await open(join(folder, 'file.bin.part'), 'r+');
    await part.write(Buffer.alloc(1000), 0, 1000, PIECE_BYTES + 10);
    await part.close();
    const bob = await uploader({ username: 'bob', files: [shared] });

    const second = downloads({ sources: () => [bob.sourceOf(shared.entry)] });
    const done = await until(second, id, isDone);
    assert.ok(shared.bytes.equals(await readFile(done.path)));
    assert.ok(askedBytes(bob) <= SIZE_BYTES - verifiedBytes + PIECE_BYTES);
    assert.deepEqual(await readdir(folder), ['file.bin']);
  });

  it('goes on after kill -9', async (t) => {
    const setting = await setUp(t, 40_000_000);
    const { uploader, downloads, shared, root, identity, ticket, folder } = setting;
    const slowly = withData(async function* (frames) {
      for await (const frame of frames) {
        await sleep(5);
        yield frame;
      }
    });
    const ada = await uploader({ username: 'ada', files: [shared], corrupt: slowly });
    const identityFile = join(root, 'me.pem');
    await writeFile(identityFile, identity.pem);
    const child = fork(new URL('../support/download-process.ts', import.meta.url));
    t.after(() => child.kill('SIGKILL'));
    const source = ada.sourceOf(shared.entry);
    child.send({ database: join(root, 'downloads.db'), folder, identityFile, ticket, source } satisfies DownloadTask);
    let seenBytes = 0;
    for (let state = ''; state !== 'done' && seenBytes < 4_000_000 + Math.random() * 20_000_000;) {
      const [view] = (await once(child, 'message')) as [DownloadView];
      ({ state, verifiedBytes: seenBytes } = view);
    }
    child.kill('SIGKILL');
    await once(child, 'exit');
    const bob = await uploader({ username: 'bob', files: [shared] });

    const queue = downloads({ sources: () => [bob.sourceOf(shared.entry)] });
    const [{ id } = { id: '' }] = queue.list().rows;
    const done = await until(queue, id, isDone);
    assert.ok(shared.bytes.equals(await readFile(done.path)));
    assert.ok(askedBytes(bob) <= 40_000_000 - seenBytes, `${askedBytes(bob)} asked for after ${seenBytes}`);
    assert.deepEqual(await readdir(folder), ['file.bin']);
  });

  it('that was killed after its file got its name, but before that was noted, is done', async (t) => {
    const { uploader, downloads, shared, root, folder } = await setUp(t);
    const ada = await uploader({ username: 'ada', files: [shared] });
    const first = downloads({ sources: () => [] });
    const { id } = await first.start(shared.entry);
    await until(first, id, ({ state }) => state === 'waiting');
    await first.close();
    await copyFile(join(root, 'share', 'file.bin'), join(folder, 'file.bin'));
    const second = downloads({ sources: () => [ada.sourceOf(shared.entry)] });
    await until(second, id, isDone);
    assert.deepEqual(await readdir(folder), ['file.bin']);
    assert.deepEqual(ada.asked, []);
  });

  it('waits while its folder is gone, and goes on when it is back', async (t) => {
    const { uploader, downloads, shared, folder } = await setUp(t);
    const ada = await uploader({ username: 'ada', files: [shared] });
    let online = false;
    const queue = downloads({ sources: () => (online ? [ada.sourceOf(shared.entry)] : []) });
    const { id } = await queue.start(shared.entry);
    await until(queue, id, ({ state }) => state === 'waiting');
    await rm(folder, { recursive: true });
    online = true;
    const waiting = await until(queue, id, ({ error }) => error?.code === 'disk-error');
    assert.equal(waiting.state, 'waiting');
    await mkdir(folder);
    await until(queue, id, isDone);
  });

  it('waits while the disk is full, keeps what it has, and goes on when there is room', async (t) => {
    const { uploader, downloads, shared, root } = await setUp(t);
    const disk = join(root, 'disk');
    await mkdir(disk);
    if (!(await mount('size=2m', disk))) {
      t.skip('a small disk can’t be mounted here');
      return;
    }
    const ada = await uploader({ username: 'ada', files: [shared] });
    const queue = downloads({ sources: () => [ada.sourceOf(shared.entry)] });
    try {
      const { id } = await queue.start(shared.entry, disk);
      const full = await until(queue, id, ({ error }) => error?.code === 'disk-full');
      assert.equal(full.state, 'waiting');
      assert.ok(full.verifiedBytes > 1_000_000);
      await sleep(400);
      assert.ok(await mount('remount,size=20m', disk));
      let leastBytes = Infinity;
      const done = await until(queue, id, (view) => {
        leastBytes = Math.min(leastBytes, view.verifiedBytes);
        return isDone(view);
      });
      assert.ok(leastBytes >= full.verifiedBytes, 'nothing was lost');
      assert.ok(shared.bytes.equals(await readFile(done.path)));
    } finally {
      await queue.close();
      await promisify(execFile)('umount', [disk]);
    }
  });
});

/** A disk in memory. False where that is not permitted. */
async function mount(options: string, folder: string): Promise<boolean> {
  try {
    await promisify(execFile)('mount', ['-t', 'tmpfs', '-o', options, 'tmpfs', folder]);
    return true;
  } catch {
    return false;
  }
}
