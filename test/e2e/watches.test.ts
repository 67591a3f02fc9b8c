import assert from 'node:assert/strict';
import { readFile, rename } from 'node:fs/promises';
import { describe, it } from 'node:test';
import { followJson, run, runJson } from '../support/processes.ts';
import { createNetwork, eventually, writeRandom } from './network.ts';

type Hit = { readonly name: string };
type Watch = { readonly id: string; readonly query: string; readonly get: boolean; readonly waiting: number };

/** Puts a whole file into a share at once. */
async function share(path: string, staging: string): Promise<Buffer> {
  const bytes = await writeRandom(staging, 20_000);
  await rename(staging, path);
  return bytes;
}

describe('a watch', () => {
  it('shows what appears, also what appeared while nobody looked, through restarts of both sides', async (t) => {
    const network = await createNetwork(t);
    let ada = await network.peer('ada');
    await network.peer('bob');
    const put = (name: string): Promise<Buffer> =>
      share(network.path('bob', 'files', name), network.path('bob', `staged-${name}`));

    const shown = followJson<Hit>(['watch', 'needle', ...network.data('ada')]);
    const rows = shown.rows[Symbol.asyncIterator]();
    const nextName = async (): Promise<string | undefined> => {
      const next = await rows.next();
      return next.done === true ? undefined : next.value.name;
    };
    const watches = (): Promise<Watch[]> => runJson<Watch>(['watch', '--list', ...network.data('ada')]);
    const [watch] = await eventually(watches, ({ length }) => length === 1);
    await put('needle-1.bin');
    assert.equal(await nextName(), 'files/needle-1.bin');
    await put('pin.bin');
    await put('needle-2.bin');
    assert.equal(await nextName(), 'files/needle-2.bin');
    shown.stop();
    await shown.code;

    await ada.stop();
    await put('needle-3.bin');
    await network.server().stop();
    await network.restartServer();
    ada = await network.again('ada');
    assert.deepEqual(
      (await watches()).map(({ id, query }) => ({ id, query })),
      [{ id: watch?.id, query: 'needle' }],
    );
    const again = followJson<Hit>(['watch', 'needle', ...network.data('ada')]);
    const names: string[] = [];
    for await (const { name } of again.rows) {
      names.push(name);
      if (name === 'files/needle-3.bin') break;
    }
    again.stop();
    await again.code;
    // What was on its way when the display ended may be shown twice.
    assert.ok(!names.includes('files/needle-1.bin'), names.join());

    const { code, stderr } = await run(['watch', '--remove', watch?.id ?? '', ...network.data('ada')]);
    assert.equal(code, 0, stderr);
    assert.deepEqual(await watches(), []);
    await ada.stop();
  });

  it('downloads by itself what appears, also while its peer was away', async (t) => {
    const network = await createNetwork(t);
    const ada = await network.peer('ada');
    await network.peer('bob');
    const put = (name: string): Promise<Buffer> =>
      share(network.path('bob', 'files', name), network.path('bob', `staged-${name}`));
    const gotten = (name: string): Promise<Buffer | undefined> =>
      readFile(network.path('ada', 'downloads', name)).catch(() => undefined);

    const [left] = await runJson<Watch>(['watch', '--get', 'thimble', ...network.data('ada')]);
    assert.equal(left?.get, true);
    const first = await put('thimble-1.bin');
    await eventually(
      () => gotten('thimble-1.bin'),
      (bytes) => bytes?.equals(first) ?? false,
    );
    await ada.kill();
    const second = await put('thimble-2.bin');
    const found = (): Promise<Hit[]> => runJson<Hit>(['search', '--all', 'thimble-2', ...network.data('bob')]);
    await eventually(found, (hits) => hits.some(({ name }) => name === 'files/thimble-2.bin'));
    await network.server().kill();
    await network.restartServer();
    await network.again('ada');
    await eventually(
      () => gotten('thimble-2.bin'),
      (bytes) => bytes?.equals(second) ?? false,
      30_000,
    );
  });
});
