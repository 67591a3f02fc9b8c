import { DATA_TYPE, encodeFrame } from '../../protocol/frame.ts';
import { DATA_BYTES_MAX } from '../../protocol/limits.ts';

/** Bytes that are at hand, in DATA frames. */
export function* framesOf(bytes: Uint8Array): Generator<Uint8Array, void, undefined> {
  for (let offset = 0; offset < bytes.length; offset += DATA_BYTES_MAX) {
    yield encodeFrame(DATA_TYPE, bytes.subarray(offset, offset + DATA_BYTES_MAX));
  }
}
