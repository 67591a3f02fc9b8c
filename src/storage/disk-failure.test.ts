import assert from 'node:assert/strict';
import { test } from 'node:test';
import { toSwapmeetError } from '../domain/errors.ts';
import { diskFailure, passingDiskFailure } from './disk-failure.ts';

const FULL = Object.assign(new Error('full'), { code: 'ENOSPC', syscall: 'write' });
const SQLITE_FULL = Object.assign(new Error('full'), { code: 'SQLITE_FULL' });

test('a full disk is said to be waited for by what waits for it alone', () => {
  for (const error of [FULL, SQLITE_FULL]) {
    const [asked, atWork] = [diskFailure(error, '/a'), passingDiskFailure(error, '/a')].map(toSwapmeetError);
    assert.deepEqual([asked?.code, atWork?.code], ['disk-full', 'disk-full']);
    assert.match(asked?.message ?? '', /for \/a: make some, then try again$/);
    assert.match(atWork?.message ?? '', /for \/a: make some, and it goes on by itself$/);
  }
});
