import { isWireCode, SwapmeetError } from '../domain/errors.ts';
import { KO_SENTENCE_UNITS_MAX } from './limits.ts';

const INTERNAL_SENTENCE = 'the other side has a fault, which its log describes; try again later';

/**
 * A KO's payload: the stable code, a space, and a sentence on one line that a person can act on. What is this machine's own
 * affair (a bug, its disk, its paths) goes out as `internal` and nothing more. [PROTOCOL §3]
 */
export function encodeKo({ code, message }: SwapmeetError): string {
  if (code === 'internal' || !isWireCode(code)) return `internal ${INTERNAL_SENTENCE}`;
  return `${code} ${message.slice(0, KO_SENTENCE_UNITS_MAX).replaceAll(/\p{Cc}+/gu, ' ')}`;
}

/**
 * The error that a KO tells of. A code that this version does not know, or that is not the other side's to name, becomes
 * `internal` with the whole text as its sentence.
 */
export function decodeKo(payload: Buffer): SwapmeetError {
  const text = payload.toString('utf8');
  const [code = '', ...words] = text.split(' ');
  return isWireCode(code) ? new SwapmeetError(code, words.join(' ')) : new SwapmeetError('internal', text);
}
