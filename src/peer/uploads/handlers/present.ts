import { SwapmeetError } from '../../../domain/errors.ts';
import type { Handlers } from '../../../transport/responder.ts';
import { verifyTicket } from '../../../transport/tickets.ts';
import type { UploadConnection, UploadContext } from '../upload-context.ts';

/** PRESENT: who shows a ticket of this network’s server, bound to the certificate of the connection, may download. [PROTOCOL §10] */
export function presentHandler(
  context: Pick<UploadContext, 'serverCertificate' | 'now'>,
  connection: Pick<UploadConnection, 'certificate' | 'admission'>,
): Handlers<'peer'>['PRESENT'] {
  return async ({ ticket }) => {
    const server = context.serverCertificate();
    if (!server) {
      throw new SwapmeetError(
        'bad-ticket',
        'this peer has not met its server yet, so it knows no tickets: try again soon',
      );
    }
    connection.admission.admit(await verifyTicket(ticket, server, connection.certificate, context.now()));
    return { ok: undefined };
  };
}
