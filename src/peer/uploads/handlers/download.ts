import type { Handlers } from '../../../transport/responder.ts';
import { beginUpload } from '../begin-upload.ts';
import { findHeld } from '../held-content.ts';
import { readFrames } from '../read-frames.ts';
import type { UploadConnection, UploadContext } from '../upload-context.ts';

/**
 * DOWNLOAD: a byte range of a content, once it is this peer's turn. No byte goes out of a file that is not any more the one that
 * was hashed, so that nobody takes this peer for a liar. [PROTOCOL §7]
 */
export function downloadHandler(context: UploadContext, connection: UploadConnection): Handlers<'peer'>['DOWNLOAD'] {
  return async ({ sha1, root, ...range }, signal) => {
    const { file, assertHas, open } = findHeld(context, connection, sha1, root);
    assertHas(range);
    const upload = beginUpload(context, connection, file, signal);
    try {
      const turn = await upload.next(range.lengthBytes);
      // Not before: who waits has no file open.
      const { handle, verify } = await open();
      const data = readFrames({ handle, range, upload, turn, verify });
      return { ok: { lengthBytes: range.lengthBytes }, data, abandon: upload.end };
    } catch (error) {
      upload.end();
      throw error;
    }
  };
}
