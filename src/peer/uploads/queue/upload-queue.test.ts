import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { setImmediate as nextRound, setTimeout as sleep } from 'node:timers/promises';
import fc from 'fast-check';
import type { Queued } from '../../../protocol/codecs/queued.ts';
import { createRateLimit } from '../../limits/rate-limit.ts';
import { FRAME_DATA_BYTES } from './frame-pool.ts';
import type { Turn } from './turn.ts';
import { createUploadQueue } from './upload-queue.ts';

const MANY_BYTES = 64 * FRAME_DATA_BYTES;
const now = (): number => performance.now();

function setUp(t: TestContext, slots = 1, weightOf: (peer: string) => number = () => 1) {
  const limit = createRateLimit(now);
  const queue = createUploadQueue({ slots: () => slots, limit, weightOf, now });
  t.after(queue.close);
  const stop = new AbortController();
  const queued: Queued[] = [];
  const ask = (peer: string, wantedBytes = MANY_BYTES, hasBegun = false): Promise<Turn> =>
    queue.turn({ peer, wantedBytes, hasBegun, signal: stop.signal, onQueued: (place) => void queued.push(place) });
  return { limit, queue, stop, queued, ask };
}

type Asker = { readonly ask: (peer: string) => Promise<Turn> };

/** Connections that always want more, until all turns are over. Returns what each peer got. */
async function useUp(
  { ask }: Asker,
  connections: ReadonlyMap<string, number>,
  turns: number,
): Promise<Map<string, number>> {
  const got = new Map([...connections.keys()].map((peer) => [peer, 0]));
  let left = turns;
  async function connection(peer: string): Promise<void> {
    for (let turn = await ask(peer); ;) {
      if (left > 0) got.set(peer, (got.get(peer) ?? 0) + turn.bytes);
      left -= 1;
      await nextRound();
      const next = left > 0 ? ask(peer) : undefined;
      turn.end();
      if (!next) return;
      turn = await next;
    }
  }
  await Promise.all([...connections].flatMap(([peer, count]) => Array.from({ length: count }, () => connection(peer))));
  return got;
}

