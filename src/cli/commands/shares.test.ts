import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createFakePeerControl } from '../../../test/support/fake-peer-control.ts';
import { run, runJson, temporaryFolder } from '../../../test/support/processes.ts';
import { startApiServer } from '../../api/server.ts';

test('shares and status tell of files that wait for their turn to be tried again', async (t) => {
  const folder = await temporaryFolder('cli');
  t.after(folder.remove);
  const control = createFakePeerControl();
  control.shares_ = [
    { label: 'logs', folder: '/l', files: 4, sizeBytes: 120, postponedFiles: 2 },
    { label: 'music', folder: '/m', files: 1, sizeBytes: 10, unwatched: true },
  ];
  control.status_ = { ...control.status_, postponedFiles: 2 };
  const server = await startApiServer({ control, dataFolder: folder.path });
  t.after(() => server.close());
  const data = ['--data', folder.path];

  const shares = await run(['shares', ...data]);
  assert.match(shares.stdout, /2 postponed +4.*logs.*\n *complete +1.*music/);
  assert.match(shares.stderr, /music: changes show only after some minutes/);
  assert.match(shares.stderr, /logs: 2 files are not shared yet/);
  assert.deepEqual(await runJson(['shares', ...data]), [
    { label: 'logs', folder: '/l', files: 4, size: 120, postponedFiles: 2 },
    { label: 'music', folder: '/m', files: 1, size: 10, unwatched: true },
  ]);
  const paused = await run(['shares', '--pause-hashing', ...data]);
  assert.match(paused.stderr, /Hashing is paused/);
  assert.equal(control.status_.hashingPace, 'paused');
  assert.doesNotMatch((await run(['shares', '--resume-hashing', ...data])).stderr, /paused/);
  assert.equal((await run(['shares', '--resume-hashing', '--pause-hashing', ...data])).code, 2);
  assert.match((await run(['status', ...data])).stdout, /shares .*published, 2 postponed/);
});
