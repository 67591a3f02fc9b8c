/**
 * `npm run test:unit [GLOB…]`: unit and architecture tests, all in this process; to start one for each file takes longer than
 * most of them. Each file is a suite. One that leaves something open, or never ends, ends the run with its name.
 * (`node --test --test-isolation=none` shares a process too, but passes when a file throws as it is loaded, and hangs.)
 */
import './compile-cache.ts';
import { glob } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { watchHandles } from './open-handles.ts';

const ROOT = join(import.meta.dirname, '..');
const FILES = process.argv.length > 2 ? process.argv.slice(2) : ['src/**/*.test.ts', 'test/arch/**/*.test.ts'];
/** Their tests start processes. */
const SYSTEM_TESTS = ['src/cli/commands/**'];

/** No test takes nearly as long, on a busy machine either. */
const HANG_MS = 120_000;
/** What was closed goes a moment later. */
const CLOSE_MS = 5_000;

const files: string[] = [];
for await (const file of glob(FILES, { cwd: ROOT, exclude: SYSTEM_TESTS })) files.push(file);
if (files.length === 0) throw new Error('no unit tests were found');

// It keeps the process going, too: a test may wait for what would not.
const hang = setTimeout(() => {
  console.error(`✖ ${handles.file}: a test has not ended for ${HANG_MS / 1_000} s`);
  process.exit(1);
}, HANG_MS);
const handles = watchHandles();
beforeEach(() => {
  hang.refresh();
});

for (const file of files.sort()) {
  handles.file = file;
  await describe(file, () => import(pathToFileURL(join(ROOT, file)).href).then(() => undefined));
}
handles.stop();

test('nothing is left open', async () => {
  const lateMs = performance.now() + CLOSE_MS;
  while (handles.open().length > 0 && performance.now() < lateMs) await sleep(50);
  // Let go, for the process to end and the summary to be written.
  const left = handles.letGo().map(({ file, type }) => `${file} left a ${type} open`);
  clearTimeout(hang);
  if (left.length > 0) throw new Error(left.join('\n'));
});
