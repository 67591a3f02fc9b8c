import type { Handlers } from '../../../transport/responder.ts';
import type { UploadConnection, UploadContext } from '../upload-context.ts';

/** ANSWER: this peer asked for the connection, so from the OK on it is the one that asks, and is answered. [PROTOCOL §7.7] */
export function answerHandler(
  { takeAnswer }: Pick<UploadContext, 'takeAnswer'>,
  { certificate }: Pick<UploadConnection, 'certificate'>,
): Handlers<'peer'>['ANSWER'] {
  return async ({ token }) => ({ ok: undefined, handOver: await takeAnswer(token, certificate?.key) });
}
