import { fieldsPayload, takeHex, takeInteger, takeLines, takeOptional, textCodec, type Codec } from '../codec.ts';
import { DOWNLOAD_BYTES_MAX } from '../limits.ts';

/** The ticket that shows a serving peer that its client is logged in. */
export type PresentRequest = { readonly ticket: string };

/** `root` chooses where two contents share a SHA-1; without it the peer answers for the one that it holds. */
export type PieceHashesRequest = { readonly sha1: string; readonly root?: string | undefined };

/** What follows in DATA frames: `ceil(sizeBytes / pieceBytes)` SHA-256 hashes of 32 bytes, the layer of the tree. */
export type PieceHashesReply = { readonly root: string; readonly sizeBytes: number; readonly pieceBytes: number };

export type DownloadRequest = {
  readonly sha1: string;
  readonly offsetBytes: number;
  readonly lengthBytes: number;
  readonly root?: string | undefined;
};

/** What follows in DATA frames: exactly `lengthBytes` bytes of the content. */
export type DownloadReply = { readonly lengthBytes: number };

const HASH_BYTES = 32;

export function pieceHashesDataBytes({ sizeBytes, pieceBytes }: PieceHashesReply): number {
  return Math.ceil(sizeBytes / pieceBytes) * HASH_BYTES;
}

export function downloadDataBytes({ lengthBytes }: DownloadReply): number {
  return lengthBytes;
}

function takeRoot(text: string | undefined): string | undefined {
  return takeOptional(text, (root) => takeHex('root', root, 64));
}

export const presentRequest: Codec<PresentRequest> = textCodec(
  ({ ticket }) => fieldsPayload([ticket]),
  ({ lines }) => {
    const [ticket] = takeLines(lines, ['the ticket']);
    return { ticket };
  },
);

export const pieceHashesRequest: Codec<PieceHashesRequest> = textCodec(
  ({ sha1, root }) => fieldsPayload([sha1], { root }),
  ({ lines, attributes }) => {
    const [sha1] = takeLines(lines, ['sha1']);
    return { sha1: takeHex('sha1', sha1, 40), root: takeRoot(attributes['root']) };
  },
);

export const pieceHashesReply: Codec<PieceHashesReply> = textCodec(
  ({ root, sizeBytes, pieceBytes }) => fieldsPayload([root, String(sizeBytes), String(pieceBytes)]),
  ({ lines }) => {
    const [root, size, pieceBytes] = takeLines(lines, ['root', 'size in bytes', 'piece size in bytes']);
    return {
      root: takeHex('root', root, 64),
      sizeBytes: takeInteger('size', size, 1, Number.MAX_SAFE_INTEGER),
      pieceBytes: takeInteger('piece size', pieceBytes, 1, Number.MAX_SAFE_INTEGER),
    };
  },
);

export const downloadRequest: Codec<DownloadRequest> = textCodec(
  ({ sha1, offsetBytes, lengthBytes, root }) =>
    fieldsPayload([sha1, String(offsetBytes), String(lengthBytes)], { root }),
  ({ lines, attributes }) => {
    const [sha1, offset, length] = takeLines(lines, ['sha1', 'offset', 'length']);
    return {
      sha1: takeHex('sha1', sha1, 40),
      offsetBytes: takeInteger('offset', offset, 0, Number.MAX_SAFE_INTEGER),
      lengthBytes: takeInteger('length', length, 1, DOWNLOAD_BYTES_MAX),
      root: takeRoot(attributes['root']),
    };
  },
);

export const downloadReply: Codec<DownloadReply> = textCodec(
  ({ lengthBytes }) => fieldsPayload([String(lengthBytes)]),
  ({ lines }) => {
    const [length] = takeLines(lines, ['length']);
    return { lengthBytes: takeInteger('length', length, 1, DOWNLOAD_BYTES_MAX) };
  },
);
