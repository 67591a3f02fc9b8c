import assert from 'node:assert/strict';
import { it } from 'node:test';
import { createWatchLimiter } from './watch-limiter.ts';

it('a network may leave all watches of some peers at once, but not go on', () => {
  let nowMs = 0;
  const limiter = createWatchLimiter(() => nowMs);
  const admit = (): void => {
    limiter.admit('198.51.100.1');
  };
  for (let changes = 0; changes < 5_000; changes += 1) admit();
  assert.throws(admit, { code: 'busy' });
  limiter.admit('198.51.100.2');
  nowMs = 1_000;
  admit();
  admit();
  assert.throws(admit, { code: 'busy' });
});
