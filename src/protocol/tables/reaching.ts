import * as reach from '../codecs/reach.ts';
import * as session from '../codecs/session.ts';
import { SMALL_BYTES_MAX } from '../limits.ts';
import { LOGGED_IN, message, OPEN } from './message.ts';

const SMALL = { requestBytesMax: SMALL_BYTES_MAX, okBytesMax: SMALL_BYTES_MAX } as const;

/** How two peers meet that can't dial one another. [PROTOCOL §6.6, §7.7] */
export const REACHING = {
  ANSWER: message({
    code: 24,
    at: 'peer',
    states: ['open', 'admitted'],
    ...SMALL,
    request: reach.reachToken,
    ok: session.sentenceReply('ANSWER SUCCESS'),
    requestForm: 'token',
    okForm: 'ANSWER SUCCESS, then the sides are exchanged',
  }),
  REACH: message({
    code: 36,
    at: 'server',
    states: LOGGED_IN,
    ...SMALL,
    request: reach.reachRequest,
    ok: reach.reachToken,
    requestForm: 'id \\n dial or relay',
    okForm: 'token',
  }),
  RELAY: message({
    code: 37,
    at: 'server',
    states: OPEN,
    ...SMALL,
    request: reach.reachToken,
    ok: session.sentenceReply('RELAY SUCCESS'),
    requestForm: 'token',
    okForm: 'RELAY SUCCESS, then bytes of the other peer',
  }),
} as const;
