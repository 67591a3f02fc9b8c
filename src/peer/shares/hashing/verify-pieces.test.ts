import assert from 'node:assert/strict';
import { closeSync, ftruncateSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { createMerkleHasher } from '../../../domain/merkle.ts';
import { createHashPool, type ExpectedPieces } from './hash-pool.ts';

const PIECE_BYTES = 65_536;
const SIZE_BYTES = 10 * PIECE_BYTES + 1000;

const folder = mkdtempSync(join(tmpdir(), 'swapmeet-verify-'));
const pool = createHashPool({ threads: 1 });
after(async () => {
  await pool.close();
  rmSync(folder, { recursive: true });
});

const whole = Buffer.from(Uint8Array.from({ length: SIZE_BYTES }, (_, index) => (index % 251) ^ (index >> 14)));

function expectedOf(bytes: Uint8Array): ExpectedPieces {
  const merkle = createMerkleHasher(PIECE_BYTES);
  merkle.update(bytes);
  return { sizeBytes: bytes.length, pieceBytes: PIECE_BYTES, layer: merkle.digest().layer };
}

/** A sparse file with these pieces in their places, and of this length. */
function makePartial(name: string, pieces: readonly number[], lengthBytes = SIZE_BYTES): string {
  const path = join(folder, name);
  const fd = openSync(path, 'w');
  for (const index of pieces) {
    const piece = whole.subarray(index * PIECE_BYTES, (index + 1) * PIECE_BYTES);
    writeSync(fd, piece, 0, piece.length, index * PIECE_BYTES);
  }
  ftruncateSync(fd, lengthBytes);
  closeSync(fd);
  return path;
}

test('the pieces of a sparse file that are there are found', async () => {
  const path = makePartial('sparse', [0, 3, 8, 10]);
  assert.deepEqual(await pool.verifyPieces(path, expectedOf(whole)), Uint8Array.of(0b1001_0000, 0b1010_0000));
});

test('a file cut short has the pieces that are whole in it', async () => {
  const path = makePartial('short', [0, 1, 2], 2 * PIECE_BYTES + 500);
  assert.deepEqual(await pool.verifyPieces(path, expectedOf(whole)), Uint8Array.of(0b1100_0000, 0));
});

test('what lies behind the size does not matter', async () => {
  const path = makePartial('long', [9, 10], SIZE_BYTES + 5 * PIECE_BYTES);
  assert.deepEqual(await pool.verifyPieces(path, expectedOf(whole)), Uint8Array.of(0, 0b0110_0000));
});

test('a file of less than a piece is one piece, with a tree of its own width', async () => {
  const small = whole.subarray(0, 20_000);
  assert.deepEqual(await pool.verifyPieces(makePartial('small', [0], 20_000), expectedOf(small)), Uint8Array.of(0x80));
  assert.deepEqual(await pool.verifyPieces(makePartial('less', [0], 16_384), expectedOf(small)), Uint8Array.of(0));
});

test('a file that is not there and a layer of another size are errors', async () => {
  const expected = expectedOf(whole);
  await assert.rejects(pool.verifyPieces(join(folder, 'missing'), expected), { code: 'not-found' });
  const wrong = { ...expected, sizeBytes: SIZE_BYTES + PIECE_BYTES };
  await assert.rejects(pool.verifyPieces(makePartial('any', []), wrong), { code: 'bad-argument' });
});
