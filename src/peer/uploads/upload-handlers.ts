import type { Handlers } from '../../transport/responder.ts';
import { answerHandler } from './handlers/answer.ts';
import { bundleHandler } from './handlers/bundle.ts';
import { downloadHandler } from './handlers/download.ts';
import { haveHandler } from './handlers/have.ts';
import { pieceHashesHandler } from './handlers/piece-hashes.ts';
import { presentHandler } from './handlers/present.ts';
import type { UploadConnection, UploadContext } from './upload-context.ts';

/** How a peer answers each request of another peer. */
export function createUploadHandlers(context: UploadContext, connection: UploadConnection): Handlers<'peer'> {
  return {
    PRESENT: presentHandler(context, connection),
    ANSWER: answerHandler(context, connection),
    PIECE_HASHES: pieceHashesHandler(context, connection),
    HAVE: haveHandler(context, connection),
    BUNDLE: bundleHandler(context, connection),
    DOWNLOAD: downloadHandler(context, connection),
  };
}
