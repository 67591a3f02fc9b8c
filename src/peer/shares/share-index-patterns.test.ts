import assert from 'node:assert/strict';
import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { describe, test } from 'node:test';
import { createShareFixture } from '../../../test/support/share-fixture.ts';

describe('share index: patterns', { concurrency: true }, () => {
  test('other patterns at the next start hash nothing anew of what was shared before', async (t) => {
    const { write, open } = await createShareFixture(t);
    for (const path of ['a.txt', 'b.iso', 'c/d.iso', 'c/.thumbs/e', '.f']) await write(path);
    const first = await open();
    await first.scan();
    assert.deepEqual(first.paths(), ['S/a.txt', 'S/b.iso', 'S/c/d.iso']);
    await first.close();

    const less = await open({ patterns: { exclude: ['/S/*.iso', 'd*'], include: ['.thumbs/'] } });
    // At once: what a person excludes is not offered until the first walk is done.
    assert.deepEqual(less.paths(), ['S/a.txt']);
    await less.scan();
    assert.deepEqual(less.paths(), ['S/a.txt', 'S/c/.thumbs/e']);
    assert.equal(less.hashed.length, 1);
    await less.close();

    const again = await open();
    await again.scan();
    assert.deepEqual(again.paths(), ['S/a.txt', 'S/b.iso', 'S/c/d.iso']);
    assert.deepEqual(again.hashed, []);
  });

  test('follows the patterns of folders, for all that lies below', async (t) => {
    const { write, open, inFolder } = await createShareFixture(t);
    for (const path of ['a/b/c.wav', 'a/b/d', 'e.wav']) await write(path);
    const index = await open();
    await index.scan();
    await write('a/.swapmeetignore', '*.wav\n');
    await index.lists(['S/a/b/d', 'S/e.wav']);
    await write('a/b/.swapmeetignore', '!c.wav\nd\n');
    await index.lists(['S/a/b/c.wav', 'S/e.wav']);
    await rm(inFolder('a/b/.swapmeetignore'));
    await index.lists(['S/a/b/d', 'S/e.wav']);
    await rm(inFolder('a/.swapmeetignore'));
    await index.lists(['S/a/b/c.wav', 'S/a/b/d', 'S/e.wav']);
    assert.equal(index.hashed.length, 3);
  });

  test('follows what happens in hidden folders that are included, and not in folders that are excluded', async (t) => {
    const { write, open, inFolder } = await createShareFixture(t);
    await write('.kept/a');
    await write('out/b');
    const index = await open({ patterns: { exclude: ['out'], include: ['.kept'] } });
    await index.scan();
    await write('.kept/c');
    await index.lists(['S/.kept/a', 'S/.kept/c']);
    await rename(inFolder('.kept'), inFolder('out/in'));
    await index.lists([]);
    await rename(inFolder('out'), inFolder('shown'));
    await index.lists(['S/shown/b', 'S/shown/in/a', 'S/shown/in/c']);
    assert.equal(index.hashed.length, 3);
  });

  test('shares nothing of a folder whose patterns can’t be used', async (t) => {
    const { write, open, inFolder } = await createShareFixture(t);
    await write('good');
    await write('bad/a/b');
    await mkdir(inFolder('bad/.swapmeetignore'));
    const index = await open();
    await index.scan();
    assert.deepEqual(index.paths(), ['S/good']);
    assert.equal(index.logged.filter((line) => line.includes('.swapmeetignore')).length, 1);
    await rm(inFolder('bad/.swapmeetignore'), { recursive: true });
    await index.lists(['S/bad/a/b', 'S/good']);
    await writeFile(inFolder('bad/.swapmeetignore'), 'a'.repeat(70_000));
    await index.lists(['S/good']);
  });

  test('refuses patterns that can’t be', async (t) => {
    const { open } = await createShareFixture(t);
    const exclude = ['*a'.repeat(100)];
    await assert.rejects(open({ patterns: { exclude, include: [] } }), { code: 'bad-argument' });
  });
});
