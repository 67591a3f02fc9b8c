import type { Codec } from '../protocol/codec.ts';
import type { Page, PageRequest } from '../protocol/codecs/page.ts';
import { PAGE_BYTES_MAX, PAGE_REQUEST_BYTES_MAX, PAGE_ROWS_DEFAULT, PAGE_ROWS_MAX } from '../protocol/limits.ts';

/**
 * The page at the head of a sequence: as many rows as were asked for and as a reply holds. Takes one item more than it
 * gives, to tell whether another page follows.
 *
 * @param codec of the reply that will carry the page: its bytes are what is counted
 * @param cursorOf the cursor from which what comes after an item is found
 */
export function takePage<Item, Row>(
  items: Iterable<Item>,
  request: PageRequest,
  codec: Pick<Codec<Page<Row>>, 'encode'>,
  toRow: (item: Item) => Row,
  cursorOf: (item: Item) => string,
): Page<Row> {
  const bytesOf = (row: Row): number => Buffer.byteLength(codec.encode({ rows: [row] })) + 1;
  return takeMeasuredPage(items, request, bytesOf, toRow, cursorOf);
}

/**
 * The same for rows that are measured in another way: a search has no time to encode each row twice.
 *
 * @param bytesOf what a row takes in a reply, at most
 */
export function takeMeasuredPage<Item, Row>(
  items: Iterable<Item>,
  { limit = PAGE_ROWS_DEFAULT }: PageRequest,
  bytesOf: (row: Row) => number,
  toRow: (item: Item) => Row,
  cursorOf: (item: Item) => string,
): Page<Row> {
  const rows: Row[] = [];
  let last: Item | undefined;
  // Room for the cursor, which has to fit into the request for the next page.
  let bytes = PAGE_REQUEST_BYTES_MAX;
  for (const item of items) {
    const row = toRow(item);
    bytes += bytesOf(row);
    const full = rows.length === Math.min(limit, PAGE_ROWS_MAX) || bytes > PAGE_BYTES_MAX;
    if (full && last !== undefined) return { rows, next: cursorOf(last) };
    rows.push(row);
    last = item;
  }
  return { rows };
}
