import { SwapmeetError } from '../../domain/errors.ts';
import type { SessionReply, Whereabouts } from '../../protocol/codecs/session.ts';
import type { Caller } from '../../transport/caller.ts';

/** What a peer proves itself by; `id` and `resumeToken` are what the server gave it last. */
export type Account = {
  readonly username: string;
  readonly password: string;
  readonly invite?: string | undefined;
  readonly id?: string | undefined;
  readonly resumeToken?: string | undefined;
};

export type LoggedIn = SessionReply & { readonly id: string };

const NO_FILES = new Uint8Array();

function hasCode(error: unknown, code: SwapmeetError['code']): boolean {
  return error instanceof SwapmeetError && error.code === code;
}

/**
 * Brings a connection to `logged-in` by the cheapest way that works: the resume token, else the password, else a new
 * registration (the id has expired, or the server has lost it). [PROTOCOL §5]
 *
 * @param whereabouts where the peer may be reached
 * @param onRegistered is told of a new id before it is used, to keep it
 * @throws SwapmeetError the server's KO
 */
export async function logIn(
  caller: Caller,
  account: Account,
  whereabouts: Whereabouts,
  onRegistered: (id: string) => Promise<void>,
): Promise<LoggedIn> {
  const { username, password } = account;
  if (account.id !== undefined && account.resumeToken !== undefined) {
    try {
      const reply = await caller.call('RESUME', { id: account.id, token: account.resumeToken, ...whereabouts });
      return { ...reply, id: account.id };
    } catch (error) {
      if (!hasCode(error, 'bad-token') && !hasCode(error, 'unknown-id')) throw error;
    }
  }
  if (account.id !== undefined) {
    try {
      return {
        ...(await caller.call('LOGIN', { username, password, id: account.id, ...whereabouts })),
        id: account.id,
      };
    } catch (error) {
      // An account that is gone can't be told from a wrong password; REGISTER below can.
      if (!hasCode(error, 'unknown-id') && !hasCode(error, 'wrong-password')) throw error;
    }
  }
  const { id } = await caller.call('REGISTER', { username, password, fileList: NO_FILES, invite: account.invite });
  await onRegistered(id);
  return { ...(await caller.call('LOGIN', { username, password, id, ...whereabouts })), id };
}
