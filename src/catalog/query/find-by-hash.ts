import type { PredicateOf } from '../../domain/query.ts';
import { printOfHex } from '../segment/content-record.ts';
import { eachWithRootPrint, eachWithSha1Print } from '../segment/segment.ts';
import type { Hunt } from './hunt.ts';

/** Finds the entries whose content has a hash, as far as they match. */
export function findByHash(hunt: Hunt, hash: PredicateOf<'sha1'> | PredicateOf<'root'>): void {
  for (const source of hunt.sources) {
    const { segment } = source.live;
    const take = (entry: number): void => {
      hunt.check();
      // A query with a hash is never complete: all of it is matched with all of the entry.
      if (source.test.entry(entry, [])) hunt.add(source, entry, { missing: [], wordsInName: 0, wholeWords: 0 });
    };
    if (hash.kind === 'sha1') eachWithSha1Print(segment, printOfHex(hash.sha1), take);
    else eachWithRootPrint(segment, printOfHex(hash.root), take);
  }
}
