import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startThreads } from './threads.ts';

const ENDLESS = new URL('data:text/javascript,export default () => { for (;;); }');

test('closing waits a moment for what was called, then ends it', { timeout: 30_000 }, async () => {
  const threads = startThreads<{ run: () => undefined }>(ENDLESS, '', 1);
  const ended = assert.rejects(threads.call('run', []), { code: 'shutting-down' });
  const waiting = assert.rejects(threads.call('run', []), { code: 'shutting-down' });
  await threads.close();
  await Promise.all([ended, waiting]);
  await assert.rejects(threads.call('run', []), { code: 'shutting-down' });
});
