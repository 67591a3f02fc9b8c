import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { describe, it, type TestContext } from 'node:test';
import { run, runJson, start, type Running } from '../support/processes.ts';
import { createNetwork, eventually, writeRandom, type Network } from './network.ts';

type ShareLine = { label: string; files: number; hashing?: { filesTotal: number } };

/** A network, and how to start its peer ada with what is said; and again, while it runs. */
async function createFixture(t: TestContext) {
  const network = await createNetwork(t);
  let ada: Running | undefined;
  return {
    network,
    startAda: async (...args: readonly string[]): Promise<void> => {
      await ada?.stop();
      ada = network.track(await start(['peer', ...network.data('ada'), ...args]));
    },
  };
}

function firstStart(network: Network): readonly string[] {
  return ['--join', network.link, '--name', 'ada', '--share', network.path('ada', 'files'), '--listen', '127.0.0.1:0'];
}

async function pathsOf(network: Network): Promise<string[]> {
  const files = await runJson<{ path: string }>(['browse', 'ada', '--recursive', ...network.data('ada')]);
  return files.map(({ path }) => path).toSorted();
}

describe('shares', () => {
  it('are what the patterns leave of their folders, also after a restart', async (t) => {
    const { network, startAda } = await createFixture(t);
    for (const path of ['a.txt', 'disc.iso', 'x/b.part', 'x/c.txt', 'x/d.raw', '.notes/e', '.other/f']) {
      await writeRandom(network.path('ada', 'files', path), 10);
    }
    await writeFile(network.path('ada', 'files', 'x', '.swapmeetignore'), '*.raw\n');
    await startAda(...firstStart(network), '--exclude', '*.ISO', '--exclude', '/files/a.*', '--include', '.notes/');
    const expected = ['files/.notes/e', 'files/x/c.txt'];
    assert.deepEqual(await pathsOf(network), expected);
    await startAda();
    assert.deepEqual(await pathsOf(network), expected);

    await startAda('--exclude', '');
    assert.deepEqual(await pathsOf(network), ['files/.notes/e', 'files/a.txt', 'files/disc.iso', 'files/x/c.txt']);
    await writeFile(network.path('ada', 'files', '.swapmeetignore'), '/x/\n*.iso\n');
    await eventually(
      () => pathsOf(network),
      (paths) => paths.join() === 'files/.notes/e,files/a.txt',
    );
  });

  it('are not started with a pattern that can’t be', async (t) => {
    const { network } = await createFixture(t);
    await writeRandom(network.path('ada', 'files', 'a'), 1);
    const { code, stderr } = await run([
      'peer',
      ...network.data('ada'),
      ...firstStart(network),
      '--exclude',
      '*a'.repeat(50),
    ]);
    assert.equal(code, 1);
    assert.match(stderr, /pattern/);
  });

  it('are hashed when nobody has paused that', async (t) => {
    const { network, startAda } = await createFixture(t);
    await writeRandom(network.path('ada', 'files', 'first'), 10);
    await startAda(...firstStart(network));
    const ada = network.data('ada');
    const shares = () => runJson<ShareLine>(['shares', ...ada]);
    await run(['shares', '--pause-hashing', ...ada]);
    await writeRandom(network.path('ada', 'files', 'second'), 10);
    const [paused] = await eventually(shares, ([share]) => share?.hashing?.filesTotal === 1);
    assert.equal(paused?.files, 1);
    assert.match((await run(['shares', ...ada])).stderr, /--resume-hashing/);
    const [resumed] = await runJson<{ hashingPace: string }>(['status', ...ada]);
    assert.equal(resumed?.hashingPace, 'paused');

    await run(['shares', '--resume-hashing', ...ada]);
    await eventually(
      () => pathsOf(network),
      (paths) => paths.join() === 'files/first,files/second',
    );
  });
});
