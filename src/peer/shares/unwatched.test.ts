import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { createShareFixture } from '../../../test/support/share-fixture.ts';

const run = promisify(execFile);

/** Runs a command as one whose user may have so many watches: in a namespace, so that nobody else is bound. */
async function runWithWatches(watches: number, command: readonly string[]): Promise<string> {
  const limit = 'echo "$0" > /proc/sys/user/max_inotify_watches && exec "$@"';
  const { stdout } = await run('unshare', [
    '--user',
    '--map-root-user',
    'sh',
    '-c',
    limit,
    String(watches),
    ...command,
  ]);
  return stdout;
}

async function whyNot(): Promise<string | false> {
  if (process.platform !== 'linux') return 'other systems have no such limit';
  return runWithWatches(10, ['true']).then(
    () => false,
    () => 'namespaces can’t be made here',
  );
}

const SCAN = `(async () => {
  const load = (path) => import(new URL(path, process.argv[1]));
  const { pino } = await import('pino');
  const { createHashPool } = await load('hashing/hash-pool.ts');
  const { openShareIndex } = await load('share-index.ts');
  const [database, folder] = process.argv.slice(2);
  const hashPool = createHashPool();
  const index = await openShareIndex({
    database,
    shares: [{ label: 'S', folder }],
    patterns: { exclude: [], include: [] },
    hashPool,
    log: pino({ level: 'warn' }, { write: (line) => process.stdout.write(line) }),
    signal: new AbortController().signal,
  });
  await index.scan();
  process.stdout.write(JSON.stringify(index.summaries()));
  await index.close();
  await hashPool.close();
})()`;

test(
  'where there are more folders than watches all is shared, and a person is told once',
  { skip: await whyNot() },
  async (t) => {
    const { write, folder, database } = await createShareFixture(t);
    for (let number = 0; number < 30; number += 1) await write(`${number}/a`);
    const program = [process.execPath, '--eval', SCAN, import.meta.url, database, folder];
    const stdout = await runWithWatches(10, program);
    const [warning, summaries, ...rest] = stdout.split('\n');
    assert.match(warning ?? '', /max_user_watches/);
    assert.deepEqual(rest, []);
    assert.deepEqual(JSON.parse(summaries ?? ''), [{ label: 'S', folder, files: 30, sizeBytes: 110, unwatched: true }]);
  },
);
