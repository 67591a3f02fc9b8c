import type { ErrorCode } from '../domain/errors.ts';
import type { PieceRange } from '../protocol/codecs/availability.ts';

/** A shared file whose bytes are not those that were hashed, though nobody changed it. Times are Unix ms. */
export type DamageView = {
  /** As it was published. */
  readonly path: string;
  readonly sizeBytes: number;
  readonly sha1: string;
  readonly root?: string | undefined;
  readonly pieceBytes: number;
  readonly badPieces: readonly PieceRange[];
  readonly badBytes: number;
  /** When it was last seen to be right. */
  readonly goodMs?: number | undefined;
  readonly foundMs: number;
};

/** What is to be verified. */
export type VerifyRequest = {
  /** Shares by label, files and folders by published or absolute path; all where none is named. */
  readonly names: readonly string[];
  /** What is damaged is put right from peers that hold it. */
  readonly repair?: boolean | undefined;
  /** Only what is known to be damaged already. */
  readonly known?: boolean | undefined;
};

/** The same verification goes on with an interrupted one that began at most so long ago. */
export const GO_ON_HOURS_MAX = 24;

/** How far a verification is. At its end `filesTotal` is `filesDone` and `filesEarlier` together; likewise the bytes. */
export type VerifyCounts = {
  /** What it read itself. */
  readonly filesDone: number;
  /** What was read already since it, or the interrupted one, began, and was right: this is not read again. */
  readonly filesEarlier: number;
  readonly filesTotal: number;
  readonly bytesDone: number;
  readonly bytesEarlier: number;
  readonly bytesTotal: number;
  readonly damaged: number;
  readonly repaired: number;
  readonly unreadable: number;
};

/** What a verification has to say. `healed`: it was known as damaged, and is right again. */
export type VerifyReport =
  | ({ readonly kind: 'progress' | 'end' } & VerifyCounts)
  | ({ readonly kind: 'damaged' } & DamageView)
  | { readonly kind: 'healed'; readonly path: string }
  | { readonly kind: 'repaired'; readonly path: string; readonly fetchedBytes: number }
  | {
      readonly kind: 'unreadable' | 'not-repaired';
      readonly path: string;
      readonly error: { readonly code: ErrorCode; readonly message: string };
    };
