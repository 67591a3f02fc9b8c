import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { createThread } from './threads.ts';

function moduleOf(t: TestContext, answer: string): URL {
  const folder = mkdtempSync(join(tmpdir(), 'swapmeet-thread-'));
  t.after(() => {
    rmSync(folder, { recursive: true });
  });
  writeFileSync(join(folder, 'thread.mjs'), `export default ${answer};`);
  return pathToFileURL(join(folder, 'thread.mjs'));
}

test('closing waits a moment for what was called, then ends it', { timeout: 30_000 }, async (t) => {
  const thread = createThread<{ run: () => undefined }>(moduleOf(t, '() => { for (;;); }'), '', {
    closeTimeoutMs: 100,
  });
  const ended = assert.rejects(thread.call('run', []), { code: 'shutting-down' });
  const waiting = assert.rejects(thread.call('run', []), { code: 'shutting-down' });
  await thread.close();
  await Promise.all([ended, waiting]);
  await assert.rejects(thread.call('run', []), { code: 'shutting-down' });
});

test('closing lets what waits for a call before it come to its end', { timeout: 30_000 }, async (t) => {
  const echo = moduleOf(t, '(calls) => calls.map(({ args }) => ({ value: args[0] }))');
  const thread = createThread<{ run: (at: number) => number }>(echo, '');
  const called = Promise.all([1, 2, 3].map((at) => thread.call('run', [at])));
  await thread.close();
  assert.deepEqual(await called, [1, 2, 3]);
});

test('what is called at a time is run together, as far as it may be', { timeout: 30_000 }, async (t) => {
  const echo = moduleOf(t, '(calls) => calls.map(() => ({ value: calls.length }))');
  const thread = createThread<{ run: () => number }>(echo, '', { callsTogether: 10 });
  const together = await Promise.all(Array.from({ length: 11 }, () => thread.call('run', [])));
  assert.deepEqual(together, [...Array.from({ length: 10 }, () => 10), 1]);
  await thread.close();
});

test(
  'a thread that can’t start fails what was called, and the next call tries again',
  { timeout: 30_000 },
  async (t) => {
    const module = moduleOf(t, 'missing');
    const thread = createThread<{ run: (at: number) => number }>(module, '');
    await assert.rejects(thread.call('run', [1]), { code: 'internal' });
    writeFileSync(module, 'export default (calls) => calls.map(({ args }) => ({ value: args[0] }));');
    assert.equal(await thread.call('run', [2]), 2);
    await thread.close();
  },
);

test('a thread that nobody calls ends, and the next call starts it again', { timeout: 30_000 }, async (t) => {
  const counting = moduleOf(
    t,
    '(calls) => calls.map(() => ({ value: (globalThis.count = (globalThis.count ?? 0) + 1) }))',
  );
  const thread = createThread<{ run: () => number }>(counting, '', { idleMs: 20 });
  assert.ok(!thread.isThere());
  await thread.started();
  const first = thread.call('run', []);
  await thread.started();
  assert.equal(await first, 1);
  while (thread.isThere()) await sleep(5);
  assert.equal(await thread.call('run', []), 1, 'what the former one knew is gone');
  assert.ok(thread.isThere());
  await thread.close();
});
