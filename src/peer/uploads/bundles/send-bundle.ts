import { HEADER_BYTES } from '../../../protocol/frame.ts';
import { framesInPlace } from '../data-frames.ts';
import type { Turn } from '../queue/turn.ts';
import type { Upload } from '../upload.ts';
import type { ReadBundle } from './bundle-reader.ts';

/**
 * The bytes of a bundle in DATA frames, each of what the turn allows, and valid until the one after it is asked for. With them end the upload, and the memory's use.
 *
 * @throws the reason of the upload's signal
 */
export async function* sendBundle(
  { bytes, lengthBytes, release }: ReadBundle,
  upload: Upload,
  first: Turn,
): AsyncGenerator<Uint8Array, void, undefined> {
  let turn = first;
  let allowedBytes = turn.bytes;
  try {
    for (let offset = 0; offset < lengthBytes;) {
      const partBytes = Math.min(allowedBytes, lengthBytes - offset);
      for (const frame of framesInPlace(bytes.subarray(offset, offset + HEADER_BYTES + partBytes), turn)) {
        yield frame;
        upload.sent(frame.length - HEADER_BYTES);
      }
      offset += partBytes;
      const leftBytes = lengthBytes - offset;
      allowedBytes = leftBytes > 0 ? turn.extend(leftBytes) : 0;
      if (leftBytes === 0 || allowedBytes > 0) continue;
      turn = await upload.next(leftBytes);
      allowedBytes = turn.bytes;
    }
  } finally {
    release();
    upload.end();
  }
}
