import { isErrorCode, SwapmeetError } from '../domain/errors.ts';

/** A KO's payload: the stable code, a space, and a sentence that a person can act on. [PROTOCOL §3] */
export function encodeKo(error: SwapmeetError): string {
  return `${error.code} ${error.message}`;
}

/** The error that a KO tells of. A code that this version does not know is `internal`, with the whole text as its sentence. */
export function decodeKo(payload: Buffer): SwapmeetError {
  const text = payload.toString('utf8');
  const [code = '', ...words] = text.split(' ');
  return isErrorCode(code) ? new SwapmeetError(code, words.join(' ')) : new SwapmeetError('internal', text);
}
