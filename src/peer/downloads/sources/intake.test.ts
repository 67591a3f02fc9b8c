import assert from 'node:assert/strict';
import { randomFillSync } from 'node:crypto';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { BUFFER_BYTES, createBufferPool } from '../assembly/buffer-pool.ts';
import type { PartFile } from '../assembly/part-file.ts';
import { contentOf } from '../content.ts';
import { createPlan } from '../plan/plan.ts';
import { createIntake } from './intake.ts';
import { createRangeWriter } from './range-writer.ts';

describe('a range writer', () => {
  const random = randomFillSync(Buffer.alloc(3 * BUFFER_BYTES));

  it('hands on every byte in order, in whole buffers but for the last, before put returns', () => {
    const check = (offset: number, length: number, cuts: readonly number[]): void => {
      const pool = createBufferPool();
      const bytes = random.subarray(0, length);
      const got: Buffer[] = [];
      let next = offset;
      const writer = createRangeWriter({ offset, length }, pool, (buffer, at, size) => {
        assert.equal(at, next);
        assert.ok(size === BUFFER_BYTES || at + size === offset + length);
        next += size;
        got.push(Buffer.from(buffer.subarray(0, size)));
        pool.release(buffer);
      });
      for (let at = 0, cut = 0; at < length; cut += 1) {
        const part = bytes.subarray(at, at + (cuts[cut % cuts.length] ?? 1));
        writer.put(part);
        at += part.length;
      }
      assert.ok(Buffer.concat(got).equals(bytes));
    };
    const lengths = fc.oneof(
      fc.integer({ min: 1, max: 3 * BUFFER_BYTES }),
      fc.constantFrom(BUFFER_BYTES, 2 * BUFFER_BYTES),
    );
    const cuts = fc.array(fc.integer({ min: 1000, max: 100_000 }), { minLength: 1 });
    fc.assert(fc.property(fc.nat(2 ** 40), lengths, cuts, check), { numRuns: 30 });
  });

  it('gives back what a broken connection left filled in part', () => {
    const pool = createBufferPool();
    const writer = createRangeWriter({ offset: 0, length: 1000 }, pool, () => assert.fail());
    const first = pool.take();
    pool.release(first);
    writer.put(Buffer.alloc(999));
    writer.abandon();
    writer.abandon();
    assert.equal(pool.take(), first);
  });
});

/** An intake before a disk that writes when it is told to. */
function setUp() {
  const pool = createBufferPool();
  const disk: (() => void)[] = [];
  const part: PartFile = {
    pool,
    write: (buffer) =>
      new Promise((resolve) => {
        pool.lend();
        disk.push(() => {
          pool.takeBack(new Uint8Array(buffer.buffer));
          resolve([]);
        });
      }),
    distrust: () => Promise.resolve([]),
    sha1: { advance: () => undefined, digest: () => Promise.resolve(''), close: () => Promise.resolve() },
    flush: () => Promise.resolve(),
    close: () => Promise.resolve(),
  };
  const content = contentOf({ sha1: '', sizeBytes: 1000 * BUFFER_BYTES });
  const plan = createPlan(content, new Uint8Array(), () => 0);
  const calls: string[] = [];
  const intake = createIntake({
    plan,
    part,
    sender: 1,
    session: { pause: () => calls.push('pause'), resume: () => calls.push('resume') },
    onBytes: () => undefined,
    onVerdict: () => undefined,
    onFailure: () => assert.fail(),
  });
  return { pool, disk, content, plan, calls, intake };
}

describe('an intake', () => {
  it('stops reading while the disk is slower than the network', async () => {
    const { disk, content, calls, intake } = setUp();
    const writer = intake.writerFor({ offset: 0, length: content.sizeBytes });
    while (calls.length === 0) writer.put(Buffer.alloc(BUFFER_BYTES));
    for (let more = 0; more < 2; more += 1) writer.put(Buffer.alloc(BUFFER_BYTES));
    assert.deepEqual(calls, ['pause'], 'once, and what was under way still found room');
    assert.ok(intake.isPaused());
    for (const written of disk.splice(0)) written();
    await intake.settled();
    assert.deepEqual(calls, ['pause', 'resume']);
  });

  it('throws away what came from another source before', async () => {
    const { disk, plan, pool, intake } = setUp();
    const give = (offset: number): void => {
      intake.writerFor({ offset, length: BUFFER_BYTES }).put(Buffer.alloc(BUFFER_BYTES));
      assert.ok(!plan.isWanted({ offset, length: BUFFER_BYTES }));
    };
    give(0);
    give(0);
    assert.equal(disk.length, 1);
    give(BUFFER_BYTES);
    assert.equal(disk.length, 2);
    for (const written of disk.splice(0)) written();
    await intake.settled();
    assert.ok(!pool.isLow());
  });
});
