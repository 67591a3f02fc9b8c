import assert from 'node:assert/strict';
import { it } from 'node:test';
import type { MissingFile } from '../store/folder-files.ts';
import { missingPages } from './missing-files.ts';

it('the main thread is free between two looks for files that are missing', async () => {
  const file = (number: number): MissingFile => ({
    number,
    path: `${number}`,
    sha1: 'a'.repeat(40),
    root: undefined,
    sizeBytes: 1,
    partPath: undefined,
    isAwaiting: number > 1,
  });
  const all = Array.from({ length: 2_500 }, (_, at) => file(at + 1));
  let turns = 0;
  const turnsAtLooks: number[] = [];
  const store = {
    missingFiles(_id: string, { after, limit }: { readonly after: number; readonly limit: number }) {
      turnsAtLooks.push(turns);
      setImmediate(() => (turns += 1));
      return all.filter(({ number }) => number > after).slice(0, limit);
    },
  };
  const found: MissingFile[] = [];
  const { signal } = new AbortController();
  for await (const page of missingPages(store, { id: 'a', which: 'small' }, signal)) found.push(...page);
  assert.deepEqual(found, all);
  assert.deepEqual(turnsAtLooks, [0, 1, 2, 3]);
});
