import * as availability from '../codecs/availability.ts';
import * as bundle from '../codecs/bundle.ts';
import * as session from '../codecs/session.ts';
import * as transfer from '../codecs/transfer.ts';
import { PAGE_REQUEST_BYTES_MAX, SMALL_BYTES_MAX } from '../limits.ts';
import { ADMITTED, message } from './message.ts';

/** What a peer answers, beside DOWNLOAD of the core. [PROTOCOL §7] */
export const PEER_TO_PEER = {
  PRESENT: message({
    code: 20,
    at: 'peer',
    states: ['open', 'admitted'],
    requestBytesMax: SMALL_BYTES_MAX,
    okBytesMax: SMALL_BYTES_MAX,
    request: transfer.presentRequest,
    ok: session.sentenceReply('PRESENT SUCCESS'),
    requestForm: 'ticket',
    okForm: 'PRESENT SUCCESS',
  }),
  PIECE_HASHES: message({
    code: 21,
    at: 'peer',
    states: ADMITTED,
    requestBytesMax: SMALL_BYTES_MAX,
    okBytesMax: SMALL_BYTES_MAX,
    request: transfer.pieceHashesRequest,
    ok: transfer.pieceHashesReply,
    dataBytes: transfer.pieceHashesDataBytes,
    requestForm: 'sha1 [root]',
    okForm: 'root \\n size in bytes \\n piece size in bytes, then the hashes, 32 bytes each, in DATA frames',
  }),
  HAVE: message({
    code: 22,
    at: 'peer',
    states: ADMITTED,
    requestBytesMax: SMALL_BYTES_MAX,
    okBytesMax: SMALL_BYTES_MAX,
    request: availability.haveRequest,
    ok: availability.haveReply,
    dataBytes: availability.haveDataBytes,
    requestForm: 'sha1 [root]',
    okForm:
      'root \\n size in bytes \\n piece size in bytes \\n whole or part, and for a part its bitfield in DATA frames',
  }),
  BUNDLE: message({
    code: 23,
    at: 'peer',
    states: ADMITTED,
    requestBytesMax: PAGE_REQUEST_BYTES_MAX,
    okBytesMax: SMALL_BYTES_MAX,
    request: bundle.bundleRequest,
    ok: bundle.bundleReply,
    dataBytes: bundle.bundleDataBytes,
    requestForm: 'a content a line: sha1|root',
    okForm: 'a line a content: its size in bytes or -, then the contents in DATA frames',
  }),
} as const;
