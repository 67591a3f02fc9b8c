import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createGate, type Entrant } from './gate.ts';

const NEVER = new AbortController().signal;
const BOUNDS = { places: 2, readPlaces: 1 };

function entrant(known: Partial<Entrant> = {}): Entrant {
  return { isRead: () => false, onWait: () => undefined, ...known };
}

/** Work that is named when it begins, and goes on until it is ended. */
function createWork() {
  const entered: string[] = [];
  const ends = new Map<string, () => void>();
  const work = (name: string) => () => {
    entered.push(name);
    return new Promise<void>((resolve) => ends.set(name, resolve));
  };
  const end = async (name: string): Promise<void> => {
    ends.get(name)?.();
    await new Promise(setImmediate);
  };
  return { entered, work, end };
}

describe('a gate', () => {
  it('lets in so many at a time, the others in their order, and tells these that they wait', async () => {
    const gate = createGate(BOUNDS);
    const { entered, work, end } = createWork();
    const told: string[] = [];
    for (const name of 'abcd') void gate.run(entrant({ onWait: () => told.push(name) }), work(name), NEVER);
    await new Promise(setImmediate);
    assert.deepEqual(entered, ['a', 'b']);
    assert.deepEqual(told, ['c', 'd']);
    assert.ok(gate.isWanted());
    for (const name of 'abcd') await end(name);
    assert.deepEqual(entered, ['a', 'b', 'c', 'd']);
    assert.ok(!gate.isWanted());
  });

  it('frees the place of work that fails, and forgets who gave up', async () => {
    const gate = createGate({ ...BOUNDS, places: 1 });
    const stop = new AbortController();
    const held = Promise.withResolvers<undefined>();
    const first = gate.run(entrant(), () => held.promise, NEVER);
    const second = gate.run(entrant(), () => Promise.resolve('never'), stop.signal);
    const third = gate.run(entrant(), () => Promise.resolve('third'), NEVER);
    stop.abort(new Error('enough'));
    await assert.rejects(second, /enough/);
    held.reject(new Error('broken'));
    await assert.rejects(first, /broken/);
    assert.equal(await third, 'third');
  });

  it('has places beside the others for what is read, also when that begins while it waits', async () => {
    const gate = createGate(BOUNDS);
    const { entered, work, end } = createWork();
    const read = new Set<string>();
    for (const name of 'abcdef') void gate.run(entrant({ isRead: () => read.has(name) }), work(name), NEVER);
    await new Promise(setImmediate);
    read.add('e').add('f');
    gate.review();
    await new Promise(setImmediate);
    assert.deepEqual(entered, ['a', 'b', 'e'], 'one has the place for what is read');
    await end('a');
    assert.deepEqual(entered, ['a', 'b', 'e', 'c'], 'nor does it take a place of theirs');
    await end('e');
    assert.deepEqual(entered, ['a', 'b', 'e', 'c', 'f']);
    read.clear();
    await end('f');
    assert.deepEqual(entered, ['a', 'b', 'e', 'c', 'f']);
    await end('b');
    assert.deepEqual(entered, ['a', 'b', 'e', 'c', 'f', 'd']);
  });
});
