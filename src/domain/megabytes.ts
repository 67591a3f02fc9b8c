import { SwapmeetError } from './errors.ts';

const BYTES_PER_MEGABYTE = 1_000_000;
export const MEGABYTE_DECIMALS = 6;
/** Digits before the point. */
export const MEGABYTE_DIGITS_MAX = 10;

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
  return `${whole}.${String(rest).padStart(MEGABYTE_DECIMALS, '0').replace(/0+$/, '')}`;
}

/**
 * The bytes that a `dimension_in_mb` stands for.
 *
 * @throws SwapmeetError `bad-request` where the text is not digits with at most six decimals, or exceeds 2^53 - 1 bytes
 */
export function parseMegabytes(text: string): number {
  const sizeBytes = bytesOf(text);
  if (!Number.isSafeInteger(sizeBytes)) {
    throw new SwapmeetError(
      'bad-request',
      'dimension_in_mb must be decimal megabytes with at most six decimals, such as 1.234567',
    );
  }
  return sizeBytes;
}

const POINT = 0x2e;
const ZERO = 0x30;

/** The same by going through the characters once, as a page of a search has hundreds of them; NaN where it is none. */
function bytesOf(text: string): number {
  const point = text.indexOf('.');
  const wholeEnd = point === -1 ? text.length : point;
  const decimals = point === -1 ? 0 : text.length - point - 1;
  const isShaped =
    wholeEnd > 0 && wholeEnd <= MEGABYTE_DIGITS_MAX && decimals <= MEGABYTE_DECIMALS && (decimals > 0 || point === -1);
  if (!isShaped) return Number.NaN;
  let digits = 0;
  for (let at = 0; at < text.length; at += 1) {
    const unit = text.charCodeAt(at);
    if (unit === POINT && at === point) continue;
    if (unit < ZERO || unit > ZERO + 9) return Number.NaN;
    digits = digits * 10 + (unit - ZERO);
  }
  return digits * 10 ** (MEGABYTE_DECIMALS - decimals);
}
