import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createQueryLanes } from './query-lanes.ts';
import { answerWithin, type COSTLY, createStopFlag, raiseStopFlag, type QueryPass } from './query-pass.ts';

const LANES = { quick: 'quick', slow: 'slow' } as const;
const CANDIDATES = 10_000;

/** A thread whose clock goes on with every candidate that it looks at. */
function look(pass: QueryPass, msPerCandidate: number): { readonly looked: number } | typeof COSTLY {
  let nowMs = 0;
  const answer = (check: () => void) => {
    for (let looked = 0; looked < CANDIDATES; looked += 1) {
      check();
      nowMs += msPerCandidate;
    }
    return { looked: CANDIDATES };
  };
  return answerWithin(pass, answer, () => nowMs);
}

test('a cheap query is answered in the quick lane, a costly one goes on in the slow one', async () => {
  const lanes = createQueryLanes<string>(LANES);
  for (const [msPerCandidate, expected] of [
    [0.0001, ['quick']],
    [1, ['quick', 'slow']],
  ] as const) {
    const used: string[] = [];
    const answer = await lanes.run((lane, pass) => {
      used.push(lane);
      return Promise.resolve(look(pass, msPerCandidate));
    });
    assert.deepEqual(answer, { looked: CANDIDATES });
    assert.deepEqual(used, expected);
  }
});

test('a costly query stays in the quick lane for a while, until another comes', async () => {
  const lanes = createQueryLanes<string>(LANES);
  const answered = Promise.withResolvers<undefined>();
  const used: string[] = [];
  const run = (before: Promise<unknown>): Promise<unknown> =>
    lanes.run(async (lane, pass) => {
      await before;
      used.push(lane);
      // Five times what a query has otherwise.
      return look(pass, 0.01);
    });
  await run(Promise.resolve());
  assert.deepEqual(used.splice(0), ['quick']);
  const first = run(answered.promise);
  const second = run(answered.promise);
  answered.resolve(undefined);
  await Promise.all([first, second]);
  assert.deepEqual(used.sort(), ['quick', 'quick', 'slow', 'slow']);
});

test('a raised flag ends a query within some hundred candidates, or before it begins', () => {
  const stop = createStopFlag();
  let looked = 0;
  const run = () =>
    answerWithin({ stop, withinMs: Number.POSITIVE_INFINITY }, (check) => {
      for (; ; looked += 1) {
        check();
        if (looked === 1_000) raiseStopFlag(stop);
      }
    });
  assert.throws(run, { code: 'cancelled' });
  assert.ok(looked < 1_500, String(looked));
  looked = 0;
  assert.throws(run, { code: 'cancelled' });
  assert.equal(looked, 0);
});

/** A lane that answers when its flag is up. */
async function untilStopped({ stop }: QueryPass): Promise<{ readonly stopped: true }> {
  while (Atomics.load(stop, 0) === 0) await new Promise((resolve) => setTimeout(resolve, 1));
  return { stopped: true };
}

test('whoever cancels is answered at once, and the thread is told', async () => {
  const lanes = createQueryLanes<string>(LANES);
  const controller = new AbortController();
  let told: Promise<unknown> | undefined;
  const query = lanes.run((_lane, pass) => {
    const stopped = untilStopped(pass);
    told = stopped;
    return stopped;
  }, controller.signal);
  controller.abort();
  await assert.rejects(query, { code: 'cancelled' });
  await told;
  await assert.rejects(
    lanes.run((_lane, pass) => untilStopped(pass), AbortSignal.abort()),
    { code: 'cancelled' },
  );
});

test('a query has a deadline', async () => {
  const lanes = createQueryLanes<string>(LANES, 20);
  await assert.rejects(
    lanes.run((_lane, pass) => untilStopped(pass)),
    { code: 'timeout' },
  );
});
