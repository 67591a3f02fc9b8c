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
    { label: 'logs', folder: '/l', files: 4, size: 120, postponedFiles: 2, hashingPace: 'full' },
    { label: 'music', folder: '/m', files: 1, size: 10, unwatched: true, hashingPace: 'full' },
  ]);
  const paused = await run(['shares', '--pause-hashing', ...data]);
  assert.match(paused.stderr, /Hashing is paused/);
  assert.equal(control.status_.hashingPace, 'paused');
  const [share] = await runJson<{ hashingPace: string }>(['shares', ...data]);
  assert.equal(share?.hashingPace, 'paused');
  assert.doesNotMatch((await run(['shares', '--resume-hashing', ...data])).stderr, /paused/);
  assert.equal((await run(['shares', '--resume-hashing', '--pause-hashing', ...data])).code, 2);
  assert.match((await run(['status', ...data])).stdout, /shares .*published, 2 postponed/);
});

test('a share that is being looked through is not complete, and no part of it is hashed', async (t) => {
  const folder = await temporaryFolder('cli');
  t.after(folder.remove);
  const control = createFakePeerControl();
  const hashing = { filesDone: 1, filesTotal: 2, bytesDone: 5, bytesTotal: 10 };
  const looking = { filesFound: 36_280 };
  control.shares_ = [
    { label: 'films', folder: '/f', files: 7, sizeBytes: 10, looking },
    { label: 'music', folder: '/m', files: 1, sizeBytes: 10, looking, hashing },
  ];
  const server = await startApiServer({ control, dataFolder: folder.path });
  t.after(() => server.close());
  const data = ['--data', folder.path];
  const { stdout } = await run(['shares', ...data]);
  assert.match(stdout, /^looking: 36280 so far +7 .*films.*\nlooking: 36280 so far +1 .*music.*\n$/m);
  assert.deepEqual(await runJson(['shares', ...data]), [
    { label: 'films', folder: '/f', files: 7, size: 10, looking, hashingPace: 'full' },
    { label: 'music', folder: '/m', files: 1, size: 10, looking, hashing, hashingPace: 'full' },
  ]);
});
