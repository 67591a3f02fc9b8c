import { SwapmeetError } from '../../../domain/errors.ts';
import type { Handlers } from '../../../transport/responder.ts';
import { findShared } from '../find-shared.ts';
import { assertUnchanged } from '../open-files.ts';
import { readFrames, type ByteRange } from '../read-frames.ts';
import type { UploadConnection, UploadContext } from '../upload-context.ts';

/**
 * DOWNLOAD: a byte range of a content. No byte goes out of a file that is not any more the one that was hashed, so that
 * nobody takes this peer for a liar. [PROTOCOL §7]
 */
export function downloadHandler(
  { index, slots }: UploadContext,
  { files }: UploadConnection,
): Handlers<'peer'>['DOWNLOAD'] {
  return async ({ sha1, root, ...range }) => {
    const file = findShared(index, sha1, root);
    assertInside(range, file.sizeBytes);
    const handle = await files.open(file);
    const data = readFrames(handle, range, slots, () => assertUnchanged(handle, file, index));
    return { ok: { lengthBytes: range.lengthBytes }, data };
  };
}

function assertInside({ offsetBytes, lengthBytes }: ByteRange, sizeBytes: number): void {
  if (offsetBytes + lengthBytes <= sizeBytes) return;
  throw new SwapmeetError('bad-range', `the content has ${sizeBytes} bytes, so the range does not lie inside it`);
}
