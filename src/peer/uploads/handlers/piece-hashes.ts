import { SwapmeetError } from '../../../domain/errors.ts';
import { DATA_TYPE, encodeFrame } from '../../../protocol/frame.ts';
import { DATA_BYTES_MAX } from '../../../protocol/limits.ts';
import type { Handlers } from '../../../transport/responder.ts';
import { findShared } from '../find-shared.ts';
import type { UploadContext } from '../upload-context.ts';

/** PIECE_HASHES: what each piece of a content must hash to. [PROTOCOL §7] */
export function pieceHashesHandler({ index }: UploadContext): Handlers<'peer'>['PIECE_HASHES'] {
  return ({ sha1, root }) => {
    const file = findShared(index, sha1, root);
    if (file.root === undefined)
      throw new SwapmeetError('bad-request', 'an empty file has no pieces: there is nothing to fetch');
    const layer = index.pieceLayer(file);
    if (!layer) throw new SwapmeetError('not-shared', 'the content is not shared any more: ask another source');
    const ok = { root: file.root, sizeBytes: file.sizeBytes, pieceBytes: file.pieceBytes };
    return Promise.resolve({ ok, data: framesOf(layer) });
  };
}

function* framesOf(bytes: Uint8Array): Generator<Uint8Array, void, undefined> {
  for (let offset = 0; offset < bytes.length; offset += DATA_BYTES_MAX) {
    yield encodeFrame(DATA_TYPE, bytes.subarray(offset, offset + DATA_BYTES_MAX));
  }
}
