import { HASH_BYTES } from '../../domain/merkle.ts';
import { pieceBytesFor, pieceCount } from '../../domain/pieces.ts';
import type { SharedContent, SharedFile } from '../uploads/shared-file.ts';
import { diskOf, labelOf } from './place.ts';
import type { ShareDefinition } from './share-definitions.ts';
import type { SharedFiles } from './store/shared-files.ts';

/** For each content a file that has it: the SHA-1 and, if given, the root, in lower-case hex. */
export function findFiles(
  files: SharedFiles,
  shares: ReadonlyMap<string, ShareDefinition>,
  contents: readonly SharedContent[],
): (SharedFile | undefined)[] {
  const found = files.ofContents(contents.map(({ sha1 }) => sha1));
  return contents.map(({ sha1, root }) => {
    for (const { path, disk, ...file } of found.get(sha1) ?? []) {
      const share = shares.get(labelOf(path));
      if (!share || (root !== undefined && file.root !== root)) continue;
      return { ...file, absolutePath: diskOf(share, path, disk), pieceBytes: pieceBytesFor(file.sizeBytes) };
    }
    return undefined;
  });
}

/** The piece layer of a file, or undefined when its content is not known (any more). */
export function findLayer(
  files: SharedFiles,
  { sha1, root, sizeBytes }: Pick<SharedFile, 'sha1' | 'root' | 'sizeBytes'>,
): Uint8Array | undefined {
  const pieceBytes = pieceBytesFor(sizeBytes);
  if (root === undefined) return new Uint8Array();
  const layer = pieceCount(sizeBytes, pieceBytes) === 1 ? Buffer.from(root, 'hex') : files.layer(sha1, root);
  return layer?.length === pieceCount(sizeBytes, pieceBytes) * HASH_BYTES ? layer : undefined;
}
