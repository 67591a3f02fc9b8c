import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { open, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { temporaryFolder } from '../../../test/support/processes.ts';
import { createFrameDecoder } from '../../protocol/frame.ts';
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
      nextMemory: createTurnFrames(createFramePool()).next,
      frameBytes: () => FRAME_DATA_BYTES,
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

  it('sends what was read at once in frames as large as the turn allows', async (t) => {
    const { path, remove } = await temporaryFolder('frames');
    t.after(remove);
    const file = join(path, 'file.bin');
    const content = randomBytes(100_000);
    await writeFile(file, content);
    await using handle = await open(file);
    const sizes = [1_000, 30_000, 7, 64_000, 64_000];
    const turn: Turn = {
      bytes: FRAME_DATA_BYTES,
      extend: () => 0,
      nextMemory: createTurnFrames(createFramePool()).next,
      frameBytes: () => sizes.shift() ?? 0,
      end: () => undefined,
    };
    let sentBytes = 0;
    const upload = {
      next: () => Promise.resolve(turn),
      sent: (bytes: number) => void (sentBytes += bytes),
      end: () => undefined,
    };
    const range = { offsetBytes: 0, lengthBytes: content.length };
    const verify = (): void => undefined;
    const decoder = createFrameDecoder(() => FRAME_DATA_BYTES);
    const got: Buffer[] = [];
    for await (const frame of readFrames({ handle, range, upload, turn: { ...turn, bytes: content.length }, verify })) {
      const events = decoder.push(frame);
      got.push(...events.flatMap((event) => (event.kind === 'data' ? [Buffer.from(event.bytes)] : [])));
    }
    assert.deepEqual(
      got.map(({ length }) => length),
      [1_000, 30_000, 7, 64_000, 4_993],
    );
    assert.ok(content.equals(Buffer.concat(got)));
    assert.equal(sentBytes, content.length);
  });
});
