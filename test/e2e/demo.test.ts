import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdir } from 'node:fs/promises';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { temporaryFolder } from '../support/processes.ts';

const DEMO = fileURLToPath(new URL('../../scripts/demo.ts', import.meta.url));

test('a demo that is interrupted leaves no files', { skip: process.platform === 'win32' }, async () => {
  const folder = await temporaryFolder('interrupted-demo');
  const demo = spawn(process.execPath, [DEMO], {
    env: { ...process.env, TMPDIR: folder.path },
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  await once(demo.stdout, 'data');
  const leftovers = async (): Promise<string[]> =>
    (await readdir(folder.path)).filter((name) => name.startsWith('swapmeet-demo'));
  assert.equal((await leftovers()).length, 1);
  demo.kill('SIGTERM');
  demo.stdout.resume();
  const [code] = (await once(demo, 'close')) as [number];
  assert.deepEqual([code, await leftovers()], [130, []]);
  await folder.remove();
});
