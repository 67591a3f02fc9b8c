/** The failures that a KO may name: its payload begins with the code. [PROTOCOL §3] */
export const WIRE_CODES = {
  // The frame or its text is wrong: the connection closes after the KO.
  'bad-frame': 'the header or the length of a frame is not allowed',
  'too-large': 'a frame is longer than the cap of its type',
  'bad-utf8': 'a payload is not UTF-8',
  'unknown-type': 'no request has this type',
  // The request is refused; the connection goes on.
  'bad-request': 'the payload does not have the form of its type',
  'bad-line': 'a line of a file list does not parse; the line is named and nothing is stored',
  'bad-query': 'the query does not parse; the place is named',
  'bad-name': 'a username is not allowed',
  'bad-path': 'a filename is not allowed',
  'not-logged-in': 'the request needs a LOGIN on this connection first',
  'already-logged-in': 'the connection has a session already',
  'wrong-password': 'username and password do not belong together',
  'name-taken': 'the username is registered with another password, or one that looks like it is registered',
  'unknown-id': 'no registration has this id: it was never given out, was replaced, or expired',
  'foreign-id': 'the id is not the one that is logged in on this connection',
  'invite-needed': 'the server registers only those who bring its invite',
  'bad-token': 'the token is not valid (any more): LOGIN with the password, or REACH again',
  'taken-over': 'a newer LOGIN with the same id took over the session',
  'wrong-part': 'the part is not the one that comes next, or parts are missing',
  'unknown-list': 'no list is being sent under this token: it was never begun, has taken effect, or was dropped',
  'wrong-revision': 'the revision is not that of the list in effect: send the whole list, in parts',
  'unknown-watch': 'the peer has no watch with this id',
  'too-many-watches': 'the peer has as many watches as a server keeps for one',
  unreachable: 'no connection could be made',
  'no-relay': 'the server passes on no connections between peers',
  // Peer to peer.
  'no-ticket': 'no valid ticket was presented on this connection',
  'bad-ticket': 'the ticket is expired, forged or somebody else’s',
  'not-shared': 'the content is not shared by this peer (any more)',
  'bad-range': 'the byte range does not lie inside the content',
  changed: 'the file changed on disk since it was hashed',
  // Either side.
  busy: 'too much is going on; try again later',
  timeout: 'the other side did not act within the deadline',
  cancelled: 'the asking side did not want the answer any more',
  'shutting-down': 'the answering side is about to stop',
  internal: 'a fault of the answering side, which its log describes',
} as const;

/** The failures that only this machine can know of. A KO never carries one, so nobody can make it believe that its disk is full. */
const LOCAL_CODES = {
  'wrong-key': 'the other side does not have the key that was expected',
  disconnected: 'the connection ended before the reply',
  'protocol-error': 'the other side broke the protocol',
  'not-found': 'there is no such thing',
  'no-source': 'no online peer offers the content',
  'bad-content': 'the bytes received do not have the hash that was asked for',
  'disk-full': 'there is no room on the disk',
  'disk-error': 'the disk refused an operation',
  'name-conflict': 'another file with other content has this name',
  'bad-argument': 'an argument is not of the form that it takes',
  'not-running': 'no peer is running for this data directory',
  'already-running': 'another process uses this data directory',
  unauthorized: 'the local API takes only requests that carry its token',
  forbidden: 'the local API is called only as localhost, and by no other page',
} as const;

/**
 * Every failure that a person or a program may meet, by its stable code: the first word of a KO, the `code` of an API
 * error. Programs recognise it, never the sentence that follows.
 */
export const ERROR_CODES = { ...WIRE_CODES, ...LOCAL_CODES } as const;

export type WireCode = keyof typeof WIRE_CODES;
export type ErrorCode = keyof typeof ERROR_CODES;

/** A failure with a stable code for a program and a sentence for a person that says what to do next. */
export class SwapmeetError extends Error {
  override readonly name = 'SwapmeetError';
  readonly code: ErrorCode;

  constructor(code: ErrorCode, sentence: string, options?: ErrorOptions) {
    super(sentence, options);
    this.code = code;
  }
}

/** Whether a string from elsewhere is one of our codes. */
export function isErrorCode(text: string): text is ErrorCode {
  return Object.hasOwn(ERROR_CODES, text);
}

/** Whether a string is a code that a KO may name. */
export function isWireCode(text: string): text is WireCode {
  return Object.hasOwn(WIRE_CODES, text);
}

/** Any thrown value as a SwapmeetError: ours as it is, all else as `internal` with the original as cause. */
export function toSwapmeetError(error: unknown): SwapmeetError {
  if (error instanceof SwapmeetError) return error;
  return new SwapmeetError('internal', error instanceof Error ? error.message : String(error), { cause: error });
}
