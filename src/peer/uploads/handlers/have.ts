import { SwapmeetError } from '../../../domain/errors.ts';
import type { Handlers } from '../../../transport/responder.ts';
import { findShared } from '../find-shared.ts';
import type { UploadContext } from '../upload-context.ts';

/** HAVE: which pieces of a content there are here. What is shared is whole. [PROTOCOL §7] */
export function haveHandler({ index }: UploadContext): Handlers<'peer'>['HAVE'] {
  return ({ sha1, root }) => {
    const file = findShared(index, sha1, root);
    if (file.root === undefined) throw new SwapmeetError('bad-request', 'an empty file has no pieces');
    const { sizeBytes, pieceBytes } = file;
    return Promise.resolve({ ok: { root: file.root, sizeBytes, pieceBytes, isWhole: true } });
  };
}
