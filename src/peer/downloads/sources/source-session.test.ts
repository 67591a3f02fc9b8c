import assert from 'node:assert/strict';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { dialSources } from '../../../../test/support/dial-sources.ts';
import { createFixture, FAST, share } from '../../../../test/support/transfer-fixture.ts';
import { signTicket } from '../../../transport/tickets.ts';
import { createBufferPool } from '../assembly/buffer-pool.ts';
import { createRateLimit } from '../../limits/rate-limit.ts';
import { createThrottle } from '../../limits/throttle.ts';
import type { PartFile } from '../assembly/part-file.ts';
import { contentOf } from '../content.ts';
import type { ByteRange } from '../byte-range.ts';
import { createWake } from '../../wake.ts';
import { createPlan } from '../plan/plan.ts';
import { createPipe } from './pipe.ts';
import { openSession } from './source-session.ts';
import { transfer } from './transfer.ts';

/** As for a file of over 512 MiB: a piece takes several ranges. */
const PIECE_BYTES = 1024 * 1024;
const PIECES = 3;
const RANGES: readonly ByteRange[] = [0, 1, 2, 3].map((nth) => ({ offset: nth * 1000, length: 1000 }));

/** A session to a source before its first call, for a content in large pieces whose piece hashes are known already. */
async function setUp(t: TestContext) {
  const { root, server, identity, uploader: startUploader } = await createFixture(t);
  const shared = await share(join(root, 'share'), 'large.bin', PIECES * PIECE_BYTES);
  const requests: string[] = [];
  const uploader = await startUploader({
    username: 'ada',
    files: [shared],
    corrupt: ({ PRESENT, DOWNLOAD }) => ({
      PRESENT: (request, signal) => {
        requests.push('PRESENT');
        return PRESENT(request, signal);
      },
      DOWNLOAD: (request, signal) => {
        requests.push(`DOWNLOAD ${request.offsetBytes}`);
        return DOWNLOAD(request, signal);
      },
    }),
  });
  const newTicket = (id: string): string => signTicket(server, { id, username: 'me' }, identity.thumbprint, Date.now());
  const link: { ticket: string | undefined } = { ticket: newTicket('first') };
  const content = { ...contentOf(shared.entry), pieceBytes: PIECE_BYTES };
  const session = await openSession({
    source: { ...uploader.sourceOf(shared.entry), key: uploader.endpoint.expectedKey },
    connect: dialSources(identity),
    content,
    ticket: () => link.ticket,
    timing: FAST,
    throttle: createThrottle(createRateLimit(() => performance.now())),
    share: 'one',
    signal: t.signal,
    now: () => performance.now(),
    onHas: () => assert.fail(),
    onQueued: () => assert.fail(),
  });
  t.after(() => {
    session.close();
  });
  return { session, content, bytes: shared.bytes, requests, link, newTicket };
}

/** A partial file in memory that notes where bytes are written. */
function createMemoryPart(bytes: Buffer): { part: PartFile; offsets: number[] } {
  const pool = createBufferPool();
  const offsets: number[] = [];
  const part: PartFile = {
    pool,
    write(buffer, offset, length) {
      offsets.push(offset);
      buffer.copy(bytes, offset, 0, length);
      pool.release(buffer);
      const ended = Array.from({ length: PIECES }, (_, index) => index).filter(
        (index) => (index + 1) * PIECE_BYTES > offset && (index + 1) * PIECE_BYTES <= offset + length,
      );
      return Promise.resolve(ended.map((index) => ({ index, isGood: true, liars: [] })));
    },
    distrust: () => Promise.resolve([]),
    sha1: { advance: () => undefined, digest: () => Promise.resolve(''), close: () => Promise.resolve() },
    flush: () => Promise.resolve(),
    close: () => Promise.resolve(),
  };
  return { part, offsets };
}

describe('a session to a source', () => {
  it('presents the ticket first, and asks in the order of the calls that were made meanwhile', async (t) => {
    const { session, bytes, requests } = await setUp(t);
    const received: Buffer[] = [];
    await Promise.all(RANGES.map((range) => session.download(range, (chunk) => received.push(Buffer.from(chunk)))));
    assert.deepEqual(requests, ['PRESENT', ...RANGES.map(({ offset }) => `DOWNLOAD ${offset}`)]);
    assert.ok(Buffer.concat(received).equals(bytes.subarray(0, 4000)));
  });

  it('keeps that order when there is a new ticket, and goes on with the last when there is none', async (t) => {
    const { session, requests, link, newTicket } = await setUp(t);
    const downloadAll = () => Promise.all(RANGES.map((range) => session.download(range, () => undefined)));
    const downloads = RANGES.map(({ offset }) => `DOWNLOAD ${offset}`);
    await downloadAll();
    link.ticket = newTicket('second');
    await downloadAll();
    link.ticket = undefined;
    await downloadAll();
    assert.deepEqual(requests, ['PRESENT', ...downloads, 'PRESENT', ...downloads, ...downloads]);
  });

  it('fetches pieces that take several ranges, each from its first byte to its last', async (t) => {
    const { session, content, bytes } = await setUp(t);
    const plan = createPlan(content, new Uint8Array(), Math.random);
    plan.availability.join(1);
    const copy = Buffer.alloc(bytes.length);
    let [receivedBytes, excuses] = [0, 0];
    const { part, offsets } = createMemoryPart(copy);
    await transfer({
      plan,
      part,
      sender: 1,
      session: { ...session, isHeld: () => true },
      pipe: createPipe(),
      pace: {
        received: (count) => (receivedBytes += count),
        excuse: () => (excuses += 1),
      },
      wake: createWake(),
      stallMs: 5_000,
      forecast: () => assert.fail(),
      onBytes: () => undefined,
      onVerdict: ({ index }) => {
        plan.verify(index);
      },
      now: Date.now,
      signal: t.signal,
    });
    assert.deepEqual(
      offsets,
      offsets.toSorted((one, other) => one - other),
    );
    assert.ok(offsets.length > PIECES);
    assert.ok(plan.isComplete());
    assert.ok(copy.equals(bytes));
    assert.equal(receivedBytes, bytes.length);
    assert.ok(excuses > 0, 'it is held to limits of its own');
  });

  it('asks for nothing without a ticket, or when the ticket is refused', async (t) => {
    const { session, requests, link } = await setUp(t);
    const downloadAll = (code: string) =>
      Promise.all(
        RANGES.map((range) =>
          assert.rejects(
            session.download(range, () => undefined),
            { code },
          ),
        ),
      );
    link.ticket = undefined;
    await downloadAll('no-ticket');
    assert.deepEqual(requests, []);
    link.ticket = 'forged';
    await downloadAll('bad-ticket');
    assert.deepEqual(requests, ['PRESENT']);
  });
});
