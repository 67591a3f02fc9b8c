import { SwapmeetError } from '../../../domain/errors.ts';
import { BUNDLE_BYTES_MAX } from '../../../protocol/limits.ts';
import type { Handlers } from '../../../transport/responder.ts';
import { beginUpload } from '../begin-upload.ts';
import type { ReadBundle } from '../bundles/bundle-reader.ts';
import { sendBundle } from '../bundles/send-bundle.ts';
import type { SharedFile, ShareIndex } from '../shared-file.ts';
import type { UploadConnection, UploadContext } from '../upload-context.ts';

/**
 * BUNDLE: many small contents at once, once it is this peer's turn. Each is read whole, and found to be as it was hashed,
 * before the OK tells of it. [PROTOCOL §7.6]
 */
export function bundleHandler(context: UploadContext, connection: UploadConnection): Handlers<'peer'>['BUNDLE'] {
  const { index, bundles } = context;
  return async ({ contents }, signal) => {
    const found = index.findAll(contents);
    const files = found.filter((file) => file !== undefined);
    const [first] = files;
    if (!first) return { ok: { sizesBytes: found.map(() => undefined) } };
    const wantedBytes = sumOf(files);
    const upload = beginUpload(context, connection, first, signal);
    try {
      const turn = await upload.next(wantedBytes);
      const bundle = await bundles.read(files);
      const sizes = recheckMissing(index, files, bundle);
      const ok = { sizesBytes: found.map((file) => file && sizes.get(file)) };
      const abandon = (): void => {
        bundle.release();
        upload.end();
      };
      return { ok, data: sendBundle(bundle, upload, turn), abandon };
    } catch (error) {
      upload.end();
      throw error;
    }
  };
}

/** @throws SwapmeetError `bad-range` */
function sumOf(files: readonly SharedFile[]): number {
  const bytes = files.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  if (bytes <= BUNDLE_BYTES_MAX) return bytes;
  const most = `a bundle has at most ${BUNDLE_BYTES_MAX} bytes`;
  throw new SwapmeetError('bad-range', `${most}: ask for fewer contents, or by DOWNLOAD`);
}

/** The sizes of those that were read; the index looks at the others anew. */
function recheckMissing(
  index: ShareIndex,
  files: readonly SharedFile[],
  { sizesBytes }: ReadBundle,
): ReadonlyMap<SharedFile, number> {
  const sizes = new Map<SharedFile, number>();
  for (const [at, file] of files.entries()) {
    const sizeBytes = sizesBytes[at];
    if (sizeBytes === undefined) index.recheck(file);
    else sizes.set(file, sizeBytes);
  }
  return sizes;
}
