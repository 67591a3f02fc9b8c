import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { appendFile, mkdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { describe, it } from 'node:test';
import { run, runJson } from '../support/processes.ts';
import { createNetwork, eventually, writeRandom } from './network.ts';

type Hit = {
  name: string;
  size: number;
  sha1: string;
  root?: string;
  sources: { id: string; username: string; path: string }[];
};
type PeerLine = { username: string; id: string; presence: string; files: number };
type FileLine = { path: string; size: number; sha1: string; root?: string };

describe('the main job', () => {
  it('registers, searches, browses, downloads and verifies', async (t) => {
    const network = await createNetwork(t);
    const bytes = await writeRandom(network.path('ada', 'files', 'deep', 'Grüße & 日本.bin'), 3_000_000);
    const sha1 = createHash('sha1').update(bytes).digest('hex');
    await writeRandom(network.path('bob', 'files', 'other.bin'), 100_000);
    await Promise.all([network.peer('ada'), network.peer('bob')]);
    const bob = network.data('bob');

    const peers = await runJson<PeerLine>(['peers', ...bob]);
    assert.deepEqual(
      peers.map(({ username, presence, files }) => ({ username, presence, files })),
      ['ada', 'bob'].map((username) => ({ username, presence: 'online', files: 1 })),
    );

    const [hit, ...others] = await runJson<Hit>(['search', 'grusse 日本', ...bob]);
    assert.deepEqual(others, []);
    assert.equal(hit?.sha1, sha1);
    assert.equal(hit.size, bytes.length);
    assert.deepEqual(hit.sources, [{ id: peers[0]?.id, username: 'ada', path: hit.name }]);

    const [file] = await runJson<FileLine>(['browse', 'ada', 'files/deep', '--recursive', ...bob]);
    assert.deepEqual(file, { path: 'files/deep/Grüße & 日本.bin', size: bytes.length, sha1, root: hit.root });

    const out = network.path('bob', 'elsewhere');
    await mkdir(out);
    assert.equal((await run(['get', `ada:${file.path}`, '--out', out, ...bob])).code, 0);
    assert.ok(bytes.equals(await readFile(network.path('bob', 'elsewhere', 'Grüße & 日本.bin'))));
    assert.equal((await run(['get', sha1, ...bob])).code, 0);
    const copy = network.path('bob', 'downloads', 'Grüße & 日本.bin');
    assert.ok(bytes.equals(await readFile(copy)));

    const [hashed] = await runJson<FileLine>(['hash', copy]);
    assert.equal(hashed?.sha1, sha1);
    assert.equal(hashed.root, hit.root);
  });

  it('downloads empty and tiny files', async (t) => {
    const network = await createNetwork(t);
    await writeRandom(network.path('ada', 'files', 'empty'), 0);
    await writeRandom(network.path('ada', 'files', 'one'), 1);
    await Promise.all([network.peer('ada'), network.peer('bob')]);
    for (const name of ['empty', 'one']) {
      const { code, stderr } = await run(['get', `ada:files/${name}`, ...network.data('bob')]);
      assert.equal(code, 0, stderr);
      const [original, copy] = ['ada/files', 'bob/downloads'].map((folder) => network.path(folder, name));
      assert.ok((await readFile(original ?? '')).equals(await readFile(copy ?? '')));
    }
  });

  it('publishes what changes on disk while it runs', async (t) => {
    const network = await createNetwork(t);
    const files = (name: string): string => network.path('ada', 'files', name);
    await writeRandom(files('first.bin'), 1000);
    await Promise.all([network.peer('ada'), network.peer('bob')]);
    const api = await network.api('bob');
    const listed = async () => (await api.call('browse', { peer: 'ada' })).rows;
    const names = async (): Promise<string[]> => (await listed()).map(({ path }) => path);
    const becomes = (...expected: string[]): Promise<string[]> =>
      eventually(names, (now) => now.join() === expected.map((name) => `files/${name}`).join());

    await becomes('first.bin');
    await writeRandom(files('second.bin'), 1000);
    await becomes('first.bin', 'second.bin');
    await rename(files('first.bin'), files('third.bin'));
    await becomes('second.bin', 'third.bin');
    await rm(files('second.bin'));
    await becomes('third.bin');
    await appendFile(files('third.bin'), 'more');
    const sizeBytes = (await stat(files('third.bin'))).size;
    await eventually(listed, ([file]) => file?.sizeBytes === sizeBytes);
  });

  it('refuses in words that a person can act on, with a code and exit status', async (t) => {
    const network = await createNetwork(t);
    await network.peer('ada');
    const data = network.data('ada');
    const cases: [string[], RegExp][] = [
      [['get', '0'.repeat(40), ...data], /no-source/],
      [['get', 'nobody:files/x', ...data], /not-found/],
      [['browse', 'nobody', ...data], /not-found/],
      [['search', 'size:>>', ...data], /bad-query/],
      [['status', '--data', network.path('nowhere')], /not-running/],
      [['hash', network.path('nowhere')], /not-found/],
      [['peer', '--data', network.path('x'), '--join', 'swapmeet://nonsense', '--name', 'x'], /bad-argument/],
    ];
    for (const [args, expected] of cases) {
      const { code, stdout, stderr } = await run(args);
      assert.equal(code, 1, args.join(' '));
      assert.equal(stdout, '');
      assert.match(stderr, expected);
    }
  });

  it('keeps out who has no invite, or another’s name', async (t) => {
    const network = await createNetwork(t);
    await network.peer('ada');
    const link = new URL(network.link);
    link.searchParams.delete('invite');
    const start = (name: string, join: string) =>
      run(['peer', '--data', network.path('x', name), '--join', join, '--name', name, '--listen', '127.0.0.1:0']);
    const uninvited = await start('eve', link.href);
    assert.equal(uninvited.code, 1);
    assert.match(uninvited.stderr, /invite-needed/);
    const imposter = await start('ada', network.link);
    assert.equal(imposter.code, 1);
    assert.match(imposter.stderr, /name-taken/);
  });

  it('starts both with `up`, for the first machine of a group', async (t) => {
    const network = await createNetwork(t);
    const { start } = await import('../support/processes.ts');
    await writeRandom(network.path('first', 'files', 'hello.bin'), 1000);
    const ports = ['--listen', '127.0.0.1:0', '--peer-listen', '127.0.0.1:0'];
    const up = network.track(
      await start([
        'up',
        ...network.data('first'),
        '--name',
        'first',
        '--share',
        network.path('first', 'files'),
        ...ports,
      ]),
    );
    assert.match(up.ready, /^swapmeet:\/\//);
    const second = network.path('second', 'data');
    network.track(
      await start(['peer', '--data', second, '--join', up.ready, '--name', 'second', '--listen', '127.0.0.1:0']),
    );
    const [hit] = await runJson<Hit>(['search', 'hello', '--data', second]);
    assert.equal(hit?.sources[0]?.username, 'first');
    await writeFile(network.path('done'), '');
  });
});
