import * as parts from '../codecs/parts.ts';
import * as publish from '../codecs/publish.ts';
import * as session from '../codecs/session.ts';
import { LIST_PART_BYTES_MAX, SMALL_BYTES_MAX } from '../limits.ts';
import { LOGGED_IN, message } from './message.ts';

/** Lists in parts and by their changes. [PROTOCOL §6.3] */
export const PUBLISHING = {
  LIST_STATE: message({
    code: 13,
    at: 'server',
    states: LOGGED_IN,
    requestBytesMax: SMALL_BYTES_MAX,
    okBytesMax: SMALL_BYTES_MAX,
    request: session.idRequest,
    ok: publish.listStateReply,
    requestForm: 'id',
    okForm: 'revision [upload] [parts]',
  }),
  LIST_PART: message({
    code: 14,
    at: 'server',
    states: LOGGED_IN,
    requestBytesMax: LIST_PART_BYTES_MAX,
    okBytesMax: SMALL_BYTES_MAX,
    request: publish.listPartRequest,
    ok: publish.listPartReply,
    requestForm: 'token \\n part \\n file lines',
    okForm: 'part',
  }),
  LIST_COMMIT: message({
    code: 15,
    at: 'server',
    states: LOGGED_IN,
    requestBytesMax: SMALL_BYTES_MAX,
    okBytesMax: SMALL_BYTES_MAX,
    request: publish.listCommitRequest,
    ok: publish.revisionReply,
    requestForm: 'token \\n parts',
    okForm: 'revision',
  }),
  LIST_DELTA: message({
    code: 16,
    at: 'server',
    states: LOGGED_IN,
    requestBytesMax: LIST_PART_BYTES_MAX,
    okBytesMax: SMALL_BYTES_MAX,
    request: publish.listDeltaRequest,
    ok: publish.revisionReply,
    requestForm: 'revision \\n a line a change: + and a file line, or - and a filename',
    okForm: 'revision',
  }),
  PARTS: message({
    code: 34,
    at: 'server',
    states: LOGGED_IN,
    requestBytesMax: LIST_PART_BYTES_MAX,
    okBytesMax: SMALL_BYTES_MAX,
    request: parts.partsRequest,
    ok: session.sentenceReply('PARTS SUCCESS'),
    requestForm: 'file lines',
    okForm: 'PARTS SUCCESS',
  }),
} as const;
