import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createHasAllowance } from './has-allowance.ts';

describe('what a connection may tell by HAS', () => {
  it('is what an honest one has to say, also where it all comes at the end', () => {
    let nowMs = 0;
    const allowance = createHasAllowance(() => nowMs);
    nowMs = 600_000;
    for (let told = 0; told < 10 * 600; told += 1) allowance.spend();
  });

  it('is less than a flood', () => {
    let nowMs = 0;
    const allowance = createHasAllowance(() => nowMs);
    assert.throws(
      () => {
        for (;;) {
          nowMs += 1;
          allowance.spend();
        }
      },
      { code: 'protocol-error' },
    );
    assert.ok(nowMs < 2_000);
  });
});
