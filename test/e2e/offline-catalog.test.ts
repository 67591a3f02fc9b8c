import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { describe, it } from 'node:test';
import { followJson, run, runJson } from '../support/processes.ts';
import { createNetwork, eventually, writeRandom } from './network.ts';

type Hit = { name: string; sha1: string; sourceCount: number; offline: { username: string }[] };
type Download = { state: string; error?: { code: string } };
type PeerLine = { username: string; presence: string; lastSeen: string };

describe('what absent peers hold', () => {
  it('is found, queued, and fetched when its peer is back', async (t) => {
    const network = await createNetwork(t);
    const bytes = await writeRandom(network.path('ada', 'files', 'deep', 'absent.bin'), 300_000);
    const sha1 = createHash('sha1').update(bytes).digest('hex');
    const [ada] = await Promise.all([network.peer('ada'), network.peer('bob')]);
    const bob = network.data('bob');
    const search = (...options: string[]): Promise<Hit[]> => runJson<Hit>(['search', 'absent', ...options, ...bob]);
    assert.equal((await search()).length, 1);
    await ada.stop();

    assert.deepEqual(await eventually(search, (hits) => hits.length === 0), []);
    const [hit] = await search('--all');
    assert.deepEqual([hit?.sha1, hit?.sourceCount, hit?.offline[0]?.username], [sha1, 0, 'ada']);
    const [folder] = await runJson<{ path: string; files: number }>(['browse', 'ada', 'files', ...bob]);
    assert.deepEqual([folder?.path, folder?.files], ['files/deep', 1]);
    const [absent] = await runJson<PeerLine>(['peers', '--offline', ...bob]);
    assert.equal(absent?.username, 'ada');
    assert.ok(Math.abs(Date.parse(absent.lastSeen) - Date.now()) < 60_000);

    const watching = followJson<Download>(['get', sha1, ...bob]);
    const states: string[] = [];
    for await (const { state, error } of watching.rows) {
      if (state === 'waiting' && states.at(-1) !== state) {
        assert.equal(error?.code, 'no-source');
        // Nobody tells bob of it.
        await network.again('ada');
      }
      states.push(state);
    }
    assert.equal(await watching.code, 0);
    assert.ok(states.includes('waiting') && states.at(-1) === 'done');
    assert.ok(bytes.equals(await readFile(network.path('bob', 'downloads', 'absent.bin'))));
  });

  it('shows in the figures of the network', async (t) => {
    const network = await createNetwork(t);
    for (const name of ['ada', 'bob']) await writeRandom(network.path(name, 'files', `${name}.bin`), 1_000);
    const [ada] = await Promise.all([network.peer('ada'), network.peer('bob')]);
    await ada.stop();
    const figures = (): Promise<object[]> => runJson<object>(['network', ...network.data('bob')]);
    const expected = { peersOnline: 1, peers: 2, entries: 2, contents: 2, contentsAtRisk: 2, size: 2_000 };
    await eventually(
      figures,
      ([totals]) => totals !== undefined && 'peersOnline' in totals && totals.peersOnline === 1,
    );
    assert.deepEqual(await figures(), [expected]);
    const { stdout } = await run(['network', ...network.data('bob')]);
    assert.match(stdout, /1 online, 2 registered/);
  });
});
