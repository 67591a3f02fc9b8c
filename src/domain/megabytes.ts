import { SwapmeetError } from './errors.ts';

const BYTES_PER_MEGABYTE = 1_000_000;
const DECIMALS = 6;

/**
 * A size in bytes as the wire's `dimension_in_mb`: decimal megabytes (10^6 bytes) with at most six decimals and no
 * trailing zeros, so exact to the byte: 1234567 is `1.234567`. [PROTOCOL §4]
 *
 * @param sizeBytes a safe integer ≥ 0
 */
export function formatMegabytes(sizeBytes: number): string {
  const whole = Math.floor(sizeBytes / BYTES_PER_MEGABYTE);
  const rest = sizeBytes % BYTES_PER_MEGABYTE;
  if (rest === 0) return String(whole);
  return `${whole}.${String(rest).padStart(DECIMALS, '0').replace(/0+$/, '')}`;
}

/**
 * The bytes that a `dimension_in_mb` stands for.
 *
 * @throws SwapmeetError `bad-request` where the text is not digits with at most six decimals, or exceeds 2^53 - 1 bytes
 */
export function parseMegabytes(text: string): number {
  const match = /^(\d{1,10})(?:\.(\d{1,6}))?$/.exec(text);
  const sizeBytes = match
    ? Number(match[1]) * BYTES_PER_MEGABYTE + Number((match[2] ?? '').padEnd(DECIMALS, '0'))
    : Number.NaN;
  if (!Number.isSafeInteger(sizeBytes)) {
    throw new SwapmeetError(
      'bad-request',
      'dimension_in_mb must be decimal megabytes with at most six decimals, such as 1.234567',
    );
  }
  return sizeBytes;
}
