import assert from 'node:assert/strict';
import { createHash, randomFillSync } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import fc from 'fast-check';
import { createMerkleHasher } from '../../../domain/merkle.ts';
import type { Content } from '../content.ts';
import { createAssembler } from './assembler.ts';
import type { PieceVerdict } from './operations.ts';
import type { PartFile } from './part-file.ts';

const PIECE_BYTES = 65_536;
const BLOCK_BYTES = 16_384;
const SIZE_BYTES = 11 * PIECE_BYTES + 5_000;
const BLOCKS = Math.ceil(SIZE_BYTES / BLOCK_BYTES);
const [ADA, EVE] = [1, 2];

const bytes = randomFillSync(Buffer.alloc(SIZE_BYTES));
const merkle = createMerkleHasher(PIECE_BYTES);
merkle.update(bytes);
const { layer } = merkle.digest();
const content: Content = {
  sha1: createHash('sha1').update(bytes).digest('hex'),
  sizeBytes: SIZE_BYTES,
  pieceBytes: PIECE_BYTES,
};

const folder = await mkdtemp(join(tmpdir(), 'swapmeet-assembler-'));
const assembler = createAssembler();
after(async () => {
  await assembler.close();
  await rm(folder, { recursive: true });
});

const signal = new AbortController().signal;

/** Sends blocks `from` to `to` as somebody has them. */
async function send(part: PartFile, from: number, to: number, sender: number): Promise<readonly PieceVerdict[]> {
  const offset = from * BLOCK_BYTES;
  const length = Math.min(to * BLOCK_BYTES, SIZE_BYTES) - offset;
  const buffer = part.pool.take();
  bytes.copy(buffer, 0, offset, offset + length);
  if (sender === EVE) buffer.writeUInt8(buffer.readUInt8(0) ^ 1, 0);
  return part.write(buffer, offset, length, sender);
}

/** Has everything sent that is not there yet, and looks at the file. */
async function finish(part: PartFile, path: string): Promise<void> {
  for (let block = 0; block < BLOCKS; block += 4) await send(part, block, Math.min(block + 4, BLOCKS), ADA);
  assert.equal(await part.sha1.digest(SIZE_BYTES, signal), content.sha1);
  await part.flush();
  assert.deepEqual(await readFile(path), bytes);
}

describe('an assembler', () => {
  it('puts together what comes in any order, twice or wrong, and knows its SHA-1', async () => {
    const ranges = fc.tuple(fc.nat(BLOCKS - 1), fc.integer({ min: 1, max: 8 }), fc.constantFrom(ADA, ADA, ADA, EVE));
    let run = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(ranges, { maxLength: 30 }), fc.boolean(), async (sent, areTogether) => {
        run += 1;
        const path = join(folder, `${run}.part`);
        await writeFile(path, '');
        const part = await assembler.open({ path, content, layer, verified: new Uint8Array() });
        const sending: Promise<readonly PieceVerdict[]>[] = [];
        for (const [from, blocks, sender] of sent) {
          sending.push(send(part, from, Math.min(from + blocks, BLOCKS), sender));
          if (!areTogether) await sending.at(-1);
        }
        await Promise.all(sending);
        await part.distrust(EVE);
        await finish(part, path);
        await part.close();
      }),
      { numRuns: 40 },
    );
  });

  it('goes on with a file that has its start', async () => {
    const path = join(folder, 'resumed.part');
    await writeFile(path, bytes.subarray(0, 3 * PIECE_BYTES));
    const part = await assembler.open({ path, content, layer, verified: Uint8Array.of(0b1110_0000, 0) });
    part.sha1.advance(3 * PIECE_BYTES);
    await finish(part, path);
    await part.close();
  });
});
