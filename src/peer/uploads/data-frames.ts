import { DATA_TYPE, encodeFrame, HEADER_BYTES, writeHeader } from '../../protocol/frame.ts';
import { DATA_BYTES_MAX } from '../../protocol/limits.ts';
import { sendSize } from '../../transport/send-size.ts';
import type { Turn } from './queue/turn.ts';

/** Bytes that are at hand, in DATA frames. */
export function* framesOf(bytes: Uint8Array): Generator<Uint8Array, void, undefined> {
  for (let offset = 0; offset < bytes.length; offset += DATA_BYTES_MAX) {
    yield encodeFrame(DATA_TYPE, bytes.subarray(offset, offset + DATA_BYTES_MAX));
  }
}

/**
 * Bytes with room for a header before them, in DATA frames as large as the turn allows and without a copy; a small rest goes with
 * the last. A frame is valid until the one after it is asked for: its last bytes make room for the next header.
 */
export function* framesInPlace(
  bytes: Buffer,
  { frameBytes }: Pick<Turn, 'frameBytes'>,
): Generator<Buffer, void, undefined> {
  for (let offset = 0; offset + HEADER_BYTES < bytes.length;) {
    const dataBytes = Math.min(sendSize(bytes.length - HEADER_BYTES - offset, frameBytes()), DATA_BYTES_MAX);
    const frame = bytes.subarray(offset, offset + HEADER_BYTES + dataBytes);
    writeHeader(frame, dataBytes, DATA_TYPE);
    yield frame;
    offset += dataBytes;
  }
}
