import assert from 'node:assert/strict';
import test from 'node:test';
import { SwapmeetError } from '../domain/errors.ts';
import { explainRefusal } from './refusal.ts';

test('a refusal says which option helps, and keeps its code', () => {
  const options = { 'invite-needed': /--join/, 'wrong-key': /--join/, 'name-taken': /--name.*--ask-password/ } as const;
  for (const code of ['invite-needed', 'wrong-key', 'name-taken'] as const) {
    const told = explainRefusal(new SwapmeetError(code, 'send |invite='));
    assert.equal(told.code, code);
    assert.match(told.message, options[code]);
  }
});

test('other failures stay as they are', () => {
  const full = new SwapmeetError('disk-full', 'no room');
  assert.equal(explainRefusal(full), full);
  assert.equal(explainRefusal(new Error('oops')).code, 'internal');
});
