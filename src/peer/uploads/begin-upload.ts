import { SwapmeetError } from '../../domain/errors.ts';
import type { Queued } from '../../protocol/codecs/queued.ts';
import type { HeldContent } from './held-content.ts';
import { createUpload, type Upload } from './upload.ts';
import type { UploadConnection, UploadContext } from './upload-context.ts';

/**
 * The upload that answers a request of this connection.
 *
 * @param file that it is shown as
 * @throws SwapmeetError `no-ticket`
 */
export function beginUpload(
  { queue, uploads }: UploadContext,
  { admission, tell }: UploadConnection,
  file: HeldContent['file'],
  signal: AbortSignal,
): Upload {
  const peer = admission.username();
  if (peer === undefined) throw new SwapmeetError('no-ticket', 'present a ticket first: PRESENT');
  const onQueued = (place: Queued): void => {
    // Whoever is gone is noticed by the connection's end.
    tell('QUEUED', place).catch(() => undefined);
  };
  return createUpload({ queue, peer, shown: uploads.begin(peer, file), onQueued, signal });
}
