import { SwapmeetError } from '../../../domain/errors.ts';
import type { Handlers } from '../../../transport/responder.ts';
import { framesOf } from '../data-frames.ts';
import { findHeld } from '../held-content.ts';
import type { UploadConnection, UploadContext } from '../upload-context.ts';

/** PIECE_HASHES: what each piece of a content must hash to. [PROTOCOL §7] */
export function pieceHashesHandler(
  context: UploadContext,
  connection: UploadConnection,
): Handlers<'peer'>['PIECE_HASHES'] {
  return ({ sha1, root }) => {
    const { file, pieceLayer } = findHeld(context, connection, sha1, root);
    if (file.root === undefined)
      throw new SwapmeetError('bad-request', 'an empty file has no pieces: there is nothing to fetch');
    const layer = pieceLayer();
    if (!layer) throw new SwapmeetError('not-shared', 'the content is not shared any more: ask another source');
    const ok = { root: file.root, sizeBytes: file.sizeBytes, pieceBytes: file.pieceBytes };
    return Promise.resolve({ ok, data: framesOf(layer) });
  };
}
