/** Bytes from `offset` on, in the file. */
export type ByteRange = { readonly offset: number; readonly length: number };
