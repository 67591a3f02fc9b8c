import type { FileHandle } from 'node:fs/promises';
import { HEADER_BYTES } from '../../protocol/frame.ts';
import { framesInPlace } from './data-frames.ts';
import { changed } from './open-files.ts';
import type { Turn } from './queue/turn.ts';
import type { Upload } from './upload.ts';

export type ByteRange = { readonly offsetBytes: number; readonly lengthBytes: number };

export type ReadOptions = {
  readonly handle: FileHandle;
  readonly range: ByteRange;
  readonly upload: Upload;
  /** The first of the upload. */
  readonly turn: Turn;
  /** Is called after each read and before its bytes are given out; throws where the file is not the right one. */
  readonly verify: () => void;
};

/**
 * A range of a file in DATA frames. While nobody else wants anything, the next one is read while the last is being sent; else
 * each waits for its turn. A frame is valid until the one after it is asked for. The upload ends with it.
 *
 * @throws SwapmeetError `changed` where the file ends before the range does; the reason of the upload's signal
 */
export async function* readFrames(options: ReadOptions): AsyncGenerator<Uint8Array, void, undefined> {
  const { handle, range, upload, verify } = options;
  const end = range.offsetBytes + range.lengthBytes;
  let turn = options.turn;

  /** With room for a header before what was read. */
  async function read(offset: number, lengthBytes: number): Promise<Buffer> {
    const bytes = turn.nextMemory().subarray(0, HEADER_BYTES + lengthBytes);
    await readFully(handle, bytes.subarray(HEADER_BYTES), offset);
    verify();
    return bytes;
  }

  let reading: Promise<Buffer> | undefined;
  try {
    for (let offset = range.offsetBytes; offset < end;) {
      const bytes: Buffer = await (reading ?? read(offset, turn.bytes));
      offset += bytes.length - HEADER_BYTES;
      const moreBytes = offset < end ? turn.extend(end - offset) : 0;
      reading = moreBytes > 0 ? read(offset, moreBytes) : undefined;
      // It may fail while this is still being sent, and nobody awaits it yet.
      reading?.catch(() => undefined);
      for (const frame of framesInPlace(bytes, turn)) {
        yield frame;
        upload.sent(frame.length - HEADER_BYTES);
      }
      if (offset < end && !reading) turn = await upload.next(end - offset);
    }
  } finally {
    // A read that nobody waits for any more still writes to its buffer.
    await reading?.catch(() => undefined);
    upload.end();
  }
}

async function readFully(handle: FileHandle, target: Buffer, position: number): Promise<void> {
  for (let filled = 0; filled < target.length;) {
    const { bytesRead } = await handle.read(target, filled, target.length - filled, position + filled);
    if (bytesRead === 0) throw changed();
    filled += bytesRead;
  }
}
