import { SwapmeetError } from '../../domain/errors.ts';
import { formatHostPort, type HostPort } from '../../protocol/host-port.ts';
import type { Source } from '../../protocol/codecs/search.ts';
import { askOnce } from '../../transport/ask-once.ts';
import type { Channel } from '../../transport/channel.ts';
import { dial } from '../../transport/dialler.ts';
import type { Identity } from '../../transport/identity.ts';
import { beginInnerTls } from '../../transport/inner-tls.ts';
import type { ServerLink } from '../link/server-link.ts';
import type { WayKind } from './findings.ts';
import type { ExpectedAnswers } from './expected-answers.ts';

/** Who is to be reached: a source as SOURCES lists it, if it has a key. */
export type Reachable = Pick<Source, 'id' | 'username' | 'address' | 'port' | 'addresses'> & { readonly key: string };

export type Way = {
  readonly kind: WayKind;
  /** HOST:PORT, where it is dialled. */
  readonly address?: string;
  /** @throws SwapmeetError `unreachable`, `wrong-key`, `timeout`, the server's KO */
  readonly open: (signal: AbortSignal) => Promise<Channel>;
};

export type WaysContext = {
  readonly identity: Identity;
  readonly server: HostPort & { readonly key: string };
  readonly link: Pick<ServerLink, 'call' | 'status'>;
  readonly answers: ExpectedAnswers;
};

/** For the connection and the handshake. */
const DIAL_TIMEOUT_MS = 10_000;
/** From the question to the answer, over two connections. */
const DIAL_BACK_TIMEOUT_MS = 12_000;
/** A little more than the server waits for both ends. */
const RELAY_TIMEOUT_MS = 12_000;

/** The ways to a peer that there may be, those that are likely the quickest first. */
export function waysTo(context: WaysContext, target: Reachable): Way[] {
  const { address, port, addresses = [] } = target;
  const published =
    address === undefined || port === undefined ? [] : [dialWay(context, target, 'direct', { host: address, port })];
  const [nearest, ...others] = addresses.map((nearby) => dialWay(context, target, 'private', nearby));
  return [
    ...(nearest ? [nearest] : []),
    ...published,
    ...others,
    ...(canBeDialled(context) ? [dialBackWay(context, target)] : []),
    relayWay(context, target),
  ];
}

/** Whether the server publishes where this peer is. */
function canBeDialled({ link }: WaysContext): boolean {
  const status = link.status();
  return status.state === 'online' && status.address !== undefined;
}

function dialWay({ identity }: WaysContext, { key }: Reachable, kind: 'direct' | 'private', at: HostPort): Way {
  return {
    kind,
    address: formatHostPort(at),
    open: (signal) => dial({ ...at, identity, expectedKey: key, timeoutMs: DIAL_TIMEOUT_MS, signal }),
  };
}

function dialBackWay({ link, answers }: WaysContext, { id, key }: Reachable): Way {
  return {
    kind: 'dial-back',
    open: async (signal) => {
      const timer = AbortSignal.timeout(DIAL_BACK_TIMEOUT_MS);
      const asked = link.call('REACH', { id, way: 'dial' }).then(({ token }) => token);
      try {
        return await answers.expect(key, asked, AbortSignal.any([timer, signal]));
      } catch (error) {
        if (!timer.aborted) throw error;
        throw new SwapmeetError('unreachable', 'it was asked to dial this peer, and did not come', { cause: error });
      }
    },
  };
}

function relayWay({ link, server, identity }: WaysContext, { id, key }: Reachable): Way {
  return {
    kind: 'relay',
    open: async (signal) => {
      const { token } = await link.call('REACH', { id, way: 'relay' });
      const channel = await meetAtServer({ server, identity, token, signal });
      return beginInnerTls(channel, { identity, expectedKey: key, timeoutMs: RELAY_TIMEOUT_MS, signal });
    },
  };
}

export type MeetOptions = Pick<WaysContext, 'server' | 'identity'> & {
  readonly token: string;
  readonly signal: AbortSignal;
};

/** A connection to the server that it joins with another peer's. @throws SwapmeetError `unreachable`, `wrong-key`, the server's KO */
export async function meetAtServer({ server, identity, token, signal }: MeetOptions): Promise<Channel> {
  const { host, port, key: expectedKey } = server;
  const channel = await dial({ host, port, identity, expectedKey, timeoutMs: DIAL_TIMEOUT_MS, signal });
  await askOnce(channel, 'RELAY', { token }, { timeoutMs: RELAY_TIMEOUT_MS, signal });
  return channel;
}
