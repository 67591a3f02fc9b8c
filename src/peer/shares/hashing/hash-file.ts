import { createHash } from 'node:crypto';
import { createMerkleHasher } from '../../../domain/merkle.ts';
import { pieceBytesFor } from '../../../domain/pieces.ts';
import { assertSameStamp, stampOf } from './file-stamp.ts';
import { readChunks, withFile } from './open-file.ts';
import type { TaskControl } from './task-control.ts';
import type { HashResult, HashTask } from './tasks.ts';

/**
 * The hashes of a file that the task wants, in one pass over it; undefined when the task was stopped. `buffer` is what
 * it reads with. Throws `changed` when the file was written meanwhile, and as `withFile` does.
 */
export function hashFile(task: HashTask, control: TaskControl, buffer: Uint8Array): HashResult | undefined {
  return withFile(task.path, (file) => {
    const { stamp } = file;
    if (stamp.sizeBytes > task.sizeBytesMax) return { stamp };
    const pieceBytes = pieceBytesFor(stamp.sizeBytes);
    const sha1 = task.parts.includes('sha1') ? createHash('sha1') : undefined;
    const merkle = task.parts.includes('tree') ? createMerkleHasher(pieceBytes) : undefined;
    for (const chunk of readChunks(file, 0, stamp.sizeBytes, buffer)) {
      if (control.isStopped()) return undefined;
      sha1?.update(chunk);
      merkle?.update(chunk);
      control.advance(chunk.length);
    }
    assertSameStamp(stamp, stampOf(file.fd, file.path), file.path);
    return {
      stamp,
      ...(sha1 && { sha1: sha1.digest('hex') }),
      ...(merkle && { tree: { pieceBytes, ...hexRoot(merkle.digest()) } }),
    };
  });
}

function hexRoot({ root, layer }: { root?: Uint8Array; layer: Uint8Array }): { root?: string; layer: Uint8Array } {
  return root ? { root: Buffer.from(root).toString('hex'), layer } : { layer };
}
