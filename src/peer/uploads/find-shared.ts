import { SwapmeetError } from '../../domain/errors.ts';
import type { SharedFile, ShareIndex } from './shared-file.ts';

/** The file that a request names by its content. @throws SwapmeetError `not-shared` */
export function findShared(index: ShareIndex, sha1: string, root: string | undefined): SharedFile {
  const file = index.find(sha1, root);
  if (!file)
    throw new SwapmeetError('not-shared', 'this peer does not share the content (any more): ask another source');
  return file;
}
