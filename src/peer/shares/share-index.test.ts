import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { appendFile, chmod, mkdir, readFile, rename, rm, symlink, utimes, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { describe, test } from 'node:test';
import { createShareFixture, sha1Of } from '../../../test/support/share-fixture.ts';

const isWindows = process.platform === 'win32';
const isRoot = process.getuid?.() === 0;

describe('share index: scan', { concurrency: true }, () => {
  test('lists every file with size, SHA-1 and root, by path', async (t) => {
    const { write, open } = await createShareFixture(t);
    await write('b/two', 'two');
    await write('b.txt', 'one');
    await write('empty', '');
    const index = await open();
    await index.scan();
    const entries = [...index.entries()];
    assert.deepEqual(
      entries.map(({ path, sizeBytes, sha1 }) => ({ path, sizeBytes, sha1 })),
      [
        { path: 'S/b.txt', sizeBytes: 3, sha1: sha1Of('one') },
        { path: 'S/b/two', sizeBytes: 3, sha1: sha1Of('two') },
        { path: 'S/empty', sizeBytes: 0, sha1: sha1Of('') },
      ],
    );
    assert.equal(entries[0]?.root, createHash('sha256').update('one').digest('hex'));
    assert.equal(entries[2]?.root, undefined);
  });

  test('hashes nothing anew after a restart, but what changed meanwhile', async (t) => {
    const { write, open, inFolder } = await createShareFixture(t);
    for (const name of ['a', 'b', 'c', 'd']) await write(`x/${name}`);
    const first = await open();
    await first.scan();
    assert.equal(first.hashed.length, 4);
    await first.close();

    await writeFile(inFolder('x/b'), 'changed');
    await rm(inFolder('x/c'));
    await rename(inFolder('x/d'), inFolder('moved'));
    const second = await open();
    assert.deepEqual(second.paths(), ['S/x/a', 'S/x/b', 'S/x/c', 'S/x/d']);
    await second.scan();
    assert.deepEqual(second.paths(), ['S/moved', 'S/x/a', 'S/x/b']);
    assert.deepEqual(second.hashed, ['x/b'.replace('/', isWindows ? '\\' : '/')]);
  });

  test('hashes nothing anew when a share gets another label or is away for a while', async (t) => {
    const { write, open, folder } = await createShareFixture(t);
    await write('a');
    const first = await open();
    await first.scan();
    await first.close();

    await rename(folder, `${folder}-unplugged`);
    const away = await open();
    await away.scan();
    assert.deepEqual(away.paths(), []);
    const [summary] = away.summaries();
    assert.equal(summary?.error?.code, 'not-found');
    await away.close();

    await rename(`${folder}-unplugged`, folder);
    const back = await open({ shares: [{ label: 'Other', folder }] });
    await back.scan();
    assert.deepEqual(back.paths(), ['Other/a']);
    assert.deepEqual(back.hashed, []);
    assert.equal(back.summaries()[0]?.error, undefined);
  });

  test('publishes nothing from the old place of a share that lies elsewhere now', async (t) => {
    const { write, open, inFolder } = await createShareFixture(t);
    await write('old/a');
    await write('new/b');
    const first = await open({ shares: [{ label: 'S', folder: inFolder('old') }] });
    await first.scan();
    await first.close();
    const second = await open({ shares: [{ label: 'S', folder: inFolder('new') }] });
    assert.deepEqual(second.paths(), []);
    await second.scan();
    assert.deepEqual(second.paths(), ['S/b']);
  });

  test('leaves out hidden and unfinished files, and links', async (t) => {
    const { write, open, inFolder } = await createShareFixture(t);
    for (const path of ['.hidden', '.git/config', 'film.mkv.part', 'a.txt~', 'Thumbs.db', 'good.txt'])
      await write(path);
    await mkdir(inFolder('outside'));
    await symlink(inFolder('good.txt'), inFolder('link.txt'), 'file');
    await symlink(inFolder('outside'), inFolder('linked'), 'junction');
    const index = await open();
    await index.scan();
    assert.deepEqual(index.paths(), ['S/good.txt']);
  });

  test('leaves out the data folders of peers and servers, its own and others', async (t) => {
    const { write, open, folder, database } = await createShareFixture(t);
    for (const file of ['lock.db', 'identity.pem']) await writeFile(join(dirname(database), file), '');
    for (const file of ['lock.db', 'identity.pem', 'peer.json', 'downloads/a']) await write(`deep/other/${file}`);
    for (const path of ['alone/lock.db', 'alone-too/identity.pem']) await write(path);
    const index = await open({ shares: [{ label: 'B', folder: `${folder}/..` }] });
    await index.scan();
    assert.deepEqual(index.paths(), ['B/shared/alone-too/identity.pem', 'B/shared/alone/lock.db']);
    assert.equal(index.logged.filter((line) => line.includes('holds the private key')).length, 2);
  });

  test('refuses to share a data folder, however it is reached', async (t) => {
    const { write, open, folder, inFolder, database } = await createShareFixture(t);
    for (const file of ['lock.db', 'identity.pem']) await writeFile(join(dirname(database), file), '');
    for (const file of ['lock.db', 'identity.pem', 'downloads/a']) await write(`other/${file}`);
    await symlink(inFolder('other'), inFolder('linked'), 'junction');
    for (const refused of [dirname(database), inFolder('other'), inFolder('linked'), `${folder}/x/../other`]) {
      await assert.rejects(open({ shares: [{ label: 'S', folder: refused }] }), { code: 'bad-argument' });
    }
    const index = await open({ shares: [{ label: 'S', folder: inFolder('other/downloads') }] });
    await index.scan();
    assert.deepEqual(index.paths(), ['S/a']);
  });

  test('takes names as they are', { skip: isWindows }, async (t) => {
    const { write, open } = await createShareFixture(t);
    const names = ['bar|bar', '100%', '🎶', '"quoted"', 'back\\slash', 'ünï'];
    for (const name of names) await write(name);
    const index = await open();
    await index.scan();
    assert.deepEqual(new Set(index.paths()), new Set(names.map((name) => `S/${name}`)));
  });

  test('logs and skips files whose names no peer takes', { skip: isWindows }, async (t) => {
    const { write, open, inFolder } = await createShareFixture(t);
    for (const path of ['good', 'a\nb', 'fold\ter/c', '\u001b[2J', 'Icon\r']) await write(path);
    const index = await open({ patterns: { exclude: ['Icon[\r]'], include: [] } });
    await index.scan();
    await index.scan();
    // A file is kept by its own name, so that this one can be downloaded.
    assert.deepEqual(index.paths(), ['S/fold\ter/c', 'S/good']);
    const warned = index.logged.filter((line) => line.includes('control characters'));
    assert.equal(warned.length, 3);
    await rename(inFolder('good'), inFolder('go\nod'));
    await rename(inFolder('a\nb'), inFolder('ab'));
    await index.scan();
    assert.deepEqual(index.paths(), ['S/ab', 'S/fold\ter/c']);
  });

  test('logs and skips names that are no UTF-8', { skip: process.platform !== 'linux' }, async (t) => {
    const { write, open, folder } = await createShareFixture(t);
    await write('good');
    await writeFile(Buffer.concat([Buffer.from(`${folder}/bad`), Buffer.of(0xff)]), 'x');
    const index = await open();
    await index.scan();
    await index.scan();
    assert.deepEqual(index.paths(), ['S/good']);
    assert.equal(index.logged.filter((line) => line.includes('not UTF-8')).length, 1);
  });

  test('skips what it may not read', { skip: isWindows || isRoot }, async (t) => {
    const { write, open, inFolder } = await createShareFixture(t);
    for (const path of ['secret', 'closed/a', 'good']) await write(path);
    await chmod(inFolder('secret'), 0o000);
    await chmod(inFolder('closed'), 0o000);
    const index = await open();
    await index.scan();
    await chmod(inFolder('closed'), 0o700);
    assert.deepEqual(index.paths(), ['S/good']);
    assert.equal(index.logged.filter((line) => line.includes('not shared')).length, 2);
  });

  test('does not publish a file that changes while it is hashed, until it rests', async (t) => {
    const { write, open } = await createShareFixture(t);
    await write('log', 'first');
    let rounds = 0;
    const index = await open({
      async hash(path, pool) {
        rounds += 1;
        const hash = await pool.hash(path);
        if (rounds > 1) return hash;
        await appendFile(path, ' second');
        // As the pool does when it is the one to notice.
        return { ...(await pool.hash(path)), sha1: hash.sha1 };
      },
    });
    await index.scan();
    assert.deepEqual(index.paths(), []);
    assert.equal(index.summaries()[0]?.postponedFiles, 1);
    await index.lists(['S/log']);
    assert.equal(index.summaries()[0]?.postponedFiles, undefined);
    assert.equal([...index.entries()][0]?.sha1, sha1Of('first second'));
  });

  test('waits with a file until its modification time tells later changes apart', async (t) => {
    const { write, open, inFolder } = await createShareFixture(t);
    await write('coarse');
    const secondMs = Math.floor(Date.now() / 1000) * 1000;
    await utimes(inFolder('coarse'), secondMs / 1000, secondMs / 1000);
    const hashedAtMs: number[] = [];
    const index = await open({
      hash: (path, pool) => {
        hashedAtMs.push(Date.now());
        return pool.hash(path);
      },
    });
    await index.scan();
    assert.deepEqual(index.paths(), ['S/coarse']);
    assert.ok(hashedAtMs.length > 0 && hashedAtMs.every((atMs) => atMs >= secondMs + 2_000), hashedAtMs.join());
  });

  test('refuses shares that can’t be', async (t) => {
    const { open, folder } = await createShareFixture(t);
    const refused = { code: 'bad-argument' };
    for (const label of ['', 'a/b', '..', 'a\0b']) await assert.rejects(open({ shares: [{ label, folder }] }), refused);
    const twice = { label: 'S', folder };
    await assert.rejects(open({ shares: [twice, twice] }), refused);
  });

  test('begins anew when its database is broken', async (t) => {
    const { write, open, database } = await createShareFixture(t);
    await write('a');
    await writeFile(database, 'no database');
    const index = await open();
    await index.scan();
    assert.deepEqual(index.paths(), ['S/a']);
    assert.match(await readFile(database, 'latin1'), /^SQLite format 3/);
  });
});
