import type { NewRegistration, PasswordHash, Registration } from '../../catalog/catalog.ts';
import { SwapmeetError } from '../../domain/errors.ts';
import type { IdReply, RegisterRequest } from '../../protocol/codecs/session.ts';
import type { Needs } from '../context.ts';
import { createId, secretsEqual } from '../secrets.ts';
import type { Session } from '../session.ts';

type Context = Needs<
  'findByUsername' | 'register',
  'invite' | 'passwords' | 'tries' | 'newcomers' | 'accounts' | 'sessions' | 'standing' | 'log' | 'now'
>;

/**
 * REGISTER [PROTOCOL §6.2]: a fresh id, with its whole list, for a free name or for who knows the name's password. In the latter
 * case the old id, its entries and its session are gone.
 *
 * @throws SwapmeetError `name-taken`, `invite-needed`, `bad-line`, `busy`
 */
export async function register(context: Context, session: Session, request: RegisterRequest): Promise<IdReply> {
  const { username, fileList } = request;
  // Hashing takes long, so it happens outside the lock; if somebody was faster meanwhile, the answer may be another.
  for (;;) {
    const existing = await context.catalog.findByUsername(username);
    const passwordHash = await authorise(context, session, request, existing);
    const id = createId();
    const revision = await context.accounts.run(username, async () => {
      const current = await context.catalog.findByUsername(username);
      if (current?.id !== existing?.id) return undefined;
      const made = await store(context, session, { id, username, passwordHash, fileList, replacesId: existing?.id });
      if (existing) {
        endReplaced(context, session, existing.id);
        await context.standing.call('forget', [[existing.id]]);
      }
      return made;
    });
    if (revision !== undefined) {
      context.standing.published({ id, username }, { kind: 'list', fileList, revision });
      context.log.info({ id, username, replaces: existing?.id, remote: session.remoteAddress }, 'registered');
      return { id };
    }
  }
}

/** A list that is refused took as long as a wrong password, and costs as much. */
async function store(context: Context, session: Session, registration: NewRegistration): Promise<string> {
  try {
    return await context.catalog.register(registration, context.now());
  } catch (error) {
    if (error instanceof SwapmeetError && error.code === 'bad-line') context.tries.fail(session.remoteAddress);
    throw error;
  }
}

function isInvited(context: Context, invite: string | undefined): boolean {
  return context.invite === undefined || (invite !== undefined && secretsEqual(invite, context.invite));
}

/** The password hash to register with. Who brings no invite does not learn, not even by the time it takes, which names exist. */
async function authorise(
  context: Context,
  session: Session,
  { password, invite }: RegisterRequest,
  existing: Registration | undefined,
): Promise<PasswordHash> {
  const invited = isInvited(context, invite);
  if (!existing && invited) {
    // Who brings an invite is somebody's guest; where nobody needs one, a program could take all names.
    if (context.invite === undefined) context.newcomers.admit(session.remoteAddress);
    context.tries.check(session.remoteAddress);
    return context.passwords.hash(password);
  }
  const right = await context.tries.attempt(session.remoteAddress, () =>
    context.passwords.verify(password, existing?.passwordHash),
  );
  if (existing && right) return existing.passwordHash;
  if (invited) {
    throw new SwapmeetError(
      'name-taken',
      'the username is registered with another password: correct it, or choose another name',
    );
  }
  throw new SwapmeetError(
    'invite-needed',
    'this server registers newcomers by invite: send the one of the join link as |invite=, or the right password of a registered name',
  );
}

function endReplaced(context: Context, session: Session, replacedId: string): void {
  const replaced = context.sessions.end(replacedId)?.session;
  if (replaced === session) session.state = { kind: 'open' };
  else replaced?.end(new SwapmeetError('unknown-id', 'a new REGISTER replaced this id: log in with the new one'));
}
