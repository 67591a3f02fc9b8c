import type { Registration } from '../catalog/catalog.ts';
import { SwapmeetError } from '../domain/errors.ts';
import type { ServerContext } from './context.ts';
import type { LoggedIn } from './session.ts';

export type Credentials = { readonly username: string; readonly password: string };

/**
 * The registration of a name, for who knows its password.
 *
 * @throws SwapmeetError `wrong-password`, whether or not the name is registered; `busy`
 */
export async function proveAccount(
  context: ServerContext,
  remoteAddress: string,
  { username, password }: Credentials,
): Promise<Registration> {
  const registration = await context.catalog.findByUsername(username);
  const right = await context.tries.attempt(remoteAddress, () =>
    context.passwords.verify(password, registration?.passwordHash),
  );
  if (registration && right) return registration;
  context.log.info({ username, remote: remoteAddress }, 'wrong password');
  throw new SwapmeetError(
    'wrong-password',
    'no registration has this username and password: correct them, or REGISTER (again, if the registration has expired)',
  );
}

/**
 * Proves once more who is logged in, before something that must not happen to an unattended connection.
 *
 * @throws SwapmeetError `foreign-id`, `wrong-password`, `busy`
 */
export async function proveSession(
  context: ServerContext,
  peer: LoggedIn,
  claim: Credentials & { readonly id: string },
): Promise<void> {
  checkOwnId(peer, claim.id);
  const { id } = await proveAccount(context, peer.session.remoteAddress, claim);
  checkOwnId(peer, id);
}

/** @throws SwapmeetError `foreign-id` */
export function checkOwnId(peer: LoggedIn, id: string): void {
  if (id === peer.id) return;
  throw new SwapmeetError('foreign-id', `this connection is logged in as ${peer.id}: name that id, or LOGOUT first`);
}
