import type { Codec } from '../codec.ts';

/**
 * The state of the connection on which a request arrives: `open` until a LOGIN, RESUME or PRESENT succeeded, then
 * `logged-in` (at the server) or `admitted` (at a peer). [PROTOCOL §5]
 */
export type ConnectionState = 'open' | 'logged-in' | 'admitted';

export type Side = 'server' | 'peer';

export type Message<At extends Side, Request, Ok> = {
  /** The request's type; OK is `code` + 100, KO is `code` + 200. */
  readonly code: number;
  /** Who answers. */
  readonly at: At;
  readonly states: readonly ConnectionState[];
  readonly requestBytesMax: number;
  readonly okBytesMax: number;
  readonly request: Codec<Request>;
  readonly ok: Codec<Ok>;
  /** Whether a CANCEL that comes before the answer takes the request back. */
  readonly cancellable: boolean;
  /** How many bytes follow the OK in DATA frames. */
  readonly dataBytes: (ok: Ok) => number;
  /** The payloads' forms, for a reader: `\n` separates lines, brackets mark attribute lines. */
  readonly requestForm: string;
  readonly okForm: string;
};

/** An entry of the message table. */
export function message<const At extends Side, Request, Ok>(
  entry: Omit<Message<At, Request, Ok>, 'dataBytes' | 'cancellable'> &
    Partial<Pick<Message<At, Request, Ok>, 'dataBytes' | 'cancellable'>>,
): Message<At, Request, Ok> {
  return { cancellable: false, dataBytes: () => 0, ...entry };
}

export const ANY_AT_SERVER = ['open', 'logged-in'] as const;
export const LOGGED_IN = ['logged-in'] as const;
export const OPEN = ['open'] as const;
export const ADMITTED = ['admitted'] as const;
