import type { FileHandle } from 'node:fs/promises';
import { SwapmeetError } from '../../domain/errors.ts';
import type { HeldPart } from '../parts/held-part.ts';
import { assertUnchanged, changed } from './open-files.ts';
import type { ByteRange } from './read-frames.ts';
import type { SharedFile } from './shared-file.ts';
import type { UploadConnection, UploadContext } from './upload-context.ts';

/** A file that is open for a request, and how to make sure, after each read, that it still is the right one. */
export type OpenedFile = { readonly handle: FileHandle; readonly verify: () => void };

/** What a request names by its content: a file that is shared, or the part of one that is being downloaded. */
export type HeldContent = {
  readonly file: Pick<SharedFile, 'absolutePath' | 'sizeBytes' | 'sha1' | 'root' | 'pieceBytes'>;
  /** Undefined for a file that is there as a whole. */
  readonly part?: HeldPart;
  /** 32 bytes a piece, in order; undefined where it is not there any more. */
  readonly pieceLayer: () => Uint8Array | undefined;
  /** @throws SwapmeetError `bad-range` outside of the content, `not-shared` where it is not there yet */
  readonly assertHas: (range: ByteRange) => void;
  /** @throws SwapmeetError `not-shared`, `changed`, `busy` */
  readonly open: () => Promise<OpenedFile>;
};

/** @throws SwapmeetError `not-shared` */
export function findHeld(
  { index, parts }: UploadContext,
  connection: UploadConnection,
  sha1: string,
  root: string | undefined,
): HeldContent {
  // Whoever fetches from a part goes on when it is none any more.
  const part = parts.find(sha1, root) ?? connection.parts.find(sha1, root);
  if (part) return heldPart(part, connection);
  const file = index.find(sha1, root);
  if (file) return heldFile({ index }, connection, file);
  throw notShared();
}

function heldFile({ index }: Pick<UploadContext, 'index'>, { files }: UploadConnection, file: SharedFile): HeldContent {
  return {
    file,
    pieceLayer: () => index.pieceLayer(file),
    assertHas: (range) => {
      assertInside(range, file.sizeBytes);
    },
    open: async () => {
      const handle = await files.open(file);
      return {
        handle,
        verify: () => {
          assertUnchanged(handle, file, index);
        },
      };
    },
  };
}

function heldPart(part: HeldPart, { parts }: UploadConnection): HeldContent {
  const { content, path, layer, plan, handle } = part;
  const verify = (): void => {
    if (!part.isServed()) throw changed();
  };
  return {
    file: { ...content, absolutePath: path },
    part,
    pieceLayer: () => layer,
    assertHas: ({ offsetBytes: offset, lengthBytes: length }) => {
      assertInside({ offsetBytes: offset, lengthBytes: length }, content.sizeBytes);
      if (plan.verified.covers({ offset, length })) return;
      throw new SwapmeetError('not-shared', 'these pieces are not here yet: HAVE tells which are');
    },
    open: () => {
      parts.hold(part);
      verify();
      return Promise.resolve({ handle, verify });
    },
  };
}

function assertInside({ offsetBytes, lengthBytes }: ByteRange, sizeBytes: number): void {
  if (offsetBytes + lengthBytes <= sizeBytes) return;
  throw new SwapmeetError('bad-range', `the content has ${sizeBytes} bytes, so the range does not lie inside it`);
}

function notShared(): SwapmeetError {
  return new SwapmeetError('not-shared', 'this peer does not share the content (any more): ask another source');
}
