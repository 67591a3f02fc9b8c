import type { Entry } from '../../domain/entry.ts';
import { PATH_BYTES_MAX, SEGMENT_UNITS_MAX } from '../../domain/share-path.ts';
import { MEGABYTE_DECIMALS, MEGABYTE_DIGITS_MAX } from '../../domain/megabytes.ts';

/** Where the fields of a file line lie, in bytes, of the one that was read last. */
export type PlainFileLine = {
  pathEnd: number;
  sizeBytes: number;
  /** Where the hex digits of the SHA-1 begin. */
  sha1At: number;
  /** The same of the root; -1 where there is none. */
  rootAt: number;
  /**
   * Reads the line from `from` to before `to`. False where it is not as plain as most: in ASCII, with nothing escaped, and no more
   * than four fields. Then `decodeFileLine` says what it is, and whether it is a file line at all. What is plain stands for the same.
   */
  read(bytes: Uint8Array, from: number, to: number): boolean;
};

const SHA1_DIGITS = 40;
const ROOT_DIGITS = 64;

const ASCII_BYTES = 128;
const [BAR, SLASH, POINT, ZERO] = [0x7c, 0x2f, 0x2e, 0x30];
/** What a plain path has none of: NUL, line ends, `%`. */
const NOT_PLAIN = new Uint8Array(256).fill(1, ASCII_BYTES);
for (const byte of [0, 0x0a, 0x0d, 0x25]) NOT_PLAIN[byte] = 1;
const IS_HEX = new Uint8Array(256).fill(1, ZERO, ZERO + 10).fill(1, 0x61, 0x67);

export function createPlainFileLine(): PlainFileLine {
  const line: PlainFileLine = {
    pathEnd: 0,
    sizeBytes: 0,
    sha1At: 0,
    rootAt: -1,
    read: (bytes, from, to) => {
      line.pathEnd = pathEndOf(bytes, from, to);
      if (line.pathEnd === -1) return false;
      const sizeAt = line.pathEnd + 1;
      let sizeEnd = sizeAt;
      while (sizeEnd < to && bytes[sizeEnd] !== BAR) sizeEnd += 1;
      line.sizeBytes = sizeAt < to ? sizeOf(bytes, sizeAt, sizeEnd) : Number.NaN;
      if (!Number.isSafeInteger(line.sizeBytes)) return false;
      line.sha1At = sizeEnd + 1;
      const sha1End = line.sha1At + SHA1_DIGITS;
      line.rootAt = to === sha1End ? -1 : sha1End + 1;
      if (line.rootAt !== -1 && (bytes[sha1End] !== BAR || to !== line.rootAt + ROOT_DIGITS)) return false;
      return areHex(bytes, line.sha1At, sha1End) && areHex(bytes, sha1End + 1, to);
    },
  };
  return line;
}

/** The entry that a plain line stands for, which begins at `from`. */
export function entryOfPlainLine(
  bytes: Buffer,
  from: number,
  { pathEnd, sizeBytes, sha1At, rootAt }: PlainFileLine,
): Entry {
  const path = bytes.toString('latin1', from, pathEnd);
  const sha1 = bytes.toString('latin1', sha1At, sha1At + SHA1_DIGITS);
  if (rootAt === -1) return { path, sizeBytes, sha1 };
  return { path, sizeBytes, sha1, root: bytes.toString('latin1', rootAt, rootAt + ROOT_DIGITS) };
}

/** Where a plain path ends that a `|` follows and that `checkSharePath` takes; -1 where there is none. */
function pathEndOf(bytes: Uint8Array, from: number, to: number): number {
  let partAt = from;
  for (let at = from; at < to; at += 1) {
    const byte = bytes[at] ?? 0;
    if (byte === SLASH || byte === BAR) {
      const length = at - partAt;
      if (length === 0 || length > SEGMENT_UNITS_MAX || (bytes[partAt] === POINT && length <= 2)) return -1;
      partAt = at + 1;
      if (byte === BAR) return at - from > PATH_BYTES_MAX ? -1 : at;
    } else if (NOT_PLAIN[byte] === 1) return -1;
  }
  return -1;
}

/** The bytes that `dimension_in_mb` stands for, as `parseMegabytes` takes them; NaN where it does not. */
function sizeOf(bytes: Uint8Array, from: number, to: number): number {
  let digits = 0;
  let point = to;
  for (let at = from; at < to; at += 1) {
    const byte = bytes[at] ?? 0;
    if (byte === POINT && point === to) point = at;
    else if (byte < ZERO || byte > ZERO + 9) return Number.NaN;
    else digits = digits * 10 + byte - ZERO;
  }
  const [whole, decimals] = [point - from, Math.max(0, to - point - 1)];
  if (whole === 0 || whole > MEGABYTE_DIGITS_MAX || decimals > MEGABYTE_DECIMALS || point === to - 1) return Number.NaN;
  return digits * 10 ** (MEGABYTE_DECIMALS - decimals);
}

function areHex(bytes: Uint8Array, from: number, to: number): boolean {
  let all = 1;
  for (let at = from; at < to; at += 1) all &= IS_HEX[bytes[at] ?? 0] ?? 0;
  return all === 1;
}
