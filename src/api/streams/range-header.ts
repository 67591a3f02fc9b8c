/** What of a file a request is about: all of it, a part, or nothing that there is. */
export type WantedRange =
  | { readonly kind: 'whole' | 'unsatisfiable' }
  | { readonly kind: 'part'; readonly offset: number; readonly length: number };

const WHOLE: WantedRange = { kind: 'whole' };
const UNSATISFIABLE: WantedRange = { kind: 'unsatisfiable' };

/**
 * Reads a Range header. One that is of no known form, or asks for several ranges, is ignored, as it may be [RFC 9110 §14.2].
 *
 * @param sizeBytes of the file
 */
export function parseRange(header: string | undefined, sizeBytes: number): WantedRange {
  const found = /^bytes=(\d{0,15})-(\d{0,15})$/i.exec(header?.replaceAll(/\s/g, '') ?? '');
  const [first = '', last = ''] = found?.slice(1) ?? [];
  if (!found || (first === '' && last === '')) return WHOLE;
  if (first === '') return tail(Number(last), sizeBytes);
  const offset = Number(first);
  if (last !== '' && Number(last) < offset) return WHOLE;
  if (offset >= sizeBytes) return UNSATISFIABLE;
  const end = last === '' ? sizeBytes : Math.min(Number(last) + 1, sizeBytes);
  return { kind: 'part', offset, length: end - offset };
}

/** The last bytes. */
function tail(lengthWanted: number, sizeBytes: number): WantedRange {
  const length = Math.min(lengthWanted, sizeBytes);
  return length === 0 ? UNSATISFIABLE : { kind: 'part', offset: sizeBytes - length, length };
}
