import type { Entry } from '../../domain/entry.ts';

const SHA1_BYTES = 20;
const ROOT_BYTES = 32;
/** A safe integer takes 53 bits; the highest of these says whether there is a root. */
const SIZE_BYTES = 7;
const SIZE_AT = SHA1_BYTES + ROOT_BYTES;
const FLAG_AT = SIZE_AT + SIZE_BYTES - 1;
const HAS_ROOT = 0x80;

/** What an entry says of its content, as it lies in a segment: SHA-1, root (zeros where it has none) and size. */
export const CONTENT_BYTES = SIZE_AT + SIZE_BYTES;

/** An entry without its path. */
export type Content = Pick<Entry, 'sizeBytes' | 'sha1' | 'root'>;

/** Lays a content down at a place. */
export function putContent(target: Buffer, at: number, { sha1, root, sizeBytes }: Content): void {
  target.write(sha1, at, SHA1_BYTES, 'hex');
  putSize(target, at, sizeBytes);
  if (root === undefined) {
    target.fill(0, at + SHA1_BYTES, at + SIZE_AT);
    return;
  }
  target.write(root, at + SHA1_BYTES, ROOT_BYTES, 'hex');
  target[at + FLAG_AT] = (target[at + FLAG_AT] ?? 0) | HAS_ROOT;
}

/** A content whose hashes lie in bytes as hex digits, at places; -1 where it has no root. */
export type ContentInHex = { readonly sizeBytes: number; readonly sha1At: number; readonly rootAt: number };

/** Lays down a content whose hashes lie in `source`. */
export function putContentInHex(target: Uint8Array, at: number, source: Uint8Array, content: ContentInHex): void {
  const { sizeBytes, sha1At, rootAt } = content;
  putHex(target, at, SHA1_BYTES, source, sha1At);
  putSize(target, at, sizeBytes);
  if (rootAt === -1) {
    target.fill(0, at + SHA1_BYTES, at + SIZE_AT);
    return;
  }
  putHex(target, at + SHA1_BYTES, ROOT_BYTES, source, rootAt);
  target[at + FLAG_AT] = (target[at + FLAG_AT] ?? 0) | HAS_ROOT;
}

function putSize(target: Uint8Array, at: number, sizeBytes: number): void {
  let rest = sizeBytes;
  for (let byte = SIZE_AT; byte <= FLAG_AT; byte += 1) {
    target[at + byte] = rest % 256;
    rest = Math.floor(rest / 256);
  }
}

/** Lays down bytes whose hex digits, small ones, lie in `source`. */
function putHex(target: Uint8Array, at: number, bytes: number, source: Uint8Array, from: number): void {
  for (let byte = 0; byte < bytes; byte += 1) {
    const digits = from + 2 * byte;
    target[at + byte] = (digitOf(source[digits] ?? 0) << 4) | digitOf(source[digits + 1] ?? 0);
  }
}

/** 0 to 9 have a bit in common that a to f have not. */
function digitOf(digit: number): number {
  return (digit & 0x0f) + (digit >>> 6) * 9;
}

export function contentAt(bytes: Buffer, at: number): Content {
  const content = { sha1: bytes.toString('hex', at, at + SHA1_BYTES), sizeBytes: sizeBytesAt(bytes, at) };
  return hasRootAt(bytes, at) ? { ...content, root: bytes.toString('hex', at + SHA1_BYTES, at + SIZE_AT) } : content;
}

/** Where in the record of a content its SHA-1 ends, and its root begins, which ends at `ROOT_END`. */
export const SHA1_END = SHA1_BYTES;
export const ROOT_END = SIZE_AT;

export function hasRootAt(bytes: Uint8Array, at: number): boolean {
  return ((bytes[at + FLAG_AT] ?? 0) & HAS_ROOT) !== 0;
}

export function sizeBytesAt(bytes: Uint8Array, at: number): number {
  let sizeBytes = (bytes[at + FLAG_AT] ?? 0) & ~HAS_ROOT;
  for (let byte = FLAG_AT - 1; byte >= SIZE_AT; byte -= 1) sizeBytes = sizeBytes * 256 + (bytes[at + byte] ?? 0);
  return sizeBytes;
}

/** The first four bytes of the SHA-1: what contents are looked up by. */
export function sha1PrintAt(bytes: Uint8Array, at: number): number {
  return u32At(bytes, at);
}

/** The first four bytes of the root. */
export function rootPrintAt(bytes: Uint8Array, at: number): number {
  return u32At(bytes, at + SHA1_BYTES);
}

/** The print that a hash in hex begins with. */
export function printOfHex(hash: string): number {
  return Number.parseInt(hash.slice(0, 8), 16);
}

function u32At(bytes: Uint8Array, at: number): number {
  const high = ((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0);
  return high * 0x1_0000 + (((bytes[at + 2] ?? 0) << 8) | (bytes[at + 3] ?? 0));
}
