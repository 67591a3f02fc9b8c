import assert from 'node:assert/strict';
import { appendFileSync } from 'node:fs';
import { rm, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import fc from 'fast-check';
import { createFixture, share, type UploaderOptions } from '../../../test/support/transfer-fixture.ts';
import { SwapmeetError } from '../../domain/errors.ts';
import type { Caller } from '../../transport/caller.ts';
import { generateIdentity } from '../../transport/identity.ts';
import { signTicket, TICKET_LIFETIME_S } from '../../transport/tickets.ts';
import { FRAME_DATA_BYTES } from './queue/frame-pool.ts';

async function setUp(t: TestContext, content: number | Buffer, options: Partial<UploaderOptions> = {}) {
  const fixture = await createFixture(t);
  const shared = await share(join(fixture.root, 'share'), 'file.bin', content);
  const uploader = await fixture.uploader({ username: 'ada', files: [shared], ...options });
  const { channel, caller } = await fixture.dial(uploader);
  return { ...fixture, shared, uploader, channel, caller };
}

async function download(caller: Caller, sha1: string, offsetBytes: number, lengthBytes: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  const receive = () => (bytes: Buffer) => void chunks.push(Buffer.from(bytes));
  await caller.call('DOWNLOAD', { sha1, offsetBytes, lengthBytes }, { receive });
  return Buffer.concat(chunks);
}

describe('uploads', () => {
  it('serve nobody without a ticket', async (t) => {
    const { caller, shared } = await setUp(t, 1000);
    const { sha1 } = shared.entry;
    await assert.rejects(download(caller, sha1, 0, 10), { code: 'no-ticket' });
    await assert.rejects(caller.call('PIECE_HASHES', { sha1 }), { code: 'no-ticket' });
  });

  it('refuse forged, foreign and expired tickets', async (t) => {
    const { caller, server, identity } = await setUp(t, 1000);
    const other = await generateIdentity();
    const holder = { id: '1', username: 'bob' };
    const longAgoMs = Date.now() - 2 * TICKET_LIFETIME_S * 1000;
    const bad = [
      signTicket(other, holder, identity.thumbprint, Date.now()),
      signTicket(server, holder, other.thumbprint, Date.now()),
      signTicket(server, holder, identity.thumbprint, longAgoMs),
    ];
    for (const ticket of [...bad, 'nonsense']) {
      await assert.rejects(caller.call('PRESENT', { ticket }), { code: 'bad-ticket' });
    }
  });

  it('end with the ticket, until a newer one is presented', async (t) => {
    let nowMs = Date.now();
    const { caller, ticket, server, identity, shared } = await setUp(t, 1000, { now: () => nowMs });
    const { sha1 } = shared.entry;
    await caller.call('PRESENT', { ticket });
    await download(caller, sha1, 0, 10);
    nowMs += 2 * TICKET_LIFETIME_S * 1000;
    await assert.rejects(download(caller, sha1, 0, 10), { code: 'no-ticket' });
    const holder = { id: '1', username: 'bob' };
    await caller.call('PRESENT', { ticket: signTicket(server, holder, identity.thumbprint, nowMs) });
    assert.equal((await download(caller, sha1, 0, 10)).length, 10);
  });

  it('give the hashes of the pieces', async (t) => {
    const { caller, ticket, shared } = await setUp(t, 300_000);
    const { sha1, root } = shared.entry;
    await caller.call('PRESENT', { ticket });
    const chunks: Buffer[] = [];
    const receive = () => (bytes: Buffer) => void chunks.push(Buffer.from(bytes));
    const ok = await caller.call('PIECE_HASHES', { sha1, root }, { receive });
    assert.deepEqual(ok, { root, sizeBytes: 300_000, pieceBytes: 65_536 });
    assert.deepEqual(Buffer.concat(chunks), Buffer.from(shared.layer));
    await assert.rejects(caller.call('PIECE_HASHES', { sha1, root: 'f'.repeat(64) }), { code: 'not-shared' });
    await assert.rejects(caller.call('PIECE_HASHES', { sha1: 'f'.repeat(40) }), { code: 'not-shared' });
  });

  it('have no pieces to tell of an empty file', async (t) => {
    const { caller, ticket, shared } = await setUp(t, 0);
    await caller.call('PRESENT', { ticket });
    await assert.rejects(caller.call('PIECE_HASHES', { sha1: shared.entry.sha1 }), { code: 'bad-request' });
    await assert.rejects(download(caller, shared.entry.sha1, 0, 1), { code: 'bad-range' });
  });

  it('give any range, and refuse those that do not lie inside', async (t) => {
    const sizeBytes = 2 * FRAME_DATA_BYTES + 12_345;
    const { caller, ticket, shared, uploader } = await setUp(t, sizeBytes);
    const { sha1 } = shared.entry;
    await caller.call('PRESENT', { ticket });
    const edges = [0, 1, FRAME_DATA_BYTES - 1, FRAME_DATA_BYTES, 2 * FRAME_DATA_BYTES, sizeBytes - 1, sizeBytes];
    const place = fc.oneof(fc.constantFrom(...edges), fc.nat(sizeBytes));
    const check = async (one: number, other: number): Promise<void> => {
      const [start, end] = one < other ? [one, other] : [other, one];
      fc.pre(start < end);
      assert.ok((await download(caller, sha1, start, end - start)).equals(shared.bytes.subarray(start, end)));
    };
    await fc.assert(fc.asyncProperty(place, place, check), { numRuns: 40 });
    await assert.rejects(download(caller, sha1, sizeBytes, 1), { code: 'bad-range' });
    await assert.rejects(download(caller, sha1, 1, sizeBytes), { code: 'bad-range' });
    await assert.rejects(download(caller, 'f'.repeat(40), 0, 1), { code: 'not-shared' });
    assert.equal(uploader.queue.active(), 0);
  });

  it('do not serve a file that changed or vanished, and tell the index', async (t) => {
    const { caller, ticket, shared, uploader, dial } = await setUp(t, 1000);
    const { entry, file, bytes } = shared;
    await caller.call('PRESENT', { ticket });
    await download(caller, entry.sha1, 0, 1000);
    await writeFile(file.absolutePath, bytes);
    await utimes(file.absolutePath, 1, 1);
    await assert.rejects(download(caller, entry.sha1, 0, 1000), { code: 'changed' });
    await rm(file.absolutePath);
    const second = await dial(uploader);
    await second.caller.call('PRESENT', { ticket });
    await assert.rejects(download(second.caller, entry.sha1, 0, 1000), { code: 'not-shared' });
    assert.deepEqual(uploader.rechecked, [file, file]);
  });

  it('stop when the file changes while it is served', async (t) => {
    const sizeBytes = 48 * 1024 * 1024;
    const { caller, channel, ticket, shared, uploader } = await setUp(t, Buffer.alloc(sizeBytes, 'swapmeet'));
    await caller.call('PRESENT', { ticket });
    let receivedBytes = 0;
    const downloading = caller.call(
      'DOWNLOAD',
      { sha1: shared.entry.sha1, offsetBytes: 0, lengthBytes: sizeBytes },
      {
        receive: () => (bytes) => {
          if (receivedBytes === 0) {
            channel.pause();
            appendFileSync(shared.file.absolutePath, 'more');
            channel.resume();
          }
          receivedBytes += bytes.length;
        },
      },
    );
    await assert.rejects(downloading, { code: 'changed' });
    assert.ok(receivedBytes < sizeBytes);
    assert.deepEqual(uploader.rechecked, [shared.file]);
    await assert.rejects(download(caller, shared.entry.sha1, 0, 1), { code: 'changed' }, 'the connection goes on');
  });

  it('wait for a turn, and leave the queue with the connection', async (t) => {
    const content = Buffer.alloc(48 * 1024 * 1024);
    const { caller, channel, ticket, shared, uploader, visit } = await setUp(t, content, { slots: 1 });
    const { sha1, sizeBytes } = shared.entry;
    const [eve, bob] = await Promise.all([visit(uploader, 'eve'), visit(uploader, 'bob')]);
    await caller.call('PRESENT', { ticket });
    const receiving = Promise.withResolvers<undefined>();
    const receive = () => () => {
      channel.pause();
      receiving.resolve(undefined);
    };
    const first = caller.call('DOWNLOAD', { sha1, offsetBytes: 0, lengthBytes: sizeBytes }, { receive });
    await receiving.promise;
    assert.equal(uploader.queue.active(), 1);
    const waiting = [eve, bob].map((other) => download(other.caller, sha1, 0, sizeBytes));
    caller.close();
    await assert.rejects(first, { code: 'disconnected' });
    eve.caller.close();
    await assert.rejects(Promise.resolve(waiting[0]), { code: 'disconnected' });
    assert.equal((await waiting[1])?.length, sizeBytes);
    for (let tries = 0; uploader.queue.active() > 0 && tries < 100; tries += 1) await sleep(20);
    assert.deepEqual([uploader.queue.active(), uploader.queue.waiting()], [0, 0]);
  });

  it('tell who waits for a second where it stands', async (t) => {
    const { shared, uploader, visit } = await setUp(t, 40_000);
    const { sha1, sizeBytes } = shared.entry;
    uploader.limit.setRates({ total: 10_000, each: undefined });
    const [eve, bob] = await Promise.all([visit(uploader, 'eve'), visit(uploader, 'bob')]);
    await Promise.all([eve, bob].map(({ caller }) => download(caller, sha1, 0, sizeBytes / 2)));
    const told = [...eve.queued, ...bob.queued];
    assert.ok(
      told.some(({ position }) => position === 1),
      JSON.stringify(told),
    );
    assert.ok(
      told.every(({ position, estimateS = 0 }) => position <= 2 && estimateS < 60),
      JSON.stringify(told),
    );
  });

  it('refuse a peer that has very many connections, until one of them ends', async (t) => {
    const { uploader, dial, ticket } = await setUp(t, 10);
    const all = await Promise.all(Array.from({ length: 65 }, () => dial(uploader)));
    const outcomes = await Promise.allSettled(all.map(({ caller }) => caller.call('PRESENT', { ticket })));
    const refused = outcomes.flatMap((outcome) => (outcome.status === 'rejected' ? [outcome.reason as unknown] : []));
    assert.equal(refused.length, 1);
    assert.ok(refused[0] instanceof SwapmeetError && refused[0].code === 'busy');
    const left = all[outcomes.findIndex(({ status }) => status === 'fulfilled')];
    const again = all[outcomes.findIndex(({ status }) => status === 'rejected')];
    left?.caller.close();
    for (let isIn = false; !isIn;) {
      isIn = await (again?.caller.call('PRESENT', { ticket }) ?? Promise.reject(new Error('none'))).then(
        () => true,
        () => false,
      );
    }
  });
});
