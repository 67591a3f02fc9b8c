import { SwapmeetError } from '../../domain/errors.ts';
import { formatHostPort, type HostPort } from '../host-port.ts';
import { fieldsPayload, takeHex, takeLines, takeOptional, textCodec, type Codec } from '../codec.ts';
import { takeAddress } from './addresses.ts';
import { takeId } from './session.ts';

/** How two peers are brought together: one dials the other after all, or the server passes their bytes on. */
export const REACH_WAYS = ['dial', 'relay'] as const;
export type ReachWay = (typeof REACH_WAYS)[number];

/** Asks for a connection with the online peer `id`. */
export type ReachRequest = { readonly id: string; readonly way: ReachWay };

/** What both ends of the connection to come name it by. */
export type ReachToken = { readonly token: string };

/** The server asks a peer to meet another. */
export type Call = ReachToken & {
  readonly way: ReachWay;
  /** The other peer's key. */
  readonly key: string;
  /** Where to dial it. */
  readonly address?: HostPort | undefined;
};

function takeWay(text: string): ReachWay {
  const way = REACH_WAYS.find((known) => known === text);
  if (way) return way;
  throw new SwapmeetError('bad-request', `a way is one of ${REACH_WAYS.join(', ')}`);
}

function takeToken(text: string): string {
  if (/^[0-9A-Za-z_-]{16,64}$/.test(text)) return text;
  throw new SwapmeetError('bad-request', 'a token has 16 to 64 letters, digits, - and _');
}

export const reachRequest: Codec<ReachRequest> = textCodec(
  ({ id, way }) => fieldsPayload([id, way]),
  ({ lines }) => {
    const [id, way] = takeLines(lines, ['id', 'dial or relay']);
    return { id: takeId(id), way: takeWay(way) };
  },
);

/** A payload that is a token: REACH's OK, ANSWER and RELAY. */
export const reachToken: Codec<ReachToken> = textCodec(
  ({ token }) => fieldsPayload([token]),
  ({ lines }) => {
    const [token] = takeLines(lines, ['the token']);
    return { token: takeToken(token) };
  },
);

/** CALL's payload. */
export const callEvent: Codec<Call> = textCodec(
  ({ token, way, key, address }) => fieldsPayload([token, way, key], { address: address && formatHostPort(address) }),
  ({ lines, attributes }) => {
    const [token, way, key] = takeLines(lines, ['the token', 'dial or relay', 'key']);
    return {
      token: takeToken(token),
      way: takeWay(way),
      key: takeHex('key', key, 64),
      address: takeOptional(attributes['address'], takeAddress),
    };
  },
);
