import { keepCompiled } from './keep-compiled.ts';

/** Bytes that are held back before they are passed on. */
const CHUNK_BYTES = 64 * 1024;
/** Most writers are those of small segments, which need no more. */
const FIRST_BYTES = 1024;
const VARINT_BYTES_MAX = 8;

/** Writes small things one after the other, and passes them on in large chunks. */
export type ByteWriter = {
  /** Bytes written so far, which is where the next one goes. */
  length(): number;
  /** LEB128: seven bits a byte, the lowest first. Takes any safe integer from 0. */
  varint(value: number): void;
  bytes(source: Uint8Array, from: number, to: number): void;
  /** Passes on what is left. */
  flush(): void;
};

/** @param write takes a chunk, which is used again when it returns */
export function createByteWriter(write: (chunk: Uint8Array) => void): ByteWriter {
  let buffer = new Uint8Array(FIRST_BYTES);
  let used = 0;
  let passedOn = 0;

  function flush(): void {
    if (used > 0) write(buffer.subarray(0, used));
    passedOn += used;
    used = 0;
  }

  function makeRoom(bytes: number): void {
    if (buffer.length < CHUNK_BYTES) {
      const larger = new Uint8Array(CHUNK_BYTES);
      larger.set(buffer.subarray(0, used));
      buffer = larger;
    }
    if (used + bytes > CHUNK_BYTES) flush();
  }

  return {
    length: () => passedOn + used,
    varint: (value) => {
      if (used + VARINT_BYTES_MAX > buffer.length) makeRoom(VARINT_BYTES_MAX);
      let rest = value;
      // Bit operations see 32 bits.
      for (; rest > 0x7fff_ffff; rest = Math.floor(rest / 128)) buffer[used++] = (rest % 128) | 128;
      for (; rest > 127; rest >>>= 7) buffer[used++] = (rest & 127) | 128;
      buffer[used++] = rest;
    },
    bytes: (source, from, to) => {
      if (used + to - from > buffer.length) makeRoom(to - from);
      if (to - from > buffer.length) {
        write(source.subarray(from, to));
        passedOn += to - from;
        return;
      }
      for (let at = from; at < to; at += 1) buffer[used++] = source[at] ?? 0;
    },
    flush,
  };
}

keepCompiled(createByteWriter(() => undefined));
