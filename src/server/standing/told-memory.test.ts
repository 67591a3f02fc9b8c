import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { createToldMemory, type ToldMemory } from './told-memory.ts';

const WATCH = 1_700_000_000_000;

/** A content whose SHA-1 begins like that of all others: in the memory they push each other out. */
function content(digit: number, bytes = 28): Uint8Array {
  const id = new Uint8Array(bytes);
  id[bytes - 1] = digit;
  return id;
}

function has(memory: ToldMemory, watch: number, id: Uint8Array): boolean {
  return memory.has(watch, memory.numberOf(id));
}

describe('what is remembered to be told', () => {
  it('is what was added, for that watch and that content', () => {
    const memory = createToldMemory();
    memory.add(WATCH, memory.numberOf(content(1)));
    assert.ok(has(memory, WATCH, content(1)));
    assert.ok(!has(memory, WATCH + 1, content(1)) && !has(memory, WATCH, content(2)));
    assert.ok(!has(memory, WATCH + 2 ** 32, content(1)));
  });

  it('is of two contents that begin alike, and then of the newer ones', () => {
    const memory = createToldMemory();
    for (const digit of [1, 2, 3]) memory.add(WATCH, memory.numberOf(content(digit)));
    assert.deepEqual(
      [2, 3, 1].map((digit) => has(memory, WATCH, content(digit))),
      [true, true, false],
    );
  });

  it('is never what was not added, or was taken back', () => {
    const ids = [0, 1, 2, 3].flatMap((digit) => [content(digit), content(digit, 60)]);
    const index = fc.nat(ids.length - 1);
    const watch = fc.integer({ min: WATCH, max: WATCH + 2 });
    const step = fc.tuple(fc.constantFrom('add', 'add', 'add', 'remove', 'clear'), watch, index);
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const memory = createToldMemory();
        const told = new Set<string>();
        for (const [what, key, at] of steps) {
          const id = ids[at] ?? content(0);
          if (what === 'clear') {
            memory.clear();
            told.clear();
          } else if (what === 'remove') {
            memory.remove(key, id);
            told.delete(`${key} ${at}`);
          } else {
            memory.add(key, memory.numberOf(id));
            told.add(`${key} ${at}`);
            assert.ok(has(memory, key, id));
          }
          ids.forEach((other, number) => {
            for (let each = WATCH; each <= WATCH + 2; each += 1) {
              if (has(memory, each, other)) assert.ok(told.has(`${each} ${number}`));
            }
          });
        }
      }),
    );
  });
});
