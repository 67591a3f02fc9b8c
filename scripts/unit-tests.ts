/**
 * `npm run test:unit`: unit and architecture tests, all in this process; to start one for each file takes longer than
 * most of them. (`node --test --test-isolation=none` does so too, but passes when a file throws as it is loaded.)
 */
import { glob } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { pathToFileURL } from 'node:url';

const ROOT = join(import.meta.dirname, '..');
const FILES = ['src/**/*.test.ts', 'test/arch/**/*.test.ts'];
/** Their tests start processes. */
const SYSTEM_TESTS = ['src/cli/commands/**'];

const files: string[] = [];
for await (const file of glob(FILES, { cwd: ROOT, exclude: SYSTEM_TESTS })) files.push(file);
if (files.length === 0) throw new Error('no unit tests were found');
for (const file of files.sort()) {
  try {
    await import(pathToFileURL(join(ROOT, file)).href);
  } catch (error) {
    test(`${file} is loaded`, () => {
      throw error;
    });
  }
}
