import assert from 'node:assert/strict';
import { resolve } from 'node:path';
import { test } from 'node:test';
import { assertFails, useCliFixture } from '../../../test/support/cli-fixture.ts';
import { downloadView } from '../../../test/support/fake-peer-control.ts';
import { run, runJson } from '../../../test/support/processes.ts';

const cli = useCliFixture();
const { control } = cli;

function fill(count: number): void {
  for (let at = 0; at < count; at += 1)
    control.downloads_.push(downloadView({ id: `id-${at}-aaaaaaaa`, name: `${at}` }));
}

test('downloads lists all, page after page, or those of one state', async () => {
  fill(2_500);
  const error = { code: 'bad-content', message: 'no such bytes' } as const;
  control.downloads_.push(downloadView({ id: 'id-failed', state: 'failed', error }));
  const all = await runJson<{ id: string }>(['downloads', ...cli.data]);
  assert.equal(all.length, 2_501);
  assert.equal(all[2_499]?.id, 'id-2499-aaaaaaaa');
  const { stdout } = await run(['downloads', '--failed', ...cli.data]);
  assert.match(stdout, /^ID .*\nid-faile {2}failed .*\(no such bytes\)\n$/);
  assert.match((await run(['downloads', '--paused', ...cli.data])).stderr, /^No downloads are paused/);
  assertFails(await run(['downloads', '--paused', '--done', ...cli.data]), 2, 'bad-argument');
});

test('downloads changes what it is told, by ids, folders and states', async () => {
  fill(3);
  const lines = [
    ['pause', 'id-1', 'id-2'],
    ['resume', '--all'],
    ['cancel', '--in', 'somewhere', '--keep-parts'],
    ['cancel', '--paused'],
    ['retry', '--failed'],
    ['move', 'id-2', '--before', 'id-0'],
    ['move', 'id-2', '--front'],
    ['clear'],
  ];
  for (const line of lines) assert.match((await run(['downloads', ...line, ...cli.data])).stderr, /^3 downloads \w+/);
  assert.deepEqual(JSON.parse(JSON.stringify(control.changes)), [
    { selection: { ids: ['id-1', 'id-2'] }, change: { action: 'pause' } },
    { selection: {}, change: { action: 'resume' } },
    { selection: { folder: resolve('somewhere') }, change: { action: 'cancel', keepParts: true } },
    { selection: { state: 'paused' }, change: { action: 'cancel', keepParts: false } },
    { selection: { state: 'failed' }, change: { action: 'retry' } },
    { selection: { ids: ['id-2'] }, change: { action: 'move', to: { before: 'id-0' } } },
    { selection: { ids: ['id-2'] }, change: { action: 'move', to: 'front' } },
    { selection: { state: 'done' }, change: { action: 'clear' } },
  ]);
  assert.deepEqual(await runJson(['downloads', 'pause', '--all', ...cli.data]), [{ action: 'pause', count: 3 }]);
});

test('downloads changes nothing that it is not told', async () => {
  for (const line of [['pause'], ['cancel'], ['move', 'id-1']]) {
    assertFails(await run(['downloads', ...line, ...cli.data]), 1, 'bad-argument');
  }
  for (const line of [
    ['move', 'x', '--front', '--back'],
    ['puase', 'x'],
    ['cancel', 'x', '--waiting'],
    ['pause', 'x', '--failed'],
    ['--failed', 'pause', 'x'],
  ]) {
    assertFails(await run(['downloads', ...line, ...cli.data]), 2, 'bad-argument');
  }
  assert.deepEqual(control.changes, []);
  const helps = ['pause', 'move'].map((name) => run(['downloads', name, '--help']));
  for (const { stdout } of await Promise.all(helps)) assert.match(stdout, /Examples:\n {2}\$ swapmeet downloads/);
});

test('the help of what changes downloads lists what it takes, and nothing else', async () => {
  const optionsIn = (page: string): string[] =>
    Array.from(page.matchAll(/^ {2}(?:-h, )?(--[a-z-]+)/gm), ([, name = '']) => name);
  const globals = ['--version', '--data', '--json', '--log-level', '--log'];
  const pause = await run(['downloads', 'pause', '--help']);
  assert.deepEqual(optionsIn(pause.stdout), ['--all', '--in', '--help', ...globals]);
  const list = await run(['downloads', '--help']);
  const filters = ['--all', '--active', '--waiting', '--paused', '--failed', '--done'];
  assert.deepEqual(optionsIn(list.stdout), [...filters, '--help', ...globals]);
});

test('downloads failures lists which files of a folder failed, and why', async () => {
  fill(1);
  const error = { code: 'bad-path', message: 'no such name' } as const;
  control.failures_.set('id-0-aaaaaaaa', [{ path: 'a/b', sizeBytes: 1_000, error }]);
  assert.deepEqual(await runJson(['downloads', 'failures', 'id-0-aaaaaaaa', ...cli.data]), [
    { path: 'a/b', size: 1_000, error },
  ]);
  assert.match(
    (await run(['downloads', 'failures', 'id-0-aaaaaaaa', ...cli.data])).stdout,
    /1\.00 kB {2}a\/b {2}\(no such name\)\n/,
  );
  control.failures_.clear();
  assert.match(
    (await run(['downloads', 'failures', 'id-0-aaaaaaaa', ...cli.data])).stderr,
    /^None of its files failed/,
  );
  assertFails(await run(['downloads', 'failures', 'id-0-aaaaaaaa', '--failed', ...cli.data]), 2, 'bad-argument');
});
