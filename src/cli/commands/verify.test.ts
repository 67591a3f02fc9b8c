import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ROOT, SHA1 } from '../../../test/support/fake-peer-control.ts';
import { useCliFixture } from '../../../test/support/cli-fixture.ts';
import { run, runJson } from '../../../test/support/processes.ts';
import type { DamageView } from '../../peer/verify-view.ts';

const cli = useCliFixture();
const { control } = cli;

const DAMAGE: DamageView = {
  path: 'files/a',
  sizeBytes: 200_000,
  sha1: SHA1,
  root: ROOT,
  pieceBytes: 65_536,
  badPieces: [{ first: 1, last: 1 }],
  badBytes: 65_536,
  foundMs: 1_700_000_000_000,
};

const END = {
  kind: 'end',
  filesDone: 7,
  filesEarlier: 0,
  filesTotal: 7,
  bytesDone: 7_000,
  bytesEarlier: 0,
  bytesTotal: 7_000,
  damaged: 0,
  repaired: 0,
  unreadable: 0,
} as const;

test('what is known to be damaged is listed, and fails, until nothing is', async () => {
  control.reports = [
    { kind: 'damaged', ...DAMAGE },
    { ...END, damaged: 1 },
  ];
  const { code, stdout } = await run(['verify', '--known', ...cli.data]);
  assert.equal(code, 1);
  assert.match(stdout, /^damaged {2}files\/a\n/);
  const inJson = await run(['verify', '--known', '--json', ...cli.data]);
  assert.equal(inJson.code, 1);
  assert.equal((JSON.parse(inJson.stdout) as { path: string }).path, 'files/a');

  control.reports = [END];
  assert.deepEqual(await runJson(['verify', '--known', ...cli.data]), []);
  assert.match((await run(['verify', '--known', ...cli.data])).stderr, /Nothing is known to be damaged/);
});

test('what was read by an earlier run is told apart from what was read now', async () => {
  control.reports = [END];
  assert.equal((await run(['verify', ...cli.data])).stdout, '7 files, 7.00 kB: all right\n');
  const report = { ...END, filesEarlier: 3, filesTotal: 10, bytesEarlier: 300, bytesTotal: 7_300 };
  control.reports = [report];
  const { code, stdout } = await run(['verify', ...cli.data]);
  assert.equal(code, 0);
  const earlier = '3 more files, 300 B: right when they were read earlier, and not read again';
  assert.equal(stdout, `7 files, 7.00 kB: all right\n${earlier}\n`);
  assert.deepEqual(await runJson(['verify', ...cli.data]), [report]);
});
