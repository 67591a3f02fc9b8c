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

async function writeAll(descriptors: PartDescriptors, from: Buffer): Promise<void> {
  const writer = createPartWriter(descriptors);
  const [first, third] = [0, 2].map((block) => ({ offset: (block + 1) * BLOCK_BYTES, length: BLOCK_BYTES }));
  assert.ok(first && third);
  writer.writePast(from, BLOCK_BYTES, [first, third]);
  writer.write(from.subarray(BLOCK_BYTES, 2 * BLOCK_BYTES), 2 * BLOCK_BYTES);
  writer.writePast(from.subarray(3 * BLOCK_BYTES), 4 * BLOCK_BYTES, [{ offset: 4 * BLOCK_BYTES, length: BLOCK_BYTES }]);
  await writer.written();
}

const wanted = Buffer.concat([Buffer.alloc(BLOCK_BYTES), bytes]);

describe('a part writer', () => {
  it('puts each range in its place, past the cache and through it', async () => {
    assert.deepEqual(await written('both', DIRECT ?? 0, (descriptors) => writeAll(descriptors, bytes)), wanted);
  });

  it('writes through the cache what the system refuses to write past it', async () => {
    // From an odd address.
    const odd = Buffer.alloc(bytes.length + 1).subarray(1);
    bytes.copy(odd);
    assert.deepEqual(await written('odd', DIRECT ?? 0, (descriptors) => writeAll(descriptors, odd)), wanted);
  });

  it('goes past the cache with whole sectors only, and where the file was opened for it', () => {
    assert.ok(createPartWriter({ fd: 3, directFd: 4 }).canGoPast(BLOCK_BYTES));
    assert.ok(!createPartWriter({ fd: 3, directFd: 4 }).canGoPast(BLOCK_BYTES + 1));
    assert.ok(!createPartWriter({ fd: 3, directFd: undefined }).canGoPast(BLOCK_BYTES));
  });

  it('tells of a write that failed, also to those who wrote after it', async () => {
    const path = join(folder, 'read-only');
    writeFileSync(path, bytes);
    const fd = openSync(path, 'r');
    const writer = createPartWriter({ fd, directFd: fd });
    writer.writePast(bytes, 0, [{ offset: 0, length: BLOCK_BYTES }]);
    await assert.rejects(writer.written(), { code: 'EBADF' });
    writer.writePast(bytes, 0, []);
    await assert.rejects(writer.written(), { code: 'EBADF' });
    closeSync(fd);
  });
});
