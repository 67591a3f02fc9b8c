import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CONTRACT } from './contract.ts';
import type { EndpointName } from './endpoints.ts';
import { formFault } from './form-fault.ts';

function faultOf(name: EndpointName, input: unknown): string | undefined {
  const [issue] = CONTRACT[name].input.safeParse(input).error?.issues ?? [];
  return issue && formFault(issue);
}

test('what is not of the form is told in a sentence of ours', () => {
  const cases: readonly (readonly [EndpointName, unknown, string])[] = [
    ['browse', { peer: '' }, '“peer” must not be empty'],
    ['verify', { names: ['a', ''] }, 'each of “names” must not be empty'],
    ['setFriends', { usernames: [], friend: true }, '“usernames” must not be empty'],
    ['search', { query: 'a', limit: 0 }, '“limit” must be at least 1'],
    ['search', { query: 'a', limit: 10_000_000 }, '“limit” must be at most 10000'],
    ['search', { query: 'a', limit: 'x' }, '“limit” is missing, or not of the form that it takes'],
    ['search', {}, '“query” is missing, or not of the form that it takes'],
    ['search', { query: 'a', more: 1 }, 'the request does not take “more”'],
    ['peers', { presence: 'away' }, '“presence” must be online or offline or all'],
    ['startDownload', { what: { sha1: 'x' } }, '“what.sha1” is missing, or not of the form that it takes'],
    ['status', [], 'the request is missing, or not of the form that it takes'],
  ];
  for (const [name, input, sentence] of cases) assert.equal(faultOf(name, input), sentence);
});
