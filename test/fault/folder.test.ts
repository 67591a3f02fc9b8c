import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { createNetwork, eventually, writeRandom } from '../e2e/network.ts';
import { run, runJson } from '../support/processes.ts';
import { seededRandom } from '../support/seeded-random.ts';

const FILES = 600;
const KILLS = 3;

type Row = { readonly state: string; readonly files: { readonly total: number; readonly done: number } };

test('a folder that is downloaded survives kill -9 at any moment', async (t) => {
  const random = seededRandom(t);
  const network = await createNetwork(t);
  const wanted = new Map<string, Buffer>();
  for (let at = 0; at < FILES; at += 1) {
    const sizeBytes = at % 200 === 7 ? 600_000 : Math.floor(random() * 30_000);
    const name = `${at % 13}/${at % 5}/${at}.bin`;
    wanted.set(name, await writeRandom(network.path('ada', 'files', 'album', name), sizeBytes));
  }
  await network.peer('ada');
  let bob = await network.peer('bob');
  const stop = run(['get', 'ada:files/album/', ...network.data('bob')]);
  await eventually(
    () => runJson<Row>(['downloads', ...network.data('bob')]),
    ([row]) => row !== undefined,
  );
  for (let kill = 0; kill < KILLS; kill += 1) {
    await sleep(random() * 700);
    await bob.kill();
    bob = await network.again('bob');
  }
  await stop;
  const [done] = await eventually(
    () => runJson<Row>(['downloads', ...network.data('bob')]),
    ([row]) => row?.state === 'done',
    60_000,
  );
  assert.deepEqual(done?.files, { total: FILES, done: FILES, failed: 0 });
  const album = network.path('bob', 'downloads', 'album');
  for (const [name, bytes] of wanted) assert.ok(bytes.equals(await readFile(join(album, name))), name);
  const there = await readdir(album, { recursive: true, withFileTypes: true });
  assert.equal(there.filter((entry) => entry.isFile()).length, FILES, 'nothing came twice, and nothing else is left');
});
