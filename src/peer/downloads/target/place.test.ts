import assert from 'node:assert/strict';
import { mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { createPart } from './choose.ts';
import { placeFile } from './place.ts';

async function temporaryFolder(t: TestContext): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'swapmeet-place-'));
  t.after(() => rm(folder, { recursive: true }));
  return folder;
}

describe('placing a file', () => {
  it('gives the partial file its name', async (t) => {
    const folder = await temporaryFolder(t);
    const part = await createPart(folder, 'a.txt');
    await writeFile(part, 'whole');
    assert.equal(await placeFile(part, join(folder, 'a.txt')), true);
    assert.deepEqual(await readdir(folder), ['a.txt']);
    assert.equal(await readFile(join(folder, 'a.txt'), 'utf8'), 'whole');
  });

  it('replaces nothing, not even a link that leads nowhere', async (t) => {
    const folder = await temporaryFolder(t);
    const part = await createPart(folder, 'a.txt');
    await writeFile(join(folder, 'a.txt'), 'precious');
    assert.equal(await placeFile(part, join(folder, 'a.txt')), false);
    assert.equal(await readFile(join(folder, 'a.txt'), 'utf8'), 'precious');
    if (process.platform !== 'win32') {
      await symlink(join(folder, 'nowhere'), join(folder, 'link'));
      assert.equal(await placeFile(part, join(folder, 'link')), false);
    }
    assert.ok((await readdir(folder)).includes('a.txt.part'));
  });

  it('makes a new partial file where others, or links, have the name', async (t) => {
    const folder = await temporaryFolder(t);
    await writeFile(join(folder, 'a.txt.part'), 'somebody else’s');
    if (process.platform !== 'win32') await symlink('/nowhere', join(folder, 'a.txt (2).part'));
    const part = await createPart(folder, 'a.txt');
    assert.equal(part, join(folder, process.platform === 'win32' ? 'a.txt (2).part' : 'a.txt (3).part'));
    assert.equal(await readFile(join(folder, 'a.txt.part'), 'utf8'), 'somebody else’s');
  });

  it('says what is wrong with the folder', async (t) => {
    const folder = join(await temporaryFolder(t), 'gone');
    await assert.rejects(createPart(folder, 'a.txt'), { code: 'disk-error' });
    await assert.rejects(placeFile(join(folder, 'a.part'), join(folder, 'a')), { code: 'disk-error' });
  });
});
