import { SwapmeetError } from '../../../domain/errors.ts';
import type { Handlers } from '../../../transport/responder.ts';
import { framesOf } from '../data-frames.ts';
import { findHeld } from '../held-content.ts';
import type { UploadConnection, UploadContext } from '../upload-context.ts';

/** HAVE: which pieces of a content there are here. What is shared is whole; of a part, HAS tells the rest. [PROTOCOL §7] */
export function haveHandler(context: UploadContext, connection: UploadConnection): Handlers<'peer'>['HAVE'] {
  return ({ sha1, root }) => {
    const { file, part } = findHeld(context, connection, sha1, root);
    if (file.root === undefined) throw new SwapmeetError('bad-request', 'an empty file has no pieces');
    const ok = { root: file.root, sizeBytes: file.sizeBytes, pieceBytes: file.pieceBytes };
    if (!part) return Promise.resolve({ ok: { ...ok, isWhole: true } });
    // From this bitfield on: both belong to the same moment.
    connection.parts.follow(part);
    part.onInterest();
    return Promise.resolve({ ok: { ...ok, isWhole: false }, data: framesOf(part.plan.verified.bitfield()) });
  };
}
