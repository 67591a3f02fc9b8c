/** What the address of a stream is made of: who knows the token may read that one file. */
export type StreamAccess = { readonly token: string; readonly name: string };

/** A file that can be read, whole or while it is downloaded. */
export type StreamView = {
  readonly name: string;
  readonly sizeBytes: number;
  /** The content's root or, lacking that, its SHA-1: other bytes have another. */
  readonly etag: string;
  /** The bytes of a range in order, each as soon as it is verified. */
  readonly read: (
    range: { readonly offset: number; readonly length: number },
    signal: AbortSignal,
  ) => AsyncGenerator<Buffer, void, undefined>;
};
