import assert from 'node:assert/strict';
import { test } from 'node:test';
import { encodeFileList } from '../../src/protocol/codecs/file-list.ts';
import { encodeChanges } from '../../src/protocol/codecs/list-changes.ts';
import { entry, sha1Of } from './entries.ts';
import { change, revisionOf, totalsOf } from './publishing-support.ts';
import { assertFails, browseAll, NOW_MS, register, searchPaths, share, type Subject } from './support.ts';

export function deltaTests(subject: Subject): void {
  test('changes add, replace and remove', async () => {
    const { catalog } = subject;
    await share(catalog, 'ann', [entry('kept'), entry('changed'), entry('x/y/gone'), entry('x/moved')]);
    const changed = entry('changed', { content: 'other', sizeBytes: 7 });
    const moved = entry('z/moved', { content: 'x/moved' });
    await change(catalog, [
      { add: changed },
      { remove: 'x/y/gone' },
      { remove: 'x/moved' },
      { add: moved },
      { add: entry('added') },
    ]);
    const { rows } = await catalog.browse('id-ann', undefined, {});
    assert.deepEqual(rows, [entry('added'), changed, entry('kept'), moved]);
    assert.deepEqual(await searchPaths(catalog, 'moved'), ['z/moved']);
    for (const path of ['gone', 'x/y']) assert.deepEqual(await searchPaths(catalog, path), []);
    assert.equal((await catalog.sources(sha1Of('changed'), undefined, NOW_MS)).length, 0);
    assert.equal((await catalog.sources(sha1Of('other'), undefined, NOW_MS)).length, 1);
    assert.deepEqual(await totalsOf(catalog), [4, 3_007]);
  });

  test('an entry is replaced also where only its size or its root is another', async () => {
    const { catalog } = subject;
    const { root: _, ...rootless } = entry('b');
    await register(catalog, 'ann', [entry('a'), entry('b')]);
    await change(catalog, [{ add: entry('a', { sizeBytes: 5 }) }, { add: rootless }]);
    const { rows } = await catalog.browse('id-ann', undefined, {});
    assert.deepEqual(rows, [entry('a', { sizeBytes: 5 }), rootless]);
    assert.deepEqual(await totalsOf(catalog), [2, 1_005]);
  });

  test('changes are made one after the other, and what is there or gone already is no error', async () => {
    const { catalog } = subject;
    await register(catalog, 'ann', [entry('a'), entry('b')]);
    await change(catalog, [
      { add: entry('a') },
      { remove: 'never there' },
      { remove: 'b' },
      { remove: 'b' },
      { add: entry('c', { sizeBytes: 1 }) },
      { add: entry('c', { sizeBytes: 2 }) },
      { add: entry('d') },
      { remove: 'd' },
      { remove: 'a' },
      { add: entry('a', { sizeBytes: 3 }) },
    ]);
    const { rows } = await catalog.browse('id-ann', undefined, {});
    assert.deepEqual(rows, [entry('a', { sizeBytes: 3 }), entry('c', { sizeBytes: 2 })]);
    assert.deepEqual(await totalsOf(catalog), [2, 5]);
  });

  test('no changes change nothing but the revision', async () => {
    const { catalog } = subject;
    await register(catalog, 'ann', [entry('a')]);
    const before = await revisionOf(catalog);
    const after = await change(catalog, []);
    assert.notEqual(after, before);
    assert.deepEqual(await browseAll(catalog, 'id-ann'), ['a']);
    await assertFails('wrong-revision', catalog.applyDelta('id-ann', before, new Uint8Array()));
  });

  test('changes to another revision than that in effect change nothing', async () => {
    const { catalog } = subject;
    await register(catalog, 'ann', [entry('a')]);
    await register(catalog, 'bob');
    const old = await revisionOf(catalog);
    await catalog.replaceEntries('id-ann', encodeFileList([entry('b')]));
    const changes = encodeChanges([{ add: entry('c') }]);
    for (const revision of [old, '', 'x', await revisionOf(catalog, 'id-bob')]) {
      await assertFails('wrong-revision', catalog.applyDelta('id-ann', revision, changes));
    }
    assert.deepEqual(await browseAll(catalog, 'id-ann'), ['b']);
  });

  test('a line that does not parse refuses all changes, and is named', async () => {
    const { catalog } = subject;
    await share(catalog, 'ann', [entry('old')]);
    const good = `+new|1|${sha1Of('new')}\n-old`;
    for (const bad of ['', `new|1|${sha1Of('new')}`, '+', '-', '-../a', '-/a', '+new|1', `+../a|1|${sha1Of('a')}`]) {
      const changes = Buffer.from(`${good}\n${bad}\n${good}`);
      await assertFails('bad-line', catalog.applyDelta('id-ann', await revisionOf(catalog), changes), /^line 3 /);
    }
    assert.deepEqual(await browseAll(catalog, 'id-ann'), ['old']);
    assert.deepEqual(await searchPaths(catalog, 'new'), []);
    assert.deepEqual(await totalsOf(catalog), [1, 1_000]);
  });

  test('names that need escapes are removed by them', async () => {
    const { catalog } = subject;
    const names = ['100%|', '-', '+a', 'line\nfeed', 'ünï 🎵', 'a b'];
    await register(
      catalog,
      'ann',
      names.map((name) => entry(name)),
    );
    await change(
      catalog,
      names.map((remove) => ({ remove })),
    );
    assert.deepEqual(await browseAll(catalog, 'id-ann'), []);
  });

  test('totals are right whatever sizes were claimed before', async () => {
    const { catalog } = subject;
    const huge = { sizeBytes: Number.MAX_SAFE_INTEGER };
    await register(catalog, 'ann', [entry('small', { sizeBytes: 5 })]);
    await change(catalog, [{ add: entry('a', huge) }, { add: entry('b', huge) }]);
    assert.deepEqual(await totalsOf(catalog), [3, Number.MAX_SAFE_INTEGER]);
    await change(catalog, [{ remove: 'a' }]);
    assert.deepEqual(await totalsOf(catalog), [2, Number.MAX_SAFE_INTEGER]);
    await change(catalog, [{ remove: 'b' }]);
    assert.deepEqual(await totalsOf(catalog), [1, 5]);
    await change(catalog, [{ add: entry('c', huge) }, { add: entry('d', huge) }, { remove: 'c' }, { remove: 'd' }]);
    assert.deepEqual(await totalsOf(catalog), [1, 5]);
  });

  test('one content in many lists stays while one of them has it', async () => {
    const { catalog } = subject;
    await share(catalog, 'ann', [entry('a', { content: 'song' }), entry('b', { content: 'song' })]);
    await share(catalog, 'bob', [entry('c', { content: 'song' })]);
    await change(catalog, [{ remove: 'a' }]);
    assert.equal((await catalog.sources(sha1Of('song'), undefined, NOW_MS)).length, 2);
    await change(catalog, [{ remove: 'b' }]);
    const left = await catalog.sources(sha1Of('song'), undefined, NOW_MS);
    assert.deepEqual(
      left.map(({ path }) => path),
      ['c'],
    );
  });
}
