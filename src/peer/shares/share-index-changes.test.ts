import assert from 'node:assert/strict';
import { cp, mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { createShareFixture, sha1Of, type OpenIndex } from '../../../test/support/share-fixture.ts';
import type { SharedFile } from '../uploads/shared-file.ts';

function found(index: OpenIndex, content: string): SharedFile {
  const file = index.find(sha1Of(content));
  assert.ok(file);
  return file;
}

describe('share index: changes', { concurrency: true }, () => {
  test('takes a folder out at once in which a peer or server is started', async (t) => {
    const { write, open } = await createShareFixture(t);
    await write('good');
    await write('data/downloads/a');
    const index = await open();
    await index.scan();
    assert.deepEqual(index.paths(), ['S/data/downloads/a', 'S/good']);
    await write('data/lock.db');
    await write('data/identity.pem');
    await index.lists(['S/good']);
    await write('data/downloads/b');
    await write('last');
    await index.lists(['S/good', 'S/last']);
    assert.ok(!index.hashed.some((path) => path.includes('identity')));
  });

  test('follows new, changed and removed files', async (t) => {
    const { write, open, inFolder } = await createShareFixture(t);
    await write('a');
    const index = await open();
    await index.scan();
    const revision = index.revision();
    await write('deep/down/b');
    assert.ok((await index.changed(revision, AbortSignal.timeout(5_000))) > revision);
    assert.deepEqual(index.paths(), ['S/a', 'S/deep/down/b']);
    await writeFile(inFolder('deep/down/b'), 'changed');
    const signal = AbortSignal.timeout(5_000);
    while (!index.find(sha1Of('changed'))) await index.changed(index.revision(), signal);
    await rm(inFolder('deep'), { recursive: true });
    await index.lists(['S/a']);
  });

  test('follows renamed folders, and what happens in them afterwards, without hashing', async (t) => {
    const { write, open, inFolder } = await createShareFixture(t);
    await write('old/sub/a');
    await write('other/b');
    const index = await open();
    await index.scan();
    await rename(inFolder('old'), inFolder('new'));
    await index.lists(['S/new/sub/a', 'S/other/b']);
    await rename(inFolder('other'), inFolder('old'));
    await index.lists(['S/new/sub/a', 'S/old/b']);
    assert.equal(index.hashed.length, 2);
    await write('new/sub/c');
    await index.lists(['S/new/sub/a', 'S/new/sub/c', 'S/old/b']);
    await write('old/d');
    await index.lists(['S/new/sub/a', 'S/new/sub/c', 'S/old/b', 'S/old/d']);
    assert.equal(index.hashed.length, 4);
  });

  test('follows files that become folders, and folders that become files', async (t) => {
    const { write, open, inFolder } = await createShareFixture(t);
    await write('a');
    await write('b/c');
    const index = await open();
    await index.scan();
    await rename(inFolder('b'), inFolder('d'));
    await rename(inFolder('a'), inFolder('b'));
    await rename(inFolder('d'), inFolder('a'));
    await index.lists(['S/a/c', 'S/b']);
    assert.equal(index.hashed.length, 2);
  });

  test('follows a tree that is moved in and one that is moved out', async (t) => {
    const { write, open, folder, inFolder } = await createShareFixture(t);
    await write('here/x/a');
    const outside = `${folder}-outside`;
    await mkdir(`${outside}/y/z`, { recursive: true });
    await writeFile(`${outside}/y/z/b`, 'b');
    const index = await open();
    await index.scan();
    await rename(outside, inFolder('in'));
    await index.lists(['S/here/x/a', 'S/in/y/z/b']);
    await write('in/y/z/c');
    await index.lists(['S/here/x/a', 'S/in/y/z/b', 'S/in/y/z/c']);
    await rename(inFolder('here'), outside);
    await index.lists(['S/in/y/z/b', 'S/in/y/z/c']);
  });

  test('takes out a share whose folder goes away, and lists it again when that is back', async (t) => {
    const { write, open, folder } = await createShareFixture(t);
    await write('a/b');
    const index = await open();
    await index.scan();
    await rename(folder, `${folder}-away`);
    await index.lists([]);
    assert.equal(index.summaries()[0]?.error?.code, 'not-found');
    await rename(`${folder}-away`, folder);
    await index.lists(['S/a/b']);
    assert.equal(index.summaries()[0]?.error, undefined);
    await write('a/c');
    await index.lists(['S/a/b', 'S/a/c']);
    assert.deepEqual(index.hashed.length, 2);
  });

  test('finds many contents at once, each in its place', async (t) => {
    const { write, open, inFolder } = await createShareFixture(t);
    await write('b', 'one');
    await write('a', 'one');
    await write('c', 'two');
    const index = await open();
    await index.scan();
    const one = found(index, 'one');
    const wanted = [{ sha1: sha1Of('two') }, { sha1: sha1Of('none') }, one, { ...one, root: '0'.repeat(64) }, one];
    const places = index.findAll(wanted).map((file) => file?.absolutePath);
    assert.deepEqual(places, [inFolder('c'), undefined, inFolder('a'), undefined, inFolder('a')]);
  });

  test('finds a content by any of its copies that is left', async (t) => {
    const { write, open, inFolder } = await createShareFixture(t);
    const content = 'the same'.repeat(20_000);
    await write('one', content);
    await write('two', content);
    const index = await open();
    await index.scan();
    const first = found(index, content);
    assert.equal(first.absolutePath, inFolder('one'));
    assert.equal(first.sizeBytes, content.length);
    assert.equal(index.find(first.sha1, '0'.repeat(64)), undefined);

    await rm(inFolder('one'));
    index.recheck(first);
    const second = index.find(first.sha1, first.root);
    assert.equal(second?.absolutePath, inFolder('two'));
    assert.deepEqual(index.paths(), ['S/two']);
    assert.ok(second);
    assert.equal(index.pieceLayer(second)?.length, 32 * Math.ceil(content.length / second.pieceBytes));

    index.recheck(second);
    assert.equal(index.find(first.sha1), undefined);
    assert.equal(index.pieceLayer(second), undefined);
    await index.lists(['S/two']);
  });

  test('hashes a copy, and knows it for the same content', async (t) => {
    const { write, open, inFolder } = await createShareFixture(t);
    await write('one', 'same');
    const index = await open();
    await index.scan();
    await cp(inFolder('one'), inFolder('two'), { preserveTimestamps: true });
    await index.lists(['S/one', 'S/two']);
    assert.deepEqual(index.hashed, ['one', 'two']);
    const [one, two] = index.entries();
    assert.deepEqual([two?.sha1, two?.root], [one?.sha1, one?.root]);
  });

  test('gives the layer of files of one piece, and of none', async (t) => {
    const { write, open } = await createShareFixture(t);
    await write('small', 'small');
    await write('empty', '');
    const index = await open();
    await index.scan();
    const small = found(index, 'small');
    assert.equal(Buffer.from(index.pieceLayer(small) ?? []).toString('hex'), small.root);
    assert.equal(index.pieceLayer(found(index, ''))?.length, 0);
  });

  test('tells how far the hashing is', async (t) => {
    const { write, open, folder } = await createShareFixture(t);
    for (const name of ['a', 'b', 'c']) await write(name);
    const gate = Promise.withResolvers<undefined>();
    const index = await open({
      async hash(path, pool) {
        if (!path.endsWith('a')) await gate.promise;
        return pool.hash(path);
      },
    });
    const scanned = index.scan();
    await index.lists(['S/a']);
    while (index.summaries()[0]?.looking) await sleep(5);
    assert.deepEqual(index.summaries(), [
      {
        label: 'S',
        folder,
        files: 1,
        sizeBytes: 1,
        hashing: { filesDone: 1, filesTotal: 3, bytesDone: 1, bytesTotal: 3 },
      },
    ]);
    gate.resolve(undefined);
    await scanned;
    assert.deepEqual(index.summaries(), [{ label: 'S', folder, files: 3, sizeBytes: 3 }]);
  });

  test('closes while it hashes', async (t) => {
    const { write, open } = await createShareFixture(t);
    await write('a');
    const index = await open();
    const scanned = index.scan();
    await index.close();
    await assert.rejects(scanned);
  });
});
