import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { openDatabase } from '../../storage/database.ts';
import { createComparedStore, type ComparedStore } from './compared-store.ts';
import { MIGRATIONS } from './schema.ts';

function open(t: TestContext): ComparedStore {
  const database = openDatabase(':memory:', { migrations: MIGRATIONS, synchronous: 'FULL' });
  t.after(() => database.close());
  return createComparedStore(database);
}

/** Whether a publisher's list is taken for compared at a revision. */
function isCompared(store: ComparedStore, revision: string): boolean {
  return store.missed([{ id: 'bob', username: 'Bob', revision }]).length === 0;
}

describe('what was compared', () => {
  it('is a revision only where nothing before it is missing', (t) => {
    const store = open(t);
    store.replaced('bob', 'r1');
    store.changed('bob', 'r1', 'r2');
    assert.ok(isCompared(store, 'r2'));
    store.changed('bob', 'r3', 'r4');
    assert.ok(!isCompared(store, 'r4') && isCompared(store, 'r2'));
  });

  it('goes on with the changes that came while the list was read', (t) => {
    const store = open(t);
    store.changed('bob', 'r2', 'r3');
    store.changed('bob', 'r3', 'r4');
    store.changed('bob', 'r5', 'r6');
    store.caughtUp('bob', 'r2');
    assert.ok(isCompared(store, 'r4'));
  });

  it('is a list in parts when no part of it is missing', (t) => {
    const store = open(t);
    for (const part of [1, 2, 2, 1, 3]) store.staged('bob', 'one', part);
    assert.ok(store.isStagedWhole('bob', 'one', 3) && !store.isStagedWhole('bob', 'one', 4));
    store.staged('bob', 'two', 1);
    store.staged('bob', 'two', 3);
    assert.ok(!store.isStagedWhole('bob', 'two', 3) && !store.isStagedWhole('bob', 'one', 3));
    store.staged('bob', 'three', 2);
    assert.ok(!store.isStagedWhole('bob', 'three', 2));
  });

  it('is forgotten with its publisher', (t) => {
    const store = open(t);
    store.replaced('bob', 'r1');
    assert.deepEqual(store.missed([]), []);
    assert.ok(!isCompared(store, 'r1'));
    store.begin([{ id: 'bob', username: 'Bob', revision: 'r1' }]);
    assert.ok(isCompared(store, 'r1'));
  });
});
