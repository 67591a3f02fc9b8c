import { SwapmeetError } from '../../domain/errors.ts';
import type { LoginRequest, SessionReply } from '../../protocol/codecs/session.ts';
import { proveAccount } from '../accounts.ts';
import type { ServerContext } from '../context.ts';
import { awaitReach, describeSession, enter } from '../presence.ts';
import { createResumeToken, hashResumeToken } from '../secrets.ts';
import type { Session } from '../session.ts';

/**
 * LOGIN [PROTOCOL §6.2]: begins the id's session on this connection and ends an older one. The resume token is new, and the only
 * valid one. Without a key to bind it to, whoever reads it could use it, so nobody is told it.
 *
 * @throws SwapmeetError `wrong-password`, `unknown-id`, `busy`
 */
export async function login(context: ServerContext, session: Session, request: LoginRequest): Promise<SessionReply> {
  const { username, id } = await proveAccount(context, session.remoteAddress, request);
  if (id !== request.id) {
    throw new SwapmeetError(
      'unknown-id',
      `${username} has no such id: it was never given out, was replaced, or has expired; REGISTER gives a new one`,
    );
  }
  const resumeToken = createResumeToken();
  const peer = await context.accounts.run(username, () =>
    enter(context, session, { id, username, whereabouts: request, resumeTokenHash: hashResumeToken(resumeToken) }),
  );
  context.log.info({ id, username, remote: session.remoteAddress }, 'logged in');
  await awaitReach(context, peer);
  return { ...describeSession(context, peer), resumeToken: session.certificate && resumeToken };
}
