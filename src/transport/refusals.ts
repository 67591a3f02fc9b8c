import { isWireCode, SwapmeetError, type ErrorCode } from '../domain/errors.ts';
import type { FrameEvent } from '../protocol/frame.ts';
import type { ConnectionState, Side } from '../protocol/messages.ts';

/** What the log has to tell, since a KO says no more of our own affairs than `internal`. That a client left is no fault. */
export function isFault(code: ErrorCode): boolean {
  return code === 'internal' || (!isWireCode(code) && code !== 'disconnected');
}

/** What a frame that is no request breaks. */
export function violationOf(
  event: Exclude<FrameEvent, { kind: 'message' }>,
): Pick<Extract<FrameEvent, { kind: 'violation' }>, 'code' | 'sentence'> {
  if (event.kind === 'violation') return event;
  return { code: 'unknown-type', sentence: 'no request carries DATA' };
}

/** Why a request is not answered in the state that its connection is in. */
export function refusal(at: Side, state: ConnectionState): SwapmeetError {
  if (state !== 'open') return new SwapmeetError('already-logged-in', 'this connection has a session: LOGOUT first');
  return at === 'server'
    ? new SwapmeetError('not-logged-in', 'log in first: LOGIN or RESUME')
    : new SwapmeetError('no-ticket', 'present a ticket first: PRESENT; one that has expired does not count');
}
