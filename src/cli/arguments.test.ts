import assert from 'node:assert/strict';
import { basename, resolve } from 'node:path';
import test from 'node:test';
import { InvalidArgumentError } from 'commander';
import { SwapmeetError } from '../domain/errors.ts';
import { collect, parseCount, parseListen, parseShare, parseTarget } from './arguments.ts';

function isBadArgument(error: unknown): boolean {
  return error instanceof SwapmeetError && error.code === 'bad-argument';
}

test('what to get is a SHA-1, PEER:PATH or PEER:FOLDER/', () => {
  const sha1 = 'AB'.repeat(20);
  assert.deepEqual(parseTarget(sha1), { sha1: sha1.toLowerCase() });
  assert.deepEqual(parseTarget('alice:music/a: b.flac'), { peer: 'alice', path: 'music/a: b.flac' });
  assert.deepEqual(parseTarget('alice:music/live/'), { peer: 'alice', folder: 'music/live' });
  assert.deepEqual(parseTarget(`${sha1}:x`), { peer: sha1, path: 'x' });
  for (const text of ['', 'alice', ':path', 'alice:', 'ab'.repeat(19), 'zz'.repeat(20)]) {
    assert.throws(() => parseTarget(text), isBadArgument, text);
  }
});

test('a share is a folder, with a label before = if that can be one', () => {
  const cases: readonly (readonly [string, string, string])[] = [
    ['music', 'music', 'music'],
    ['music/live/', 'live', 'music/live'],
    ['old=music', 'old', 'music'],
    ['old=a=b', 'old', 'a=b'],
    ['./a=b', 'a=b', 'a=b'],
    ['.', basename(process.cwd()), '.'],
  ];
  for (const [text, label, folder] of cases) assert.deepEqual(parseShare(text), { label, folder: resolve(folder) });
  for (const text of ['', 'label=', resolve('/')]) assert.throws(() => parseShare(text), isBadArgument, text);
  assert.deepEqual(parseShare(`all=${resolve('/')}`), { label: 'all', folder: resolve('/') });
});

test('counts are whole numbers from 1 on', () => {
  assert.equal(parseCount('50'), 50);
  for (const text of ['0', '-1', '1.5', 'x', '', '1e3']) assert.throws(() => parseCount(text), InvalidArgumentError);
});

test('options that repeat are collected', () => {
  const add = collect(parseCount);
  assert.deepEqual(add('2', add('1', undefined)), [1, 2]);
});

test('to listen, any free port will do', () => {
  assert.deepEqual(parseListen('[::]:0'), { host: '::', port: 0 });
  assert.throws(() => parseListen('7474'), isBadArgument);
});
