import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { SwapmeetError } from '../../../domain/errors.ts';
import type { Source } from '../../../protocol/codecs/search.ts';
import { contentOf } from '../content.ts';
import { createSourceRoster } from './source-roster.ts';

const ENTRY = { path: 'a/b', sizeBytes: 10, sha1: 'a'.repeat(40), root: 'b'.repeat(64) };

function source(username: string, more: Partial<Source> = {}): Source {
  return { ...ENTRY, id: username, username, address: '127.0.0.1', port: 1, key: username, ...more };
}

function setUp() {
  const clock = { nowMs: 0 };
  const retry = { firstMs: 1000, lastMs: 4000 };
  const options = { content: contentOf(ENTRY), ownKey: 'me', retry, now: () => clock.nowMs, random: () => 0 };
  const roster = createSourceRoster(options);
  const nextName = () => roster.next()?.username;
  const fail = (): void => {
    const next = roster.next();
    if (next) roster.failed(next, new SwapmeetError('timeout', `${next.username} is slow`));
  };
  return { clock, roster, nextName, fail };
}

describe('a roster of sources', () => {
  it('offers nobody who has no key or publishes another content', () => {
    const { roster, nextName } = setUp();
    roster.update([
      source('plain', { key: undefined }),
      source('larger', { sizeBytes: 11 }),
      source('other', { root: 'c'.repeat(64) }),
    ]);
    assert.equal(nextName(), undefined);
    assert.equal(roster.nextRetryMs(), undefined);
  });

  it('offers this peer itself only where there is nobody else', () => {
    const { roster, nextName } = setUp();
    roster.update([source('me')]);
    assert.equal(nextName(), 'me');
    roster.update([source('me'), source('ada')]);
    assert.equal(nextName(), 'ada');
    roster.update([source('me', { part: true })]);
    assert.equal(nextName(), undefined);
  });

  it('leaves one that fails alone for ever longer, and forgives it when it serves', () => {
    const { clock, roster, nextName, fail } = setUp();
    roster.update([source('ada')]);
    const times: (number | undefined)[] = [];
    for (let round = 0; round < 4; round += 1) {
      fail();
      assert.equal(nextName(), undefined);
      times.push((roster.nextRetryMs() ?? 0) - clock.nowMs);
      clock.nowMs = roster.nextRetryMs() ?? 0;
      assert.equal(nextName(), 'ada');
    }
    assert.deepEqual(times, [1000, 2000, 4000, 4000]);
    assert.equal(roster.lastFailure()?.message, 'ada is slow');
    const ada = roster.next();
    assert.ok(ada);
    roster.served(ada);
    assert.equal(roster.lastFailure(), undefined);
    fail();
    assert.equal((roster.nextRetryMs() ?? 0) - clock.nowMs, 1000);
  });

  it('prefers those who failed least, and knows again who comes back under another address', () => {
    const { clock, roster, nextName, fail } = setUp();
    roster.update([source('ada'), source('bob')]);
    fail();
    assert.equal(nextName(), 'bob');
    clock.nowMs = 10_000;
    assert.equal(nextName(), 'bob');
    roster.update([source('ada', { port: 2 })]);
    fail();
    roster.update([source('ada', { port: 3 })]);
    assert.equal(nextName(), 'ada');
  });

  it('never offers an excluded one again', () => {
    const { roster, nextName } = setUp();
    roster.exclude('ada');
    roster.update([source('ada', { port: 5 }), source('bob')]);
    assert.equal(nextName(), 'bob');
    roster.exclude('bob');
    assert.equal(nextName(), undefined);
    assert.deepEqual(roster.usernames(), ['ada', 'bob']);
  });
});
