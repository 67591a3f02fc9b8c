import { crc32 } from 'node:zlib';
import { keepCompiled } from './keep-compiled.ts';

/** So many bytes of what is read piece by piece have a checksum of their own; the last piece of a section may have fewer. */
export const BLOCK_BYTES = 4 * 1024;

/** A part of a segment can't be read, or is not what was written. */
export class DamagedSegment extends Error {
  override readonly name = 'DamagedSegment';
  readonly segment: number;

  constructor(segment: number, what: string, options?: ErrorOptions) {
    super(`segment ${segment}: ${what}`, options);
    this.segment = segment;
  }
}

/** Sums up bytes as they are written, in blocks. */
export type Sums = {
  add(chunk: Uint8Array): void;
  /** CRC-32 of each block. */
  finish(): readonly number[];
};

export function createSums(blockBytes: number): Sums {
  const sums: number[] = [];
  let sum = 0;
  let filled = 0;
  return {
    add: (chunk) => {
      for (let at = 0; at < chunk.length;) {
        const end = Math.min(chunk.length, at + blockBytes - filled);
        sum = crc32(chunk.subarray(at, end), sum);
        filled += end - at;
        at = end;
        if (filled < blockBytes) continue;
        sums.push(sum);
        sum = 0;
        filled = 0;
      }
    },
    finish: () => (filled > 0 ? [...sums, sum] : sums),
  };
}

/** @throws DamagedSegment where the bytes do not have their sum, if one is known */
export function checkSum(bytes: Uint8Array, sum: number | undefined, segment: number, what: string): void {
  if (sum !== undefined && crc32(bytes) !== sum) throw new DamagedSegment(segment, `${what} is not what was written`);
}

/** The same for all blocks of a section. */
export function checkBlocks(bytes: Uint8Array, sums: Uint32Array, segment: number, what: string): void {
  for (const [block, sum] of sums.entries()) {
    checkSum(bytes.subarray(block * BLOCK_BYTES, (block + 1) * BLOCK_BYTES), sum, segment, what);
  }
}

keepCompiled(createSums(BLOCK_BYTES));
