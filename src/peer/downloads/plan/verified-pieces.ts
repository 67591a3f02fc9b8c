import { bitfieldBytes, hasBit, setBit } from '../../../domain/bitfield.ts';
import { pieceCount, pieceRange } from '../../../domain/pieces.ts';
import type { ByteRange } from '../byte-range.ts';
import type { Content } from '../content.ts';

/** The pieces of a content that are on disk and what their hashes say: they only ever become more. */
export type VerifiedPieces = {
  has(index: number): boolean;
  add(index: number): void;
  /** A copy: piece 0 is the high bit of byte 0 [BEP 3]. */
  bitfield(): Uint8Array;
  readonly bytes: () => number;
  /** So many bytes from the start of the file are verified without a gap. */
  readonly prefixBytes: () => number;
  readonly isComplete: () => boolean;
  /** Whether all bytes of a range are verified. */
  covers(range: ByteRange): boolean;
  /** Is told of each piece that is added. Returns how to stop being told. */
  onAdd(listener: (index: number) => void): () => void;
  /** Resolves once all bytes of the range are verified. Rejects with the signal's reason. */
  cover(range: ByteRange, signal: AbortSignal): Promise<void>;
};

/** @param bitfield of the pieces that are verified already; what lies beyond the last piece is ignored */
export function createVerifiedPieces({ sizeBytes, pieceBytes }: Content, bitfield: Uint8Array): VerifiedPieces {
  const count = pieceCount(sizeBytes, pieceBytes);
  const bits = new Uint8Array(bitfieldBytes(count));
  const listeners = new Set<(index: number) => void>();
  let bytes = 0;
  let prefix = 0;
  for (let index = 0; index < count; index += 1) if (hasBit(bitfield, index)) note(index);
  movePrefix();

  function note(index: number): void {
    setBit(bits, index);
    bytes += pieceRange(index, sizeBytes, pieceBytes).length;
  }

  function movePrefix(): void {
    while (prefix < count && hasBit(bits, prefix)) prefix += 1;
  }

  function covers({ offset, length }: ByteRange): boolean {
    const end = Math.min(offset + length, sizeBytes);
    for (let index = Math.floor(offset / pieceBytes); index * pieceBytes < end; index += 1) {
      if (!hasBit(bits, index)) return false;
    }
    return true;
  }

  function onAdd(listener: (index: number) => void): () => void {
    listeners.add(listener);
    return () => listeners.delete(listener);
  }

  return {
    has: (index) => hasBit(bits, index),
    add(index) {
      if (hasBit(bits, index)) return;
      note(index);
      movePrefix();
      for (const listener of listeners) listener(index);
    },
    bitfield: () => Uint8Array.from(bits),
    bytes: () => bytes,
    prefixBytes: () => Math.min(prefix * pieceBytes, sizeBytes),
    isComplete: () => prefix === count,
    covers,
    onAdd,
    async cover(range, signal) {
      signal.throwIfAborted();
      if (covers(range)) return;
      await new Promise<void>((resolve, reject) => {
        const end = (settle: () => void): void => {
          stop();
          signal.removeEventListener('abort', onAbort);
          settle();
        };
        const stop = onAdd(() => {
          if (covers(range)) end(resolve);
        });
        const onAbort = (): void => {
          end(() => {
            reject(signal.reason as Error);
          });
        };
        signal.addEventListener('abort', onAbort);
      });
    },
  };
}
