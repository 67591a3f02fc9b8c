import type { ErrorCode } from '../domain/errors.ts';

/** The HTTP status that goes with each error code of the local API. */
export const HTTP_STATUS: Readonly<Record<ErrorCode, number>> = {
  // What was asked for is not of the form.
  'bad-argument': 400,
  'bad-request': 400,
  'bad-line': 400,
  'bad-query': 400,
  'bad-name': 400,
  'bad-path': 400,
  'bad-range': 400,
  'bad-utf8': 400,
  'too-large': 413,
  // Who asked may not.
  unauthorized: 401,
  forbidden: 403,
  // It is not there, or something else is.
  'not-found': 404,
  'unknown-id': 404,
  'not-shared': 404,
  'unknown-list': 404,
  'unknown-watch': 404,
  'no-source': 404,
  'name-conflict': 409,
  'already-running': 409,
  changed: 409,
  'wrong-part': 409,
  'wrong-revision': 409,
  cancelled: 409,
  'too-many-watches': 409,
  // The server refuses the peer until its person acts.
  'wrong-password': 409,
  'name-taken': 409,
  'foreign-id': 409,
  'invite-needed': 409,
  'bad-token': 409,
  'not-logged-in': 409,
  'already-logged-in': 409,
  'taken-over': 409,
  'no-ticket': 409,
  'bad-ticket': 409,
  // This side can't.
  internal: 500,
  'disk-error': 500,
  'disk-full': 507,
  'not-running': 503,
  'shutting-down': 503,
  busy: 503,
  // The other side did not do its part.
  'bad-frame': 502,
  'unknown-type': 502,
  'protocol-error': 502,
  'wrong-key': 502,
  'bad-content': 502,
  disconnected: 502,
  unreachable: 502,
  timeout: 504,
};
