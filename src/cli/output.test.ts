import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { open } from 'node:fs/promises';
import { text } from 'node:stream/consumers';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { useCliFixture } from '../../test/support/cli-fixture.ts';
import { downloadView, SHA1 } from '../../test/support/fake-peer-control.ts';

const PROGRAM = fileURLToPath(new URL('../../bin/swapmeet.js', import.meta.url));

const cli = useCliFixture();

/** Runs a command whose stdout is a disk that is full. */
async function runIntoFull(args: readonly string[]): Promise<{ code: number | null; stderr: string }> {
  const full = await open('/dev/full', 'w');
  const child = spawn(process.execPath, [PROGRAM, ...args], { stdio: ['ignore', full.fd, 'pipe'] });
  const [stderr, [code]] = await Promise.all([
    text(child.stderr as NodeJS.ReadableStream),
    once(child, 'close') as Promise<[number | null]>,
  ]);
  await full.close();
  return { code, stderr };
}

test('output that can’t be written is told in one sentence', { skip: process.platform !== 'linux' }, async () => {
  cli.control.states = [downloadView({ state: 'downloading' })];
  cli.control.streams.set('token-d1', { name: 'song.flac', bytes: Buffer.alloc(1_000) });
  const sentence = /^swapmeet: the output can’t be written \(ENOSPC\): .+ \(disk-full\)\n$/;
  const lines = [['--help'], ['hash', PROGRAM], ['status', ...cli.data], ['get', SHA1, '--stdout', ...cli.data]];
  for (const line of lines) {
    const { code, stderr } = await runIntoFull(line);
    assert.equal(code, 1);
    assert.match(stderr.replace(/^song\.flac: .*\n/, ''), sentence);
  }
  const { code, stderr } = await runIntoFull(['status', '--json', ...cli.data]);
  assert.deepEqual([code, (JSON.parse(stderr) as { error: { code: string } }).error.code], [1, 'disk-full']);
});
