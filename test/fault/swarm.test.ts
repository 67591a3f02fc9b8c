import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { SwapmeetError } from '../../src/domain/errors.ts';
import { leadingBits, setBit } from '../../src/domain/bitfield.ts';
import { pieceCount } from '../../src/domain/pieces.ts';
import { contentOf } from '../../src/peer/downloads/content.ts';
import { createPlan, type Plan } from '../../src/peer/downloads/plan/plan.ts';
import { createHeldParts } from '../../src/peer/parts/held-parts.ts';
import { DATA_TYPE, encodeFrame, HEADER_BYTES } from '../../src/protocol/frame.ts';
import type { Source } from '../../src/protocol/codecs/search.ts';
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
import { seededRandom } from '../support/seeded-random.ts';

const SIZE_BYTES = 6_000_000;
/** Where nothing is to be given up because the machine is slow. */
const PATIENT = { ...FAST, callTimeoutMs: 10_000, stallMs: 10_000 };

type Corruption = NonNullable<UploaderOptions['corrupt']>;

type Holder = { readonly uploader: Uploader; readonly source: Source; readonly plan: Plan };

async function setUp(t: TestContext) {
  const fixture = await createFixture(t);
  const shared = await share(join(fixture.root, 'share'), 'file.bin', SIZE_BYTES);
  const count = pieceCount(SIZE_BYTES, shared.file.pieceBytes);
  return { ...fixture, shared, count, random: seededRandom(t) };
}

/** A peer that holds the pieces of a bitfield. */
async function holdPart(
  { uploader: start }: Fixture,
  shared: Shared,
  username: string,
  bitfield: Uint8Array,
  corrupt?: Corruption,
): Promise<Holder> {
  const { sha1, root = '', sizeBytes, absolutePath: path } = shared.file;
  const content = { ...contentOf({ sha1, sizeBytes }), root };
  const plan = createPlan(content, bitfield, Math.random);
  const parts = createHeldParts();
  await parts.add({ entry: shared.entry, content, layer: shared.layer, path, plan, onInterest: () => undefined });
  const uploader = await start({ username, files: [], parts, ...(corrupt && { corrupt }) });
  return { uploader, plan, source: { ...uploader.sourceOf(shared.entry), part: true } };
}

/** Deals the pieces out to so many bitfields, each to one of them. */
function deal(count: number, hands: number, random: () => number): Uint8Array[] {
  const bitfields = Array.from({ length: hands }, () => leadingBits(count, 0));
  for (let index = 0; index < count; index += 1) {
    const hand = bitfields[Math.floor(random() * hands)];
    if (hand) setBit(hand, index);
  }
  return bitfields;
}

function askedBytes({ asked }: Uploader): number {
  return asked.reduce((sum, { length }) => sum + length, 0);
}

/** A source that waits before each DATA frame. */
function slowed(delayMs: number): Corruption {
  return ({ DOWNLOAD }) => ({
    DOWNLOAD: async (request, signal) => {
      const { ok, data = [] } = await DOWNLOAD(request, signal);
      async function* later(): AsyncGenerator<Uint8Array> {
        for await (const frame of data) {
          await sleep(delayMs);
          yield frame;
        }
      }
      return { ok, data: later() };
    },
  });
}

