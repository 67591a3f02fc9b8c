import assert from 'node:assert/strict';
import { test } from 'node:test';
import { encodeFileList } from '../../src/protocol/codecs/file-list.ts';
import { entry, sha1Of } from './entries.ts';
import { change, registerAgain, revisionOf, stage, totalsOf, uploadOf } from './publishing-support.ts';
import { assertFails, browseAll, NOW_MS, register, searchPaths, share, type Subject } from './support.ts';

export function revisionTests(subject: Subject): void {
  test('a list has a revision, a new one after each change, and another than any other list', async () => {
    const { catalog } = subject;
    await register(catalog, 'ann', [entry('a')]);
    await register(catalog, 'bob', [entry('a')]);
    const seen = [await revisionOf(catalog), await revisionOf(catalog, 'id-bob')];
    await catalog.replaceEntries('id-ann', encodeFileList([entry('a')]));
    seen.push(await revisionOf(catalog));
    await stage(catalog, 't', 1, [entry('a')]);
    assert.equal(await revisionOf(catalog), seen.at(-1), 'what is only staged changes nothing');
    seen.push(await catalog.commitList('id-ann', 't', 1));
    assert.equal(await revisionOf(catalog), seen.at(-1));
    seen.push(await change(catalog, []));
    assert.equal(await revisionOf(catalog), seen.at(-1));
    await registerAgain(catalog);
    seen.push(await revisionOf(catalog, 'id-ann-2'));
    assert.equal(new Set(seen).size, seen.length);
    for (const revision of seen) assert.match(revision, /^[!-~]{1,64}$/);
  });

  test('a refused change leaves the revision', async () => {
    const { catalog } = subject;
    await register(catalog, 'ann', [entry('a')]);
    const revision = await revisionOf(catalog);
    await assertFails('bad-line', catalog.applyDelta('id-ann', revision, Buffer.from('*')));
    await assertFails('wrong-revision', catalog.applyDelta('id-ann', 'another', new Uint8Array()));
    await assertFails('bad-line', catalog.replaceEntries('id-ann', Buffer.from('x')));
    await assertFails('unknown-list', catalog.commitList('id-ann', 't', 1));
    assert.equal(await revisionOf(catalog), revision);
  });

  test('an id that does not exist has no list', async () => {
    const { catalog } = subject;
    await assertFails('unknown-id', catalog.listState('nobody'));
    await assertFails('unknown-id', catalog.stagePart('nobody', 't', 1, new Uint8Array()));
    await assertFails('unknown-id', catalog.commitList('nobody', 't', 1));
    await assertFails('unknown-id', catalog.applyDelta('nobody', 'r', new Uint8Array()));
  });
}

