import assert from 'node:assert/strict';
import { randomFillSync } from 'node:crypto';
import {
  closeSync,
  constants,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import fc from 'fast-check';
import { createPartWriter, type PartDescriptors } from './part-writer.ts';

const BLOCK_BYTES = 16_384;
const DIRECT = constants.O_DIRECT as number | undefined;

const folder = mkdtempSync(join(tmpdir(), 'swapmeet-part-writer-'));
after(() => {
  rmSync(folder, { recursive: true });
});

const bytes = randomFillSync(Buffer.from(new ArrayBuffer(4 * BLOCK_BYTES, { maxByteLength: 4 * BLOCK_BYTES })));

/** Opens a new file for a writer, and gives what it holds in the end. */
async function written(
  name: string,
  directFlags: number,
  write: (descriptors: PartDescriptors) => Promise<void>,
): Promise<Buffer> {
  const path = join(folder, name);
  writeFileSync(path, '');
  truncateSync(path, 5 * BLOCK_BYTES);
  const fd = openSync(path, constants.O_RDWR);
  const directFd = openSync(path, constants.O_RDWR | directFlags);
  try {
    await write({ fd, directFd });
    return readFileSync(path);
  } finally {
    closeSync(fd);
    closeSync(directFd);
  }
}

/** Without a comparison byte by byte, which for so many takes all memory there is. */
function assertSame(found: Buffer, expected: Buffer): void {
  assert.ok(found.equals(expected), 'other bytes were written');
}

async function writeAll(descriptors: PartDescriptors, from: Buffer): Promise<void> {
  const writer = createPartWriter(descriptors);
  const block = (index: number): Buffer => from.subarray(index * BLOCK_BYTES, (index + 1) * BLOCK_BYTES);
  writer.writeDirect(block(0), BLOCK_BYTES);
  writer.writeDirect(block(2), 3 * BLOCK_BYTES);
  writer.write(block(1), 2 * BLOCK_BYTES);
  writer.writeDirect(block(3), 4 * BLOCK_BYTES);
  await writer.written();
}

const wanted = Buffer.concat([Buffer.alloc(BLOCK_BYTES), bytes]);

describe('a part writer', () => {
  it('puts each range in its place, past the cache and through it', async () => {
    assertSame(await written('both', DIRECT ?? 0, (descriptors) => writeAll(descriptors, bytes)), wanted);
  });

  it('writes through the cache what the system refuses to write past it', async () => {
    // From an odd address.
    const odd = Buffer.alloc(bytes.length + 1).subarray(1);
    bytes.copy(odd);
    assertSame(await written('odd', DIRECT ?? 0, (descriptors) => writeAll(descriptors, odd)), wanted);
  });

  it('goes past the cache with whole sectors only, and where the file was opened for it', () => {
    assert.ok(createPartWriter({ fd: 3, directFd: 4 }).canWriteDirect(BLOCK_BYTES));
    assert.ok(!createPartWriter({ fd: 3, directFd: 4 }).canWriteDirect(BLOCK_BYTES + 1));
    assert.ok(!createPartWriter({ fd: 3, directFd: undefined }).canWriteDirect(BLOCK_BYTES));
  });

  it('leaves in a place what came last, past the cache or through it', async () => {
    const wrong = Buffer.from(bytes.map((byte) => byte ^ 1));
    const found = await written('order', DIRECT ?? 0, async (descriptors) => {
      const writer = createPartWriter(descriptors);
      for (let round = 0; round < 20; round += 1) {
        writer.writeDirect(wrong, BLOCK_BYTES);
        writer.write(bytes, BLOCK_BYTES);
      }
      await writer.written();
    });
    assertSame(found, wanted);
  });

  it('ends with the same bytes as writes one after the other', async () => {
    const move = fc.record({
      isDirect: fc.boolean(),
      block: fc.integer({ min: 0, max: 3 }),
      from: fc.integer({ min: 0, max: 3 }),
    });
    const block = (index: number): Buffer => bytes.subarray(index * BLOCK_BYTES, (index + 1) * BLOCK_BYTES);
    await fc.assert(
      fc.asyncProperty(fc.array(move, { minLength: 1, maxLength: 24 }), async (moves) => {
        const expected = Buffer.alloc(5 * BLOCK_BYTES);
        const found = await written('mixed', DIRECT ?? 0, async (descriptors) => {
          const writer = createPartWriter(descriptors);
          for (const { isDirect, block: to, from } of moves) {
            writer[isDirect ? 'writeDirect' : 'write'](block(from), to * BLOCK_BYTES);
            block(from).copy(expected, to * BLOCK_BYTES);
          }
          await writer.written();
        });
        assertSame(found, expected);
      }),
      { numRuns: 40 },
    );
  });

  it('tells of a write that failed, also to those who wrote after it, and writes nothing more', async () => {
    const path = join(folder, 'full');
    writeFileSync(path, '');
    const [closed, fd] = [openSync(path, 'r'), openSync(path, 'r+')];
    for (const write of ['write', 'writeDirect'] as const) {
      const writer = createPartWriter({ fd: closed, directFd: undefined });
      writer[write](bytes, 0);
      await assert.rejects(writer.written(), { code: 'EBADF' });
      const mixed = createPartWriter({ fd, directFd: closed });
      mixed.writeDirect(bytes, 0);
      mixed[write](bytes, 0);
      await assert.rejects(mixed.written(), { code: 'EBADF' });
      assert.equal(readFileSync(path).length, 0);
    }
    closeSync(closed);
    closeSync(fd);
  });
});
