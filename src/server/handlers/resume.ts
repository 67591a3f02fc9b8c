import { SwapmeetError } from '../../domain/errors.ts';
import type { ResumeRequest, SessionReply } from '../../protocol/codecs/session.ts';
import type { ServerContext } from '../context.ts';
import { awaitReach, describeSession, enter } from '../presence.ts';
import { hashResumeToken, secretsEqual } from '../secrets.ts';
import type { LoggedIn, Session } from '../session.ts';

/**
 * RESUME [PROTOCOL §6.3]: LOGIN by the token that an earlier LOGIN gave, without the cost of a password.
 *
 * The token stays as it is: were it replaced here, a reply that gets lost would leave the peer with a token that is no
 * longer valid, just when the network is bad. In exchange it is good only with the key of the session that it was given
 * to, so a stolen token is worth nothing without the private key. The next LOGIN replaces it, LOGOUT and REGISTER drop it.
 *
 * @throws SwapmeetError `unknown-id`, `bad-token`
 */
export async function resume(context: ServerContext, session: Session, request: ResumeRequest): Promise<SessionReply> {
  const { id, token } = request;
  const registration = await context.catalog.findById(id);
  if (!registration) throw new SwapmeetError('unknown-id', 'no registration has this id (any more): REGISTER again');
  const { username } = registration;
  const peer = await context.accounts.run(username, () => enterByToken(context, session, request, username));
  context.log.info({ id, username, remote: session.remoteAddress }, 'resumed');
  await awaitReach(context, peer);
  return { ...describeSession(context, peer), resumeToken: token };
}

async function enterByToken(
  context: ServerContext,
  session: Session,
  { id, token, ...whereabouts }: ResumeRequest,
  username: string,
): Promise<LoggedIn> {
  const resumeTokenHash = hashResumeToken(token);
  const key = session.certificate?.key;
  const known = key !== undefined && (await context.catalog.findSession(id));
  if (!known || known.key !== key || !secretsEqual(known.resumeTokenHash, resumeTokenHash)) {
    throw new SwapmeetError(
      'bad-token',
      'the resume token is not valid (any more) for this key: LOGIN with the password',
    );
  }
  return enter(context, session, { id, username, whereabouts, resumeTokenHash });
}
