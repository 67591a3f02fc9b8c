import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createRecall } from './recall.ts';

describe('recall', () => {
  it('makes again only what was not asked for lately', () => {
    const made: string[] = [];
    const recall = createRecall<Uint8Array>(3 * 2_000);
    const ask = (text: string): number =>
      recall(text, () => {
        made.push(text);
        return new Uint8Array(1_000);
      }).length;
    for (const text of ['a', 'b', 'c', 'a', 'd', 'a', 'b']) assert.equal(ask(text), 1_000);
    assert.deepEqual(made, ['a', 'b', 'c', 'd', 'b']);
  });

  it('gives what is too large to be remembered', () => {
    const recall = createRecall<Uint8Array>(10);
    assert.equal(recall('a', () => new Uint8Array(100)).length, 100);
  });
});
