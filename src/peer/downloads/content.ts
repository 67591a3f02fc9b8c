import { pieceBytesFor } from '../../domain/pieces.ts';

/** What ext4 and most others take at most; a larger size is somebody’s joke, and its pieces would fill the memory. */
export const SIZE_BYTES_MAX = 2 ** 44;

/** What is downloaded: its names, by which every byte is verified, and how it is cut into pieces. */
export type Content = {
  /** Lower-case hex, as `root`. */
  readonly sha1: string;
  /** Absent where the publisher gave none: then only the SHA-1 of the whole tells whether the bytes are right. */
  readonly root?: string | undefined;
  readonly sizeBytes: number;
  readonly pieceBytes: number;
};

export function contentOf(names: Omit<Content, 'pieceBytes'>): Content {
  return { sha1: names.sha1, root: names.root, sizeBytes: names.sizeBytes, pieceBytes: pieceBytesFor(names.sizeBytes) };
}