describe('a download from many sources', () => {
  it('takes from all of them at once', async (t) => {
    const { uploader, downloads, shared } = await setUp(t);
    const names = ['ada', 'bob', 'carl'];
    const sources = await Promise.all(
      names.map((username) => uploader({ username, files: [shared], corrupt: slowed(20) })),
    );
    const queue = downloads({ sources: () => sources.map((one) => one.sourceOf(shared.entry)), timing: PATIENT });
    const { id } = await queue.start(shared.entry);
    const done = await until(queue, id, isDone);
    assert.ok(shared.bytes.equals(await readFile(done.path)));
    for (const source of sources) assert.ok(askedBytes(source) > 0, `${source.username} was asked`);
  });

  it('puts a file together that nobody has as a whole', async (t) => {
    const setting = await setUp(t);
    const { downloads, shared, count, random } = setting;
    const hands = deal(count, 3, random);
    const holders = await Promise.all(
      hands.map((bitfield, number) => holdPart(setting, shared, `peer${number}`, bitfield)),
    );
    const queue = downloads({ sources: () => holders.map(({ source }) => source), random, timing: PATIENT });
    const { id } = await queue.start(shared.entry);
    const done = await until(queue, id, isDone);
    assert.ok(shared.bytes.equals(await readFile(done.path)));
    assert.deepEqual(done.liars, []);
  });

  it('hears of pieces that a source gets later', async (t) => {
    const setting = await setUp(t);
    const { downloads, shared, count, random } = setting;
    const { source, plan } = await holdPart(setting, shared, 'ada', leadingBits(count, 3));
    const queue = downloads({ sources: () => [source], random, timing: PATIENT });
    const { id } = await queue.start(shared.entry);
    await until(queue, id, ({ verifiedBytes }) => verifiedBytes > 0);
    for (let index = 3; index < count; index += 1) plan.verify(index);
    const done = await until(queue, id, isDone);
    assert.ok(shared.bytes.equals(await readFile(done.path)));
  });

  it('leaves who claims pieces that it lacks, without calling it a liar', async (t) => {
    const setting = await setUp(t);
    const { uploader, downloads, shared, count, random } = setting;
    const eve = await holdPart(setting, shared, 'eve', leadingBits(count, count), () => ({
      DOWNLOAD: () => Promise.reject(new SwapmeetError('not-shared', 'these pieces are not here yet')),
    }));
    const ada = await uploader({ username: 'ada', files: [shared] });
    const sources = () => [eve.source, ada.sourceOf(shared.entry)];
    const queue = downloads({ sources, random });
    const { id } = await queue.start(shared.entry);
    const done = await until(queue, id, isDone);
    assert.deepEqual(done.liars, []);
    assert.ok(shared.bytes.equals(await readFile(done.path)));
  });

  it('does not wait for a source that sends one byte a second', async (t) => {
    const { uploader, downloads, shared } = await setUp(t);
    const carl = await uploader({
      username: 'carl',
      files: [shared],
      corrupt: ({ DOWNLOAD }) => ({
        DOWNLOAD: async (request, signal) => {
          const { ok } = await DOWNLOAD(request, signal);
          async function* trickle(): AsyncGenerator<Uint8Array> {
            for (;;) {
              await sleep(1_000, undefined, { signal });
              yield encodeFrame(DATA_TYPE, Buffer.alloc(1));
            }
          }
          return { ok, data: trickle() };
        },
      }),
    });
    const ada = await uploader({ username: 'ada', files: [shared] });
    // Its deadlines would be long over the test's own.
    const timing = { ...PATIENT, callTimeoutMs: 60_000, stallMs: 60_000 };
    const queue = downloads({ sources: () => [carl, ada].map((one) => one.sourceOf(shared.entry)), timing });
    const { id } = await queue.start(shared.entry);
    const done = await until(queue, id, isDone, 20_000);
    assert.ok(shared.bytes.equals(await readFile(done.path)));
  });

  it('goes on when sources vanish, and names the one that lies', async (t) => {
    const { uploader, downloads, shared, random } = await setUp(t);
    const gone = await uploader({
      username: 'gone',
      files: [shared],
      corrupt: ({ DOWNLOAD }, channel) => ({
        DOWNLOAD: (request, signal) => {
          if (random() < 0.3) channel.destroy();
          return DOWNLOAD(request, signal);
        },
      }),
    });
    const eve = await uploader({
      username: 'eve',
      files: [shared],
      corrupt: ({ DOWNLOAD }) => ({
        DOWNLOAD: async (request, signal) => {
          const { ok, data = [] } = await DOWNLOAD(request, signal);
          async function* flipped(): AsyncGenerator<Uint8Array> {
            for await (const frame of data) {
              const copy = Buffer.from(frame);
              copy.writeUInt8(copy.readUInt8(HEADER_BYTES) ^ 1, HEADER_BYTES);
              yield copy;
            }
          }
          return { ok, data: flipped() };
        },
      }),
    });
    const ada = await uploader({ username: 'ada', files: [shared], corrupt: slowed(20) });
    const sources = () => [gone, eve, ada].map((one) => one.sourceOf(shared.entry));
    const queue = downloads({ sources, timing: PATIENT });
    const { id } = await queue.start(shared.entry);
    const done = await until(queue, id, isDone, 20_000);
    assert.ok(shared.bytes.equals(await readFile(done.path)));
    assert.deepEqual(done.liars, ['eve']);
  });
});

describe('a partial holder', () => {
  it('serves what is verified and nothing else', async (t) => {
    const setting = await setUp(t);
    const { shared, count, visit } = setting;
    const { uploader, plan } = await holdPart(setting, shared, 'ada', leadingBits(count, 2));
    // Who asked HAVE is told of more, which the bare connection of this test does not expect.
    const { caller: asking } = await visit(uploader, 'bob');
    const { caller } = await visit(uploader, 'carl');
    const { sha1, root, pieceBytes } = shared.file;
    let bitfield = Buffer.alloc(0);
    const have = await asking.call(
      'HAVE',
      { sha1, root },
      {
        receive: () => (bytes) => {
          bitfield = Buffer.concat([bitfield, bytes]);
        },
      },
    );
    assert.equal(have.isWhole, false);
    assert.deepEqual(bitfield, Buffer.from(leadingBits(count, 2)));
    const get = async (offsetBytes: number, lengthBytes: number): Promise<Buffer> => {
      const chunks: Buffer[] = [];
      const receive = () => (bytes: Buffer) => void chunks.push(Buffer.from(bytes));
      await caller.call('DOWNLOAD', { sha1, root, offsetBytes, lengthBytes }, { receive });
      return Buffer.concat(chunks);
    };
    assert.ok(shared.bytes.subarray(10, 2 * pieceBytes).equals(await get(10, 2 * pieceBytes - 10)));
    await assert.rejects(get(pieceBytes, pieceBytes + 1), { code: 'not-shared' });
    await assert.rejects(get(SIZE_BYTES - 1, 2), { code: 'bad-range' });
    plan.verify(2);
    assert.ok(shared.bytes.subarray(2 * pieceBytes, 3 * pieceBytes).equals(await get(2 * pieceBytes, pieceBytes)));
  });
});
