import * as session from '../codecs/session.ts';
import * as watch from '../codecs/watch.ts';
import { PAGE_BYTES_MAX, PAGE_REQUEST_BYTES_MAX, SMALL_BYTES_MAX } from '../limits.ts';
import { LOGGED_IN, message } from './message.ts';

/** Standing searches. [PROTOCOL §6.3] */
export const STANDING = {
  WATCH: message({
    code: 18,
    at: 'server',
    states: LOGGED_IN,
    requestBytesMax: SMALL_BYTES_MAX,
    okBytesMax: SMALL_BYTES_MAX,
    request: watch.watchRequest,
    ok: watch.watchId,
    requestForm: 'query',
    okForm: 'watch id',
  }),
  UNWATCH: message({
    code: 19,
    at: 'server',
    states: LOGGED_IN,
    requestBytesMax: SMALL_BYTES_MAX,
    okBytesMax: SMALL_BYTES_MAX,
    request: watch.watchId,
    ok: session.sentenceReply('UNWATCH SUCCESS'),
    requestForm: 'watch id',
    okForm: 'UNWATCH SUCCESS',
  }),
  WATCHES: message({
    code: 30,
    at: 'server',
    states: LOGGED_IN,
    requestBytesMax: PAGE_REQUEST_BYTES_MAX,
    okBytesMax: PAGE_BYTES_MAX,
    request: watch.watchesRequest,
    ok: watch.watchesReply,
    requestForm: '[after] [limit]',
    okForm: 'a line a watch: watch id|query [next]',
  }),
  SEEN: message({
    code: 33,
    at: 'server',
    states: LOGGED_IN,
    requestBytesMax: SMALL_BYTES_MAX,
    okBytesMax: SMALL_BYTES_MAX,
    request: watch.seenRequest,
    ok: session.sentenceReply('SEEN SUCCESS'),
    requestForm: 'watch id \\n mark',
    okForm: 'SEEN SUCCESS',
  }),
} as const;
