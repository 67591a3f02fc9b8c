import { hasEvent } from '../codecs/availability.ts';
import { queuedEvent } from '../codecs/queued.ts';
import { callEvent } from '../codecs/reach.ts';
import { matchEvent } from '../codecs/watch.ts';
import type { Codec } from '../codec.ts';
import { decodeKo, encodeKo } from '../ko.ts';
import { PAGE_BYTES_MAX, PAGE_REQUEST_BYTES_MAX, SMALL_BYTES_MAX } from '../limits.ts';

/** Types of this range are events. One that a client does not know has at most `SMALL_BYTES_MAX`, and is ignored. */
export const EVENT_TYPES = { first: 300, last: 399 } as const;

/** What the answering side of a connection says unasked. [PROTOCOL §8] */
export const EVENTS = {
  /** The connection is about to be closed. */
  SESSION_ENDED: {
    code: 300,
    from: 'server or peer',
    bytesMax: SMALL_BYTES_MAX,
    payload: { encode: encodeKo, decode: decodeKo },
    form: 'an error code and a sentence',
  },
  /** Something that a watch of the peer looks for was published. */
  MATCH: {
    code: 301,
    from: 'server',
    bytesMax: PAGE_BYTES_MAX,
    payload: matchEvent,
    form: 'watch id, then contents as FIND has them, each with the peer that published it [mark] [after] [more]',
  },
  /** A content that HAVE asked for on this connection has more pieces now. */
  HAS: {
    code: 302,
    from: 'peer',
    bytesMax: PAGE_REQUEST_BYTES_MAX,
    payload: hasEvent,
    form: 'sha1 \\n root \\n pieces that are there now, too: 3,7-9 \\n pieces on their way there',
  },
  /** The oldest DOWNLOAD or BUNDLE on this connection waits for an upload slot. */
  QUEUED: {
    code: 303,
    from: 'peer',
    bytesMax: SMALL_BYTES_MAX,
    payload: queuedEvent,
    form: 'position, from 1 \\n estimate in seconds, or empty',
  },
  /** Another peer wants a connection with this one. */
  CALL: {
    code: 304,
    from: 'server',
    bytesMax: SMALL_BYTES_MAX,
    payload: callEvent,
    form: 'token \\n dial or relay \\n key of the other peer [address]',
  },
} as const;

export type EventName = keyof typeof EVENTS;
export type EventOf<Name extends EventName> = (typeof EVENTS)[Name]['payload'] extends Codec<infer T> ? T : never;
