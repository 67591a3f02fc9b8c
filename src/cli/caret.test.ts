import assert from 'node:assert/strict';
import { test } from 'node:test';
import { QueryError } from '../domain/query-parse.ts';
import { caretLines } from './caret.ts';

test('the caret stands below the place, however wide what comes before is', () => {
  const cases: readonly (readonly [string, number, string])[] = [
    ['size:big', 1, '^'],
    ['a size:big', 3, '  ^'],
    ['日本 size:big', 4, '     ^'],
    ['😀 size:big', 3, '   ^'],
    ['e\u0301 size:big', 4, '  ^'],
  ];
  for (const [query, column, caret] of cases) {
    assert.deepEqual(caretLines(new QueryError(query, column, 'no')), [`  ${query}`, `  ${caret}`]);
  }
  assert.deepEqual(caretLines(new QueryError('a\n\u001b"', 4, 'no')), ['  a\ufffd\ufffd"', '     ^']);
});
