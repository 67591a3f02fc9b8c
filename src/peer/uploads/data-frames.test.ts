import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { HEADER_BYTES } from '../../protocol/frame.ts';
import { framesInPlace } from './data-frames.ts';

describe('framesInPlace', () => {
  const sizesOf = (dataBytes: number, frameBytes: number): readonly number[] =>
    Array.from(framesInPlace(Buffer.alloc(HEADER_BYTES + dataBytes), { frameBytes: () => frameBytes }), (frame) => {
      assert.equal(frame.readUInt32BE(0), frame.length - HEADER_BYTES);
      return frame.length - HEADER_BYTES;
    });

  it('sends a small rest with the last frame rather than in one of its own', () => {
    assert.deepEqual(sizesOf(300_048, 100_000), [100_000, 100_000, 100_048]);
    assert.deepEqual(sizesOf(300_000, 100_000), [100_000, 100_000, 100_000]);
    assert.deepEqual(sizesOf(350_000, 100_000), [100_000, 100_000, 100_000, 50_000]);
    assert.deepEqual(sizesOf(48, 100_000), [48]);
  });
});
