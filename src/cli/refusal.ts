import { toSwapmeetError, SwapmeetError, type ErrorCode } from '../domain/errors.ts';

/** What a person does about a server that refuses their peer, where its own sentence speaks to a program or names no way out. */
const WAYS_OUT: Readonly<Partial<Record<ErrorCode, string>>> = {
  'invite-needed':
    'the server takes newcomers only by invite, and the join link’s is missing or wrong: give --join with the whole link, in quotes, as the server prints it',
  'wrong-key':
    'the server does not have the key that the join link names: ask whoever runs it for the link that it prints now, and give that with --join',
  'name-taken':
    'somebody registered this name with another password: give --name with another one or, if it is yours, the password with --ask-password',
  'wrong-password': 'the server knows another password for this name: give the right one with --ask-password',
};

/** Why the server refuses a peer, with what the person who started it does next. */
export function explainRefusal(thrown: unknown): SwapmeetError {
  const error = toSwapmeetError(thrown);
  const wayOut = WAYS_OUT[error.code];
  return wayOut === undefined ? error : new SwapmeetError(error.code, wayOut, { cause: error });
}
