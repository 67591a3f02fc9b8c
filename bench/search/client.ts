import { parseJoinLink } from '../../src/protocol/join-link.ts';
import { createCaller, type Caller } from '../../src/transport/caller.ts';
import type { Channel } from '../../src/transport/channel.ts';
import { dial } from '../../src/transport/dialler.ts';
import type { Identity } from '../../src/transport/identity.ts';
import { listen, type Listener } from '../../src/transport/listener.ts';
import { idOf, RESUME_TOKEN } from './accounts.ts';

/** What a client needs to reach the server under test, as plain data. */
export type ServerAddress = { readonly joinLink: string; readonly identityFile: string };

/** No request of a bench may wait longer for its reply. */
export const REPLY_TIMEOUT_MS = 600_000;

/** Names no port that anybody listens on: such a peer isn't published, and the server's dial-back fails at once. */
export const NOBODY_LISTENS = 9;

/** Dials the server over TLS. What a watch of the account matches is seen at once. */
export async function connect(joinLink: string, identity: Identity): Promise<Caller> {
  const { host, port, key } = parseJoinLink(joinLink);
  const channel = await dial({ host, port, identity, expectedKey: key, timeoutMs: 60_000 });
  const caller: Caller = createCaller(channel, {
    MATCH: ({ watch, mark }) => {
      // The connection may end first: then nobody sees it.
      caller.call('SEEN', { watch, mark }).catch(() => undefined);
    },
  });
  return caller;
}

/** Resumes the session of an account. @param port where its peer listens */
export async function resume(caller: Caller, username: string, port = NOBODY_LISTENS): Promise<void> {
  const request = { id: idOf(username), token: RESUME_TOKEN, port };
  await caller.call('RESUME', request, { timeoutMs: REPLY_TIMEOUT_MS });
}

/** A connection on which an account is logged in. */
export async function connectAs(
  joinLink: string,
  identity: Identity,
  username: string,
  port?: number,
): Promise<Caller> {
  const caller = await connect(joinLink, identity);
  await resume(caller, username, port);
  return caller;
}

/** Answers the server's dial-backs, so that whoever resumes with its port is published. */
export function listenForServer(identity: Identity): Promise<Listener> {
  const onChannel = (channel: Pick<Channel, 'destroy'>): void => {
    channel.destroy();
  };
  return listen({ host: '127.0.0.1', port: 0, identity, onChannel });
}
