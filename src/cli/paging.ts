import { SwapmeetError } from '../domain/errors.ts';
import type { Page, PageRequest } from '../protocol/codecs/page.ts';
import { PAGE_ROWS_DEFAULT } from '../protocol/limits.ts';

export type PagingOptions = {
  /** Rows wanted; all when absent. */
  readonly rowsMax?: number | undefined;
  /** Told when there are more than `rowsMax`. */
  readonly onMore?: () => void;
};

/**
 * The rows of a long list, a page at a time.
 *
 * @throws SwapmeetError `protocol-error` where a page names itself as the next, which would never end
 */
export async function* pagesOf<Row>(
  fetchPage: (page: PageRequest) => Promise<Page<Row>>,
  { rowsMax = Number.POSITIVE_INFINITY, onMore }: PagingOptions = {},
): AsyncGenerator<readonly Row[], void, undefined> {
  let after: string | undefined;
  let left = rowsMax;
  while (left > 0) {
    const { rows, next } = await fetchPage({ after, limit: Math.min(left, PAGE_ROWS_DEFAULT) });
    yield rows.slice(0, left);
    left -= rows.length;
    if (next === undefined) return;
    if (next === after) throw new SwapmeetError('protocol-error', 'the server’s list has no end');
    after = next;
  }
  onMore?.();
}
