/** What the thread that puts files together is asked for, and what it answers. */
import type { Content } from '../content.ts';
import type { PartDescriptors } from './part-writer.ts';

/** A number that names one open file to the thread. */
type FileRef = { readonly file: number };

/**
 * Whether a piece that is now whole is what its hash says, and which senders are found to have lied: the only one of a piece
 * that is wrong, or, once a piece is right, those who sent wrong blocks of it before.
 */
export type PieceVerdict = { readonly index: number; readonly isGood: boolean; readonly liars: readonly number[] };

export type AssemblyOperations = {
  /**
   * A file descriptor is good on every thread; the main thread opens and closes it. The path is for error messages. Without a
   * layer nothing can be told of a piece: each counts as good.
   */
  open: {
    request: FileRef &
      PartDescriptors & {
        readonly path: string;
        readonly content: Content;
        readonly layer?: Uint8Array | undefined;
        /** The pieces that are right already: a bitfield. */
        readonly verified: Uint8Array;
      };
    reply: undefined;
  };
  /** Takes the first `length` bytes of `bytes`, whole blocks from `sender`; `offset` is their place in the file. */
  write: {
    request: FileRef & {
      readonly bytes: Uint8Array<ArrayBuffer>;
      readonly offset: number;
      readonly length: number;
      readonly sender: number;
      /** By somebody else than the SHA-1. */
      readonly isReadSoon: boolean;
    };
    reply: readonly PieceVerdict[];
  };
  /** Forgets pieces that are not whole and hold blocks of a sender; replies which. */
  distrust: { request: FileRef & { readonly sender: number }; reply: readonly number[] };
  /** Hashes on up to the offset `to`, up to which all is right; replies how far the SHA-1 is, which may be further. */
  advance: { request: FileRef & { readonly to: number }; reply: number };
  /** The SHA-1 of the whole, in lower-case hex. */
  digest: { request: FileRef; reply: string };
  forget: { request: FileRef; reply: undefined };
};
