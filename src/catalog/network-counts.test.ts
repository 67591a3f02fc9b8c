import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createNetworkCounts } from './network-counts.ts';
import { COSTLY } from './query-pass.ts';
import type { ContentTotals } from './query/network-totals.ts';

const ACCOUNTS = { peersOnline: 1, peers: 2, entries: 3, sizeBytes: 4 };
const counts = (contents: number): ContentTotals => ({ contents, contentsAtRisk: 1 });

/** A network that can't be counted in a moment: each count ends when it is told to. */
function start(deadlineMs = 60_000) {
  const attempts = { quick: 0 };
  const running: ((totals: ContentTotals) => void)[] = [];
  const clock = { nowMs: 0 };
  const ask = createNetworkCounts({
    quickly: () => {
      attempts.quick += 1;
      return Promise.resolve(COSTLY);
    },
    accounts: () => Promise.resolve(ACCOUNTS),
    count: () =>
      new Promise((resolve) => {
        running.push(resolve);
      }),
    now: () => clock.nowMs,
    deadlineMs,
  });
  const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
  return { ask: () => ask(0), running, clock, settle, attempts };
}

describe('the counts of a network', () => {
  it('are those of the moment where that is quick', async () => {
    const totals = { ...ACCOUNTS, ...counts(5) };
    const ask = createNetworkCounts({
      quickly: () => Promise.resolve(totals),
      accounts: () => assert.fail(),
      count: () => assert.fail(),
    });
    assert.deepEqual(await ask(0), totals);
  });

  it('are made once for all who ask, and given again for a time that grows with what they took', async () => {
    const { ask, running, clock, settle, attempts } = start();
    const first = ask();
    await settle();
    const both = [first, ask()];
    await settle();
    assert.equal(running.length, 1);
    assert.equal(attempts.quick, 1, 'what is being counted takes long');
    clock.nowMs = 3_000;
    running[0]?.(counts(5));
    assert.deepEqual(
      await Promise.all(both),
      [1, 2].map(() => ({ ...ACCOUNTS, ...counts(5) })),
    );
    clock.nowMs += 59_999;
    assert.equal((await ask()).contents, 5);
    assert.equal(running.length, 1);
    clock.nowMs += 1;
    const next = ask();
    await settle();
    running[1]?.(counts(6));
    assert.equal((await next).contents, 6);
  });

  it('are refused while there are none yet, then those from before until there are newer ones', async () => {
    const { ask, running, clock, settle } = start(1);
    await assert.rejects(ask(), { code: 'timeout' });
    await assert.rejects(ask());
    assert.equal(running.length, 1, 'the first goes on');
    clock.nowMs = 1_000;
    running[0]?.(counts(5));
    await settle();
    clock.nowMs = 1_000_000;
    assert.equal((await ask()).contents, 5, 'of long ago');
    assert.equal(running.length, 2);
  });

  it('are made anew after a failure', async () => {
    let attempts = 0;
    const ask = createNetworkCounts({
      quickly: () => Promise.resolve(COSTLY),
      accounts: () => Promise.resolve(ACCOUNTS),
      count: () => ((attempts += 1) === 1 ? Promise.reject(new Error('a disk')) : Promise.resolve(counts(7))),
    });
    await assert.rejects(ask(0), /a disk/);
    assert.equal((await ask(0)).contents, 7);
  });
});
