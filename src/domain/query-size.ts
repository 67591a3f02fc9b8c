/** Sizes in bytes, both ends inclusive. */
export type SizeRange = { readonly minBytes: number; readonly maxBytes: number };

const BYTES_OF_UNIT: Readonly<Record<string, number>> = {
  '': 1,
  b: 1,
  kb: 1e3,
  mb: 1e6,
  gb: 1e9,
  tb: 1e12,
  kib: 2 ** 10,
  mib: 2 ** 20,
  gib: 2 ** 30,
  tib: 2 ** 40,
};

/** What `size:` takes, for an error's sentence. */
export const SIZE_FORM =
  '>, >=, <, <= or = before a size, or a range of two, in B, kB, MB, GB, TB, KiB, MiB, GiB or TiB: size:>100MB, size:1GB..2GB';

/** A number with a unit as bytes, rounded to a whole one; undefined where it is none, or over 2^53 - 1. */
export function parseSizeBytes(text: string): number | undefined {
  const [, digits, unit = ''] = /^(\d{1,16}(?:\.\d{1,16})?)([a-z]{0,3})$/i.exec(text) ?? [];
  const unitBytes = BYTES_OF_UNIT[unit.toLowerCase()];
  if (digits === undefined || unitBytes === undefined) return undefined;
  const bytes = Math.round(Number(digits) * unitBytes);
  return Number.isSafeInteger(bytes) ? bytes : undefined;
}

function rangeOf(operator: string, bytes: number): SizeRange {
  switch (operator) {
    case '>':
      return { minBytes: bytes + 1, maxBytes: Infinity };
    case '>=':
      return { minBytes: bytes, maxBytes: Infinity };
    case '<':
      return { minBytes: 0, maxBytes: bytes - 1 };
    case '<=':
      return { minBytes: 0, maxBytes: bytes };
    default:
      return { minBytes: bytes, maxBytes: bytes };
  }
}

/** The sizes that a `size:` filter's value lets through, or undefined where it is not of the form. */
export function parseSizeRange(text: string): SizeRange | undefined {
  const [from = '', to, ...more] = text.split('..');
  if (to !== undefined) {
    if (more.length > 0) return undefined;
    const minBytes = parseSizeBytes(from);
    const maxBytes = parseSizeBytes(to);
    return minBytes === undefined || maxBytes === undefined ? undefined : { minBytes, maxBytes };
  }
  const [, operator = '', size = ''] = /^([<>]=?|=?)(.*)$/s.exec(text) ?? [];
  const bytes = parseSizeBytes(size);
  return bytes === undefined ? undefined : rangeOf(operator, bytes);
}
