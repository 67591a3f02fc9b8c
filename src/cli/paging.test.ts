import assert from 'node:assert/strict';
import test from 'node:test';
import { SwapmeetError } from '../domain/errors.ts';
import type { Page, PageRequest } from '../protocol/codecs/page.ts';
import { pagesOf, type PagingOptions } from './paging.ts';

/** A list of the numbers below `count`, and what was asked of it. */
function createList(count: number, pageRows = 10) {
  const requests: PageRequest[] = [];
  const fetchPage = ({ after, limit = pageRows }: PageRequest): Promise<Page<number>> => {
    requests.push({ after, limit });
    const start = after === undefined ? 0 : Number(after);
    const end = Math.min(count, start + Math.min(limit, pageRows));
    const rows = Array.from({ length: end - start }, (_, index) => start + index);
    return Promise.resolve({ rows, ...(end < count ? { next: String(end) } : {}) });
  };
  return { fetchPage, requests };
}

async function read(count: number, options?: PagingOptions): Promise<number[]> {
  const rows: number[] = [];
  for await (const page of pagesOf(createList(count).fetchPage, options)) rows.push(...page);
  return rows;
}

test('all rows come, in order', async () => {
  for (const count of [0, 1, 10, 11, 35])
    assert.deepEqual(
      await read(count),
      Array.from({ length: count }, (_, at) => at),
    );
});

test('no more rows come than are wanted, and it is told when there are more', async () => {
  for (const [count, rowsMax, expected] of [
    [35, 15, true],
    [35, 20, true],
    [20, 20, false],
    [5, 20, false],
  ] as const) {
    let hasMore = false;
    const rows = await read(count, { rowsMax, onMore: () => (hasMore = true) });
    assert.equal(rows.length, Math.min(count, rowsMax));
    assert.equal(hasMore, expected, `${count} ${rowsMax}`);
  }
});

test('the next page is fetched when it is wanted, not before', async () => {
  const { fetchPage, requests } = createList(100);
  for await (const page of pagesOf(fetchPage)) if (page.includes(15)) break;
  assert.equal(requests.length, 2);
});

test('a list that goes round in circles is given up', async () => {
  const circle = pagesOf(() => Promise.resolve({ rows: [1], next: 'same' }));
  await assert.rejects(
    async () => {
      for await (const _page of circle);
    },
    (error) => error instanceof SwapmeetError && error.code === 'protocol-error',
  );
});
