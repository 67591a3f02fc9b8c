import { baseName } from '../domain/share-path.ts';
import type { ContentRow } from '../protocol/codecs/find.ts';

/** Others are counted: a hit stays one line. */
const NAMES_SHOWN_MAX = 2;

type Named = Pick<ContentRow, 'path' | 'holders'>;

/** What else the holders call a content: `also a.mkv, b.mkv and 3 more`; empty where all names, folders aside, are the best one. */
function otherNames({ path, holders }: Named): string {
  const names = new Set(holders.map(({ path: held }) => baseName(held)));
  names.delete(baseName(path));
  if (names.size === 0) return '';
  const shown = [...names].slice(0, NAMES_SHOWN_MAX).join(', ');
  return `also ${shown}${names.size > NAMES_SHOWN_MAX ? ` and ${names.size - NAMES_SHOWN_MAX} more` : ''}`;
}

/** A content's best name, with what else it is called. */
export function nameText(row: Named): string {
  const others = otherNames(row);
  return others === '' ? row.path : `${row.path}  (${others})`;
}
