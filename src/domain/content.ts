import type { Entry } from './entry.ts';

/**
 * What entries of one content have in common: the root or, lacking that, SHA-1 and size. SHA-1 and size stand in the key of
 * an entry with a root too: equal roots imply them, so an entry that differs there lies, and joins no honest one's content.
 */
export function contentKey({ sha1, sizeBytes, root }: Pick<Entry, 'sha1' | 'sizeBytes' | 'root'>): string {
  return `${sha1}:${sizeBytes}:${root ?? ''}`;
}
