import assert from 'node:assert/strict';
import { open, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { temporaryFolder } from '../../../test/support/processes.ts';
import { changed } from './open-files.ts';
import { readFrames } from './read-frames.ts';
import { createFramePool, FRAME_DATA_BYTES } from './queue/frame-pool.ts';
import { createTurnFrames, type Turn } from './queue/turn.ts';

describe('readFrames', () => {
  it('tells of a read that failed while the frame before it was being sent', async (t) => {
    const { path, remove } = await temporaryFolder('frames');
    t.after(remove);
    const file = join(path, 'file.bin');
    const lengthBytes = 2 * FRAME_DATA_BYTES;
    await writeFile(file, Buffer.alloc(lengthBytes));
    await using handle = await open(file);
    let ended = 0;
    const turn: Turn = {
      bytes: FRAME_DATA_BYTES,
      extend: (bytes) => bytes,
      nextFrame: createTurnFrames(createFramePool()).next,
      end: () => undefined,
    };
    const upload = { next: () => Promise.resolve(turn), sent: () => undefined, end: () => void (ended += 1) };
    let reads = 0;
    const verify = (): void => {
      if (++reads > 1) throw changed();
    };
    const frames = readFrames({ handle, range: { offsetBytes: 0, lengthBytes }, upload, turn, verify });
    await frames.next();
    // A slow receiver: an unhandled rejection would end the process here.
    while (reads < 2) await sleep(1);
    await sleep(1);
    await assert.rejects(frames.next(), { code: 'changed' });
    assert.equal(ended, 1);
  });
});
