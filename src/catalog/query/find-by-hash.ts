import type { PredicateOf } from '../../domain/query.ts';
import { printOfHex } from '../segment/content-record.ts';
import { eachWithRootPrint, eachWithSha1Print } from '../segment/segment.ts';
import type { NameFindings } from './entry-test.ts';
import type { Hunt } from './hunt.ts';

/** What names say is of no use: a query with a hash is never complete, so all of it is matched with all of the entry. */
const NOTHING_FOUND: NameFindings = { missing: [], wordsInName: 0, wholeWords: 0, nameUnits: 0 };

/** Finds the entries whose content has a hash, as far as they match. */
export function findByHash(hunt: Hunt, hash: PredicateOf<'sha1'> | PredicateOf<'root'>): void {
  for (const source of hunt.sources) {
    const { segment } = source.live;
    const take = (entry: number): void => {
      hunt.check();
      if (hunt.purse.exact <= 0) {
        hunt.isBounded = true;
        return;
      }
      hunt.purse.exact -= 1;
      if (source.test.entry(entry, [])) hunt.add(source, entry, NOTHING_FOUND);
    };
    if (hash.kind === 'sha1') eachWithSha1Print(segment, printOfHex(hash.sha1), take);
    else eachWithRootPrint(segment, printOfHex(hash.root), take);
  }
}
