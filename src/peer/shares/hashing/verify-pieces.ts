import { createMerkleHasher, HASH_BYTES } from '../../../domain/merkle.ts';
import { pieceCount, pieceRange } from '../../../domain/pieces.ts';
import { readChunks, withFile } from './open-file.ts';
import type { TaskControl } from './task-control.ts';
import type { VerifyTask } from './tasks.ts';

/**
 * Which pieces of a partial file are whole and right, as a bitfield: piece 0 is the high bit of byte 0 [BEP 3]. The
 * file may be sparse, shorter or longer than `sizeBytes`. Undefined when the task was stopped. Throws as `withFile` does.
 */
export function verifyPieces(task: VerifyTask, control: TaskControl, buffer: Uint8Array): Uint8Array | undefined {
  return withFile(task.path, (file) => {
    const presentBytes = Math.min(file.stamp.sizeBytes, task.sizeBytes);
    const merkle = createMerkleHasher(task.pieceBytes);
    for (const chunk of readChunks(file, 0, presentBytes, buffer)) {
      if (control.isStopped()) return undefined;
      merkle.update(chunk);
      control.advance(chunk.length);
    }
    return matchLayers(task, merkle.digest().layer, presentBytes);
  });
}

/** A piece that is present in part is not compared: the tree over a part may be of another width. */
function matchLayers(task: VerifyTask, found: Uint8Array, presentBytes: number): Uint8Array {
  const count = pieceCount(task.sizeBytes, task.pieceBytes);
  const bitfield = new Uint8Array(Math.ceil(count / 8));
  for (let index = 0; index < count; index += 1) {
    const { offset, length } = pieceRange(index, task.sizeBytes, task.pieceBytes);
    if (offset + length > presentBytes) break;
    if (!sameHash(found, task.layer, index)) continue;
    bitfield[index >> 3] = (bitfield[index >> 3] ?? 0) | (0x80 >> (index & 7));
  }
  return bitfield;
}

function sameHash(one: Uint8Array, other: Uint8Array, index: number): boolean {
  const start = index * HASH_BYTES;
  return Buffer.compare(one.subarray(start, start + HASH_BYTES), other.subarray(start, start + HASH_BYTES)) === 0;
}
