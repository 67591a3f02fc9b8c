import type { FileHandle } from 'node:fs/promises';
import { DATA_TYPE, HEADER_BYTES, writeHeader } from '../../protocol/frame.ts';
import { changed } from './open-files.ts';
import type { UploadSlots } from './upload-slots.ts';

export type ByteRange = { readonly offsetBytes: number; readonly lengthBytes: number };

/**
 * A range of a file in DATA frames, of which the next is read while the last is being sent. A frame is valid until the
 * one after it is asked for.
 *
 * @param verify is awaited after each read and before its bytes are given out; throws where the file is not the right one
 * @throws SwapmeetError `busy`, `changed` where the file ends before the range does
 */
export async function* readFrames(
  handle: FileHandle,
  range: ByteRange,
  slots: UploadSlots,
  verify: () => Promise<void>,
): AsyncGenerator<Uint8Array, void, undefined> {
  const slot = slots.take();
  const [first] = slot.frames;
  const dataBytesMax = first.length - HEADER_BYTES;
  const end = range.offsetBytes + range.lengthBytes;

  async function readFrame(offset: number, frame: Buffer): Promise<Buffer> {
    const lengthBytes = Math.min(dataBytesMax, end - offset);
    writeHeader(frame, lengthBytes, DATA_TYPE);
    const whole = frame.subarray(0, HEADER_BYTES + lengthBytes);
    await readFully(handle, whole.subarray(HEADER_BYTES), offset);
    await verify();
    return whole;
  }

  let [current, other] = slot.frames;
  let reading: Promise<Buffer> | undefined = readFrame(range.offsetBytes, current);
  try {
    for (let offset = range.offsetBytes; reading;) {
      const frame: Buffer = await reading;
      offset += frame.length - HEADER_BYTES;
      [current, other] = [other, current];
      reading = offset < end ? readFrame(offset, current) : undefined;
      // It may fail while this frame is still being sent, and nobody awaits it yet.
      reading?.catch(() => undefined);
      yield frame;
    }
  } finally {
    // A read that nobody waits for any more still writes to its buffer.
    await reading?.catch(() => undefined);
    slot.release();
  }
}

async function readFully(handle: FileHandle, target: Buffer, position: number): Promise<void> {
  for (let filled = 0; filled < target.length;) {
    const { bytesRead } = await handle.read(target, filled, target.length - filled, position + filled);
    if (bytesRead === 0) throw changed();
    filled += bytesRead;
  }
}
