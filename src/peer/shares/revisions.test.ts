import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { createRevisions } from './revisions.ts';

async function timeOf(task: Promise<unknown>): Promise<number> {
  const startMs = performance.now();
  await task;
  return performance.now() - startMs;
}

describe('revisions', { concurrency: true }, () => {
  test('pass changes on when they have calmed down', async (t) => {
    const revisions = createRevisions(() => false);
    revisions.bump();
    const later = setTimeout(revisions.bump, 200);
    t.after(() => {
      clearTimeout(later);
    });
    const waitedMs = await timeOf(revisions.changed(0, t.signal));
    assert.equal(revisions.current(), 2);
    assert.ok(waitedMs >= 450, `${waitedMs} ms`);
  });

  test('pass changes on that do not calm down', async (t) => {
    const revisions = createRevisions(() => false);
    revisions.bump();
    const always = setInterval(revisions.bump, 100);
    t.after(() => {
      clearInterval(always);
    });
    const waitedMs = await timeOf(revisions.changed(0, t.signal));
    assert.ok(waitedMs >= 1_900 && waitedMs < 2_900, `${waitedMs} ms`);
  });

  test('wait longer while much goes on, but not when that ends', async (t) => {
    let isBusy = true;
    const revisions = createRevisions(() => isBusy);
    revisions.bump();
    setTimeout(() => {
      isBusy = false;
      revisions.calm();
    }, 600);
    const waitedMs = await timeOf(revisions.changed(0, t.signal));
    assert.ok(waitedMs >= 550 && waitedMs < 2_000, `${waitedMs} ms`);
  });

  test('reject with the reason of the signal', async () => {
    const revisions = createRevisions(() => false);
    await assert.rejects(revisions.changed(0, AbortSignal.timeout(10)), { name: 'TimeoutError' });
  });
});
