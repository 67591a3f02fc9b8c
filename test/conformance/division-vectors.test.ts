import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createDivision } from '../../src/peer/downloads/plan/division.ts';
import { loadVectors } from './load-vectors.ts';

describe('division.json', () => {
  type Case = { pieces: number; keys: string[]; turns: { index: number; turns: number[] }[] };
  const { cases } = loadVectors('division.json') as { cases: Case[] };

  for (const { pieces, keys, turns } of cases) {
    it(`divides ${pieces} pieces among ${keys.length}`, () => {
      const divisions = keys.map((ownKey) => {
        const division = createDivision(pieces, ownKey);
        for (const [source, key] of keys.entries()) if (key !== ownKey) division.join(source, key);
        return division;
      });
      const found = turns.map(({ index }) => ({ index, turns: divisions.map((division) => division.turnOf(index)) }));
      assert.deepEqual(found, turns);
    });
  }
});
