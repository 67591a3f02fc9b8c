import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { createFairQueue, type FairQueue } from './fair-queue.ts';

const TURN_BYTES = 1000;

type Serve = (queue: FairQueue<number>) => { readonly key: string; readonly item: number } | undefined;
const fairly: Serve = (queue) => queue.take(() => true);
/** What must not be: whoever has most waiting is served most. */
const byCrowd: Serve = (queue) => {
  const [crowd] = queue.keys().toSorted((one, other) => queue.sizeOf(other) - queue.sizeOf(one));
  return queue.take((key) => key === crowd);
};

/** Bytes that each of several peers got, all of which always want more, each on some connections, in turns of some size. */
function share(connections: readonly number[], turns: readonly number[], serve: Serve, weight = 1): number[] {
  const queue = createFairQueue<number>((key) => (key === '0' ? weight : 1));
  const got = connections.map(() => 0);
  connections.forEach((count, peer) => {
    for (let nth = 0; nth < count; nth += 1) queue.add(String(peer), peer);
  });
  for (const bytes of turns) {
    const next = serve(queue);
    if (!next) break;
    queue.charge(next.key, bytes);
    got[next.item] = (got[next.item] ?? 0) + bytes;
    queue.add(next.key, next.item);
  }
  return got;
}

const connectionsArbitrary = fc.array(fc.integer({ min: 1, max: 50 }), { minLength: 2, maxLength: 20 });
const turnsArbitrary = fc.array(fc.integer({ min: 1, max: TURN_BYTES }), { maxLength: 500 });

function isFair(serve: Serve): fc.IProperty<[number[], number[]]> {
  return fc.property(connectionsArbitrary, turnsArbitrary, (connections, turns) => {
    const got = share(connections, turns, serve);
    return Math.max(...got) - Math.min(...got) <= TURN_BYTES;
  });
}

describe('a fair queue', () => {
  it('gives two who always want more the same, but for one turn, whatever their connections', () => {
    fc.assert(isFair(fairly));
    assert.ok(fc.check(isFair(byCrowd)).failed, 'the canary');
  });

  it('gives a key of greater weight as many times more', () => {
    const [friend = 0, other = 0] = share(
      [1, 30],
      Array.from({ length: 5_000 }, () => TURN_BYTES),
      fairly,
      4,
    );
    assert.ok(Math.abs(friend / other - 4) < 0.01, `${friend} : ${other}`);
  });

  it('lets nobody save up: who comes late begins with the others', () => {
    const queue = createFairQueue<string>();
    queue.add('early', 'early');
    for (let turn = 0; turn < 100; turn += 1) {
      queue.take(() => true);
      queue.charge('early', TURN_BYTES);
      queue.add('early', 'early');
    }
    queue.add('late', 'late');
    const served: string[] = [];
    for (let turn = 0; turn < 10; turn += 1) {
      const { key } = queue.take(() => true) ?? { key: 'none' };
      queue.charge(key, TURN_BYTES);
      queue.add(key, key);
      served.push(key);
    }
    assert.equal(served.filter((key) => key === 'late').length, 5);
  });

  it('remembers what was served to who asks for one thing after the other', () => {
    const queue = createFairQueue<string>();
    queue.add('steady', 'steady');
    const served = new Map<string, number>();
    for (let turn = 0; turn < 100; turn += 1) {
      // It waits only now and then, between its turns, as somebody does who has one connection.
      queue.add('sequential', 'sequential');
      const { key } = queue.take(() => true) ?? { key: 'none' };
      queue.charge(key, TURN_BYTES);
      served.set(key, (served.get(key) ?? 0) + 1);
      if (key === 'steady') queue.add(key, key);
    }
    assert.ok(
      Math.abs((served.get('steady') ?? 0) - (served.get('sequential') ?? 0)) <= 1,
      JSON.stringify([...served]),
    );
  });

  it('serves one key in order, and first what is to be first; tells the order; and forgets who is taken back', () => {
    const queue = createFairQueue<string>();
    const takeBack = queue.add('a', 'a1');
    queue.add('a', 'a2');
    queue.add('b', 'b1');
    queue.add('a', 'a0', true);
    assert.deepEqual(
      queue.order().map(({ item }) => item),
      ['a0', 'b1', 'a1', 'a2'],
    );
    takeBack();
    takeBack();
    assert.deepEqual([queue.size(), queue.sizeOf('a'), queue.keys()], [3, 2, ['a', 'b']]);
    assert.equal(queue.take((_key, item) => item !== 'a0')?.item, 'a2');
    assert.equal(queue.othersWait('b'), true);
    assert.equal(
      queue.take(() => false),
      undefined,
    );
  });
});
