import assert from 'node:assert/strict';
import { test } from 'node:test';
import { assertFails, useCliFixture } from '../../../test/support/cli-fixture.ts';
import { SHA1 } from '../../../test/support/fake-peer-control.ts';
import { run, runJson } from '../../../test/support/processes.ts';
import { LIMITS_DEFAULT } from '../../peer/limits/limit-settings.ts';

const cli = useCliFixture();
const { control } = cli;

test('limits sets what is named, and shows all', async () => {
  const schedule = ['mon-fri 08:00-18:00 up 1MB/s', 'sat up none'];
  const rules = schedule.flatMap((rule) => ['--schedule', rule]);
  const args = ['--up', '5MB/s', '--down-each', '2.5MiB', '--slots', '3', ...rules];
  const [limits] = await runJson(['limits', ...args, ...cli.data]);
  const chosen = { ...LIMITS_DEFAULT, up: 5e6, downEach: 2_621_440, slots: 3, schedule };
  assert.deepEqual(control.limits_, chosen);
  const { up, down, upEach, downEach } = chosen;
  assert.deepEqual(limits, { ...chosen, now: { up, down, upEach, downEach } });
  const { stdout } = await run(['limits', ...cli.data]);
  assert.match(stdout, /up +5\.00 MB\/s +5\.00 MB\/s\ndown +none/);
  assert.match(stdout, /schedule +mon-fri 08:00-18:00 up 1MB\/s\n/);
  await run(['limits', '--schedule', 'none', '--up', 'none', ...cli.data]);
  assert.deepEqual(control.limits_, { ...chosen, up: null, schedule: [] });
  await run(['limits', '--none', '--down', '1MB/s', ...cli.data]);
  assert.deepEqual(control.limits_, { ...LIMITS_DEFAULT, slots: 3, down: 1e6 });
});

test('limits refuses what is no rate', async () => {
  assertFails(await run(['limits', '--up', 'fast', ...cli.data]), 1, 'bad-argument');
  assertFails(await run(['limits', '--slots', '0', ...cli.data]), 2, 'bad-argument');
});

test('friends are added, removed and listed', async () => {
  assert.match((await run(['friends', ...cli.data])).stderr, /No friends yet/);
  assert.deepEqual(await runJson(['friends', 'add', 'alice', 'bob', ...cli.data]), [
    { username: 'alice' },
    { username: 'bob' },
  ]);
  const refused = await run(['friends', 'add', 'ada', 'nobody', '', ...cli.data]);
  assertFails(refused, 1, 'bad-name');
  assert.match(refused.stderr, /a username has 1 to 64 characters/);
  assert.deepEqual(control.friends_, ['alice', 'bob']);
  assert.equal((await run(['friends', 'remove', 'alice', ...cli.data])).stdout, 'bob\n');
});

test('uploads shows who downloads what, and who waits', async () => {
  assert.match((await run(['uploads', ...cli.data])).stderr, /Nobody downloads/);
  const upload = {
    username: 'eve',
    name: 'a.bin',
    sha1: SHA1,
    sentBytes: 5_000,
    bytesPerSecond: 1_000,
    isFriend: true,
  };
  const queued = { position: 3, estimateS: 12 };
  control.uploads_ = [{ ...upload, sizeBytes: 9_000, queued }];
  assert.deepEqual(await runJson(['uploads', ...cli.data]), [{ ...upload, size: 9_000, queued }]);
  const { stdout } = await run(['uploads', ...cli.data]);
  assert.match(stdout, /eve \(friend\) +1\.00 kB\/s +5\.00 kB +9\.00 kB +place 3, about 12 s +a\.bin/);
});