describe('the upload queue', () => {
  it('goes on when the limit is over between one look and the next', async (t) => {
    for (const looks of [1, 2, 3]) {
      let left = looks;
      const waitMs = (): number => (left-- > 0 ? 0.01 : 0);
      const limit = { ...createRateLimit(now), isOn: () => true, waitMs };
      const queue = createUploadQueue({ slots: () => 1, limit, weightOf: () => 1, now });
      t.after(queue.close);
      const signal = AbortSignal.timeout(5_000);
      const turn = await queue.turn({
        peer: 'ada',
        wantedBytes: 1,
        hasBegun: false,
        signal,
        onQueued: () => undefined,
      });
      turn.end();
    }
  });

  it('gives peers the same, but for one turn each, whatever their connections and the slots', async (t) => {
    const connections = fc.array(fc.integer({ min: 1, max: 12 }), { minLength: 2, maxLength: 8 });
    const check = async (counts: readonly number[], slots: number): Promise<void> => {
      const peers = new Map(counts.map((count, at) => [`peer-${at}`, count]));
      const got = [...(await useUp(setUp(t, slots), peers, 120)).values()];
      // The first is alone for a moment, and takes all slots.
      assert.ok(Math.max(...got) - Math.min(...got) <= (slots + 1) * FRAME_DATA_BYTES, String(got));
    };
    await fc.assert(fc.asyncProperty(connections, fc.integer({ min: 1, max: 10 }), check), { numRuns: 30 });
  });

  it('gives friends more, and the others something', async (t) => {
    const peers = new Map([
      ['friend', 1],
      ['other', 5],
      ['third', 5],
    ]);
    const got = await useUp(
      setUp(t, 1, (peer) => (peer === 'friend' ? 4 : 1)),
      peers,
      300,
    );
    const [friend = 0, other = 0, third = 0] = got.values();
    assert.ok(Math.abs(friend / other - 4) < 0.3 && Math.abs(other / third - 1) < 0.1, String([...got]));
  });

  it('lets a peer that is alone go on, on as many connections as there are slots', async (t) => {
    const { ask, queue } = setUp(t, 3);
    const [first, second, third] = await Promise.all([ask('a'), ask('a'), ask('a')]);
    assert.equal(queue.active(), 3);
    assert.equal(first.extend(100), 100);
    const fourth = ask('a');
    assert.equal(first.extend(100), 0, 'somebody waits');
    first.end();
    first.end();
    (await fourth).end();
    assert.deepEqual([queue.active(), queue.waiting()], [2, 0]);
    second.end();
    third.end();
  });

  it('gives a peer one turn at a time as soon as there is another', async (t) => {
    const { ask, queue } = setUp(t, 3);
    const first = await ask('a');
    const other = await ask('b');
    const second = ask('a');
    await nextRound();
    assert.deepEqual([queue.active(), queue.waiting()], [2, 1]);
    other.end();
    (await second).end();
    first.end();
  });

  it('finishes what it has begun before it begins the next for the same peer', async (t) => {
    const { ask } = setUp(t);
    const first = await ask('a');
    const order: string[] = [];
    const others = [
      ask('a').then((turn) => [turn, 'new'] as const),
      ask('a', MANY_BYTES, true).then((turn) => [turn, 'begun'] as const),
    ].map(async (asked) => {
      const [turn, name] = await asked;
      order.push(name);
      turn.end();
    });
    first.end();
    await Promise.all(others);
    assert.deepEqual(order, ['begun', 'new']);
  });

  it('gives the slot of a slow reader to others, but does not go on without end', async (t) => {
    const { ask, queue } = setUp(t);
    const turns = await Promise.all(['a', 'b', 'c', 'd'].map((peer) => ask(peer)));
    assert.equal(queue.active(), 4);
    const fifth = ask('e');
    await sleep(400);
    assert.equal(queue.waiting(), 1);
    for (const turn of turns) turn.end();
    (await fifth).end();
  });

  it('has room for others beside one that reads on none of its many connections', async (t) => {
    const { ask, queue } = setUp(t, 2);
    const hoarded = await Promise.all([ask('a'), ask('a')]);
    const more = Array.from({ length: 10 }, () => ask('a'));
    // Longer than it takes until they count as slow.
    await sleep(400);
    assert.equal(queue.active(), 2);
    const others = await Promise.all([ask('b'), ask('c')]);
    for (const turn of [...hoarded, ...others]) turn.end();
    for (const asked of more) (await asked).end();
  });

  it('gives back the place of who leaves', async (t) => {
    const { ask, queue, stop } = setUp(t);
    const first = await ask('a');
    const waiting = ask('b');
    stop.abort(new Error('gone'));
    await assert.rejects(waiting, /gone/);
    await assert.rejects(ask('b'), /gone/);
    first.end();
    assert.deepEqual([queue.active(), queue.waiting()], [0, 0]);
  });

  it('refuses a peer of whom very much waits, but finishes what it has begun', async (t) => {
    const { ask, stop } = setUp(t);
    const first = await ask('a');
    const waiting = Array.from({ length: 64 }, () => ask('b'));
    await assert.rejects(ask('b'), { code: 'busy' });
    waiting.push(ask('b', 1, true), ask('c'));
    stop.abort(new Error('over'));
    for (const asked of waiting) await assert.rejects(asked);
    first.end();
  });

  it('keeps to its limit in the same shares, and goes on when it is lifted', async (t) => {
    const fixture = setUp(t, 4);
    fixture.limit.setRates({ total: 2_000_000, each: undefined });
    const beganMs = now();
    const got = await useUp(fixture, new Map(Object.entries({ a: 5, b: 1 })), 12);
    const sum = [...got.values()].reduce((all, bytes) => all + bytes);
    assert.ok((sum / (now() - beganMs)) * 1000 < 2_700_000, `${sum} bytes in ${now() - beganMs} ms`);
    assert.equal(got.get('a'), got.get('b'));
    fixture.limit.setRates({ total: 10_000, each: undefined });
    (await fixture.ask('a')).end();
    const held = fixture.ask('a');
    fixture.limit.setRates({ total: undefined, each: undefined });
    (await held).end();
  });

  it('tells who waits for a second where it stands', async (t) => {
    const { ask, queued, stop } = setUp(t);
    const turns = await Promise.all(['a', 'b', 'c', 'd'].map((peer) => ask(peer)));
    const waiting = Array.from({ length: 4 }, () => ask('e'));
    for (let tries = 0; queued.length < 4 && tries < 100; tries += 1) await sleep(50);
    assert.deepEqual(
      queued.map(({ position }) => position),
      [1, 2, 3, 4],
    );
    assert.ok(queued.every(({ estimateS }) => estimateS !== undefined));
    stop.abort(new Error('over'));
    await Promise.allSettled(waiting);
    for (const turn of turns) turn.end();
  });
});
