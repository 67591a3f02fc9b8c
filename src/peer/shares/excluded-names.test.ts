import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isExcludedName } from './excluded-names.ts';

test('hidden, temporary and unfinished files are left out', () => {
  for (const name of ['.git', '.DS_Store', 'a.part', 'A.PART', 'a~', '~$report.docx', 'x.crdownload', 'Thumbs.db']) {
    assert.equal(isExcludedName(name), true, name);
  }
});

test('others are not', () => {
  for (const name of ['part', 'a.part1.rar', 'a.b.c', '~', 'a~b', 'tmp', 'my.partner', 'package-lock.json']) {
    assert.equal(isExcludedName(name), name === '~', name);
  }
});