export function partTests(subject: Subject): void {
  test('parts take effect together, and not before', async () => {
    const { catalog } = subject;
    await share(catalog, 'ann', [entry('old'), entry('kept')]);
    assert.equal(await uploadOf(catalog), undefined);
    await stage(catalog, 't', 1, [entry('x/new'), entry('kept')]);
    await stage(catalog, 't', 2, [entry('y/new')]);
    assert.deepEqual(await uploadOf(catalog), { token: 't', parts: 2 });
    assert.deepEqual(await browseAll(catalog, 'id-ann'), ['kept', 'old']);
    assert.deepEqual(await searchPaths(catalog, 'new'), []);
    await catalog.commitList('id-ann', 't', 2);
    assert.deepEqual(await browseAll(catalog, 'id-ann'), ['kept', 'x/new', 'y/new']);
    assert.deepEqual(await searchPaths(catalog, 'new'), ['x/new', 'y/new']);
    assert.deepEqual(await searchPaths(catalog, 'old'), []);
    assert.equal(await uploadOf(catalog), undefined);
    assert.deepEqual(await totalsOf(catalog), [3, 3_000]);
  });

  test('an empty part makes an empty list', async () => {
    const { catalog } = subject;
    await share(catalog, 'ann', [entry('old')]);
    await stage(catalog, 't', 1, []);
    await catalog.commitList('id-ann', 't', 1);
    assert.deepEqual(await browseAll(catalog, 'id-ann'), []);
    assert.deepEqual(await totalsOf(catalog), [0, 0]);
  });

  test('of a filename that is given more than once the last line counts', async () => {
    const { catalog } = subject;
    await share(catalog, 'ann', [entry('a', { content: 'stored' })]);
    await stage(catalog, 't', 1, [entry('a', { content: 'first', sizeBytes: 1 }), entry('b'), entry('c')]);
    await stage(catalog, 't', 2, [entry('a', { content: 'second', sizeBytes: 2 }), entry('c'), entry('c')]);
    await stage(catalog, 't', 3, [entry('a', { content: 'last', sizeBytes: 3 })]);
    await catalog.commitList('id-ann', 't', 3);
    const { rows } = await catalog.browse('id-ann', undefined, {});
    assert.deepEqual(rows, [entry('a', { content: 'last', sizeBytes: 3 }), entry('b'), entry('c')]);
    assert.deepEqual(await totalsOf(catalog), [3, 2_003]);
    for (const content of ['stored', 'first', 'second']) {
      assert.deepEqual(await catalog.sources(sha1Of(content), undefined, NOW_MS), []);
    }
  });

  test('a part that comes again is left as it is, a gap is refused', async () => {
    const { catalog } = subject;
    await register(catalog, 'ann');
    await assertFails('wrong-part', stage(catalog, 't', 2, [entry('a')]));
    assert.equal(await uploadOf(catalog), undefined);
    await stage(catalog, 't', 1, [entry('a')]);
    await stage(catalog, 't', 2, [entry('b')]);
    await stage(catalog, 't', 1, [entry('other')]);
    await stage(catalog, 't', 2, [entry('other')]);
    await assertFails('wrong-part', stage(catalog, 't', 4, [entry('d')]));
    assert.deepEqual(await uploadOf(catalog), { token: 't', parts: 2 });
    await catalog.commitList('id-ann', 't', 2);
    assert.deepEqual(await browseAll(catalog, 'id-ann'), ['a', 'b']);
  });

  test('a part that comes twice at once is there once', async () => {
    const { catalog } = subject;
    await register(catalog, 'ann');
    await stage(catalog, 't', 1, [entry('a')]);
    await Promise.all([1, 2, 3].map(() => stage(catalog, 't', 2, [entry('b'), entry('c')])));
    await catalog.commitList('id-ann', 't', 2);
    assert.deepEqual(await browseAll(catalog, 'id-ann'), ['a', 'b', 'c']);
    assert.deepEqual(await totalsOf(catalog), [3, 3_000]);
  });

  test('another token begins anew, with its first part only', async () => {
    const { catalog } = subject;
    await register(catalog, 'ann');
    await stage(catalog, 't', 1, [entry('a')]);
    await stage(catalog, 't', 2, [entry('b')]);
    await assertFails('wrong-part', stage(catalog, 'u', 3, [entry('c')]));
    await assertFails('bad-line', catalog.stagePart('id-ann', 'u', 1, Buffer.from('x')));
    assert.deepEqual(await uploadOf(catalog), { token: 't', parts: 2 }, 'what is refused drops nothing');
    await stage(catalog, 'u', 1, [entry('c')]);
    assert.deepEqual(await uploadOf(catalog), { token: 'u', parts: 1 });
    await assertFails('unknown-list', catalog.commitList('id-ann', 't', 2));
    await catalog.commitList('id-ann', 'u', 1);
    assert.deepEqual(await browseAll(catalog, 'id-ann'), ['c']);
  });

  test('a commit needs the token and all parts; repeated, it finds nothing', async () => {
    const { catalog } = subject;
    await register(catalog, 'ann', [entry('old')]);
    await stage(catalog, 't', 1, [entry('a')]);
    await stage(catalog, 't', 2, [entry('b')]);
    await assertFails('unknown-list', catalog.commitList('id-ann', 'u', 2));
    await assertFails('wrong-part', catalog.commitList('id-ann', 't', 1));
    await assertFails('wrong-part', catalog.commitList('id-ann', 't', 3));
    assert.deepEqual(await browseAll(catalog, 'id-ann'), ['old']);
    const revision = await catalog.commitList('id-ann', 't', 2);
    await assertFails('unknown-list', catalog.commitList('id-ann', 't', 2));
    assert.deepEqual(await catalog.listState('id-ann'), { revision, upload: undefined });
    await stage(catalog, 't', 1, [entry('c')]);
    assert.deepEqual(await uploadOf(catalog), { token: 't', parts: 1 }, 'a token may be used again');
  });

  test('a line that does not parse refuses the part, and is named', async () => {
    const { catalog } = subject;
    await register(catalog, 'ann');
    await stage(catalog, 't', 1, [entry('a')]);
    const good = `b|1|${sha1Of('b')}`;
    for (const bad of ['', 'a|1', `../a|1|${sha1Of('a')}`]) {
      const part = Buffer.from(`${good}\n${bad}\n${good}`);
      await assertFails('bad-line', catalog.stagePart('id-ann', 't', 2, part), /^line 2 /);
    }
    assert.deepEqual(await uploadOf(catalog), { token: 't', parts: 1 });
    await stage(catalog, 't', 2, [entry('c')]);
    await catalog.commitList('id-ann', 't', 2);
    assert.deepEqual(await browseAll(catalog, 'id-ann'), ['a', 'c']);
  });

  test('a whole list and a new registration drop what was being sent; changes do not', async () => {
    const { catalog } = subject;
    await register(catalog, 'ann');
    await stage(catalog, 't', 1, [entry('a')]);
    await change(catalog, [{ add: entry('z') }]);
    assert.deepEqual(await uploadOf(catalog), { token: 't', parts: 1 });
    await catalog.replaceEntries('id-ann', encodeFileList([entry('b')]));
    assert.equal(await uploadOf(catalog), undefined);
    await stage(catalog, 't', 1, [entry('a')]);
    await registerAgain(catalog);
    assert.equal(await uploadOf(catalog, 'id-ann-2'), undefined);
    await assertFails('unknown-id', catalog.listState('id-ann'));
  });

  test('peers send their parts side by side', async () => {
    const { catalog } = subject;
    const names = ['ann', 'bob', 'eve'];
    for (const name of names) await register(catalog, name);
    await Promise.all(
      names.map(async (name) => {
        for (const part of [1, 2, 3]) {
          await catalog.stagePart(`id-${name}`, 't', part, encodeFileList([entry(`${name}-${part}`)]));
        }
        await catalog.commitList(`id-${name}`, 't', 3);
      }),
    );
    for (const name of names) {
      assert.deepEqual(await browseAll(catalog, `id-${name}`), [`${name}-1`, `${name}-2`, `${name}-3`]);
    }
  });

  test('parts are read from where they lie, and left to their owner', async () => {
    const { catalog } = subject;
    await register(catalog, 'ann');
    const bytes = Buffer.from(`junk a|1|${sha1Of('a')}\njunk`);
    await catalog.stagePart('id-ann', 't', 1, bytes.subarray(5, -5));
    await catalog.commitList('id-ann', 't', 1);
    assert.deepEqual(await browseAll(catalog, 'id-ann'), ['a']);
    assert.equal(bytes.toString('utf8', 0, 5), 'junk ');
  });
}
