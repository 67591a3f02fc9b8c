import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { createDivision } from './division.ts';

const keys = fc
  .uniqueArray(fc.nat(), { minLength: 1, maxLength: 16 })
  .map((numbers) => numbers.map((number) => createHash('sha256').update(String(number)).digest('hex')));

/** What each of some peers takes for its own, when all of them know each other. */
function divide(count: number, all: readonly string[]): number[][] {
  return all.map((ownKey) => {
    const division = createDivision(count, ownKey);
    for (const [source, key] of all.entries()) if (key !== ownKey) division.join(source, key);
    return Array.from({ length: count }, (_, index) => index).filter((index) => division.turnOf(index) === 0);
  });
}

describe('a division', () => {
  it('gives each piece to one of those who know each other', () => {
    fc.assert(
      fc.property(fc.nat(5_000), keys, (count, all) => {
        const owned = divide(count, all).flat();
        assert.deepEqual(
          owned.toSorted((one, other) => one - other),
          Array.from({ length: count }, (_, index) => index),
        );
      }),
    );
  });

  it('gives everybody about as much', () => {
    const all = Array.from({ length: 8 }, (_, number) => createHash('sha256').update(`peer ${number}`).digest('hex'));
    for (const { length } of divide(2_048, all)) assert.ok(length > 190 && length < 322, String(length));
  });

  it('has everybody take another turn with a piece', () => {
    fc.assert(
      fc.property(keys, fc.nat(2_000), (all, index) => {
        const turns = all.map((ownKey) => {
          const division = createDivision(2_001, ownKey);
          for (const [source, key] of all.entries()) if (key !== ownKey) division.join(source, key);
          return division.turnOf(index);
        });
        assert.deepEqual(
          turns.toSorted((one, other) => one - other),
          all.map((_, turn) => turn),
        );
      }),
    );
  });

  it('gives what somebody who leaves had to those who stay, and takes nothing from them', () => {
    fc.assert(
      fc.property(keys, fc.nat(2_000), (all, index) => {
        const [ownKey = '', ...others] = all;
        const division = createDivision(2_048, ownKey);
        others.forEach((key, source) => {
          division.join(source, key);
        });
        const before = division.turnOf(index) === 0;
        division.leave(0);
        assert.ok(!before || division.turnOf(index) === 0);
        for (let source = 1; source < others.length; source += 1) division.leave(source);
        assert.ok(division.turnOf(index) === 0, 'who is alone has all');
      }),
    );
  });
});
