import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'node:test';
import { temporaryFolder } from '../../test/support/processes.ts';
import { keepListen, loadListen } from './kept-listen.ts';

test('an address is kept for the next start', async () => {
  const { path, remove } = await temporaryFolder('kept-listen');
  assert.equal(await loadListen(path), undefined);
  await keepListen(path, { host: '::1', port: 7_480 });
  assert.deepEqual(await loadListen(path), { host: '::1', port: 7_480 });
  await keepListen(path, { host: '0.0.0.0', port: 0 });
  assert.deepEqual(await loadListen(path), { host: '0.0.0.0', port: 0 });
  for (const damaged of ['', 'null', '{}', '{"listen":7480}', '{"listen":{"host":"::1"}}', '{"listen":{"port":1}}']) {
    await writeFile(join(path, 'server.json'), damaged);
    await assert.rejects(loadListen(path), { code: 'disk-error', message: /server\.json.*--listen/ }, damaged);
  }
  await assert.rejects(keepListen(join(path, 'missing'), { host: '::1', port: 1 }), { code: 'disk-error' });
  await remove();
});
