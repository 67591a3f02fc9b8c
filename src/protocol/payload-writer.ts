/** Puts a payload together as bytes, where its texts are bytes already and making texts of them first would cost more than all else. */
export type PayloadWriter = {
  /** A field of UTF-8, its reserved characters encoded. [PROTOCOL §4] */
  field(bytes: Uint8Array, from: number, to: number): void;
  /** Bytes that need no encoding. */
  raw(bytes: Uint8Array): void;
  /** One ASCII character, as it is. */
  sign(code: number): void;
  hex(bytes: Uint8Array, from: number, to: number): void;
  /** A whole number from 0 on, in decimal digits. */
  integer(value: number): void;
  /** A size as `formatMegabytes` writes it. */
  megabytes(sizeBytes: number): void;
  length(): number;
  /** Writes once more what was written from a length on, up to another. */
  again(from: number, to: number): void;
  /** Takes back what was written from a length on. */
  cutTo(length: number): void;
  /** What was written, in memory of its own; the next payload begins anew. */
  finish(): Uint8Array<ArrayBuffer>;
};

export const BAR = 0x7c;
export const LINE_FEED = 0x0a;
export const SLASH = 0x2f;
const POINT = 0x2e;
const PERCENT = 0x25;
const ZERO = 0x30;

const FIRST_ROOM_BYTES = 64 * 1024;
const NUMBER_BYTES_MAX = 24;
/** Encoded, a byte takes three. */
const ENCODED_BYTES = 3;
const BYTES_PER_MEGABYTE = 1_000_000;

const DIGITS = Buffer.from('0123456789ABCDEF', 'latin1');
const HEX_DIGITS = Buffer.from('0123456789abcdef', 'latin1');

/** By byte: 1 where it is reserved, and so has to be encoded. */
const RESERVED = new Uint8Array(256);
for (const character of ['%', '|', '\r', '\n', '\0']) RESERVED[character.charCodeAt(0)] = 1;

/** Puts a byte that is reserved; returns where the next goes. */
function putEncoded(target: Uint8Array, at: number, byte: number): number {
  target[at] = PERCENT;
  target[at + 1] = DIGITS[byte >>> 4] ?? 0;
  target[at + 2] = DIGITS[byte & 15] ?? 0;
  return at + ENCODED_BYTES;
}

export function createPayloadWriter(): PayloadWriter {
  let room = Buffer.allocUnsafeSlow(FIRST_ROOM_BYTES);
  let used = 0;

  function reserve(bytes: number): void {
    if (used + bytes <= room.length) return;
    const larger = Buffer.allocUnsafeSlow(Math.max(2 * room.length, used + bytes));
    larger.set(room.subarray(0, used));
    room = larger;
  }

  function integer(value: number): void {
    reserve(NUMBER_BYTES_MAX);
    let end = used + 1;
    for (let rest = value; rest >= 10; rest = Math.floor(rest / 10)) end += 1;
    used = end;
    for (let rest = value; end > 0; rest = Math.floor(rest / 10)) {
      end -= 1;
      room[end] = ZERO + (rest % 10);
      if (rest < 10) return;
    }
  }

  function sign(code: number): void {
    reserve(1);
    room[used] = code;
    used += 1;
  }

  return {
    field: (bytes, from, to) => {
      reserve(ENCODED_BYTES * (to - from));
      // What is in variables of its own needs no memory for each byte.
      const target = room;
      let end = used;
      for (let at = from; at < to; at += 1) {
        const byte = bytes[at] ?? 0;
        if (RESERVED[byte] === 1) end = putEncoded(target, end, byte);
        else target[end++] = byte;
      }
      used = end;
    },
    raw: (bytes) => {
      reserve(bytes.length);
      room.set(bytes, used);
      used += bytes.length;
    },
    sign,
    hex: (bytes, from, to) => {
      reserve(2 * (to - from));
      const target = room;
      let end = used;
      for (let at = from; at < to; at += 1) {
        const byte = bytes[at] ?? 0;
        target[end] = HEX_DIGITS[byte >>> 4] ?? 0;
        target[end + 1] = HEX_DIGITS[byte & 15] ?? 0;
        end += 2;
      }
      used = end;
    },
    integer,
    megabytes: (sizeBytes) => {
      integer(Math.floor(sizeBytes / BYTES_PER_MEGABYTE));
      let rest = sizeBytes % BYTES_PER_MEGABYTE;
      if (rest > 0) sign(POINT);
      for (let scale = BYTES_PER_MEGABYTE / 10; rest > 0; scale /= 10) {
        sign(ZERO + Math.floor(rest / scale));
        rest %= scale;
      }
    },
    length: () => used,
    again: (from, to) => {
      reserve(to - from);
      room.copyWithin(used, from, to);
      used += to - from;
    },
    cutTo: (length) => {
      used = length;
    },
    finish: () => {
      const payload = new Uint8Array(used);
      payload.set(room.subarray(0, used));
      used = 0;
      // A large payload is rare, and its room not worth keeping.
      if (room.length > 16 * FIRST_ROOM_BYTES) room = Buffer.allocUnsafeSlow(FIRST_ROOM_BYTES);
      return payload;
    },
  };
}
