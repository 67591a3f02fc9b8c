import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { SwapmeetError } from '../domain/errors.ts';
import { lockDataFolder } from './data-folder-lock.ts';

function withFolder(use: (folder: string) => Promise<void> | void): () => Promise<void> {
  return async () => {
    const folder = mkdtempSync(join(tmpdir(), 'swapmeet-lock-'));
    try {
      await use(folder);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  };
}

function assertFails(folder: string, code: string): void {
  assert.throws(
    () => lockDataFolder(folder),
    (error) => error instanceof SwapmeetError && error.code === code,
  );
}

const HOLDER = `
  const { lockDataFolder } = await import(${JSON.stringify(new URL('./data-folder-lock.ts', import.meta.url))});
  lockDataFolder(process.argv[1]);
  process.stdout.write('locked');
  setInterval(() => {}, 1000);
`;

test(
  'a folder is made, private, and taken once until it is released',
  withFolder((parent) => {
    const folder = join(parent, 'a', 'b');
    const lock = lockDataFolder(folder);
    if (process.platform !== 'win32') assert.equal(statSync(folder).mode & 0o777, 0o700);
    assertFails(folder, 'already-running');
    lock.release();
    lockDataFolder(folder).release();
  }),
);

test(
  'a folder that was open to others is closed, unless it is everybody’s',
  { skip: process.platform === 'win32' && 'Windows has no such permissions' },
  withFolder((folder) => {
    const modeAfter = (mode: number): number => {
      chmodSync(folder, mode);
      lockDataFolder(folder).release();
      return statSync(folder).mode & 0o7777;
    };
    assert.equal(modeAfter(0o755), 0o700);
    assert.equal(modeAfter(0o1777), 0o1777);
  }),
);

test(
  'another process is kept out, until the one that has it is killed',
  withFolder(async (folder) => {
    const holder = spawn(process.execPath, ['--input-type=module', '--eval', HOLDER, folder], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    try {
      await once(holder.stdout, 'data');
      assertFails(folder, 'already-running');
    } finally {
      holder.kill('SIGKILL');
      await once(holder, 'exit');
    }
    lockDataFolder(folder).release();
  }),
);

test(
  'a file in the place of the folder is a disk error',
  withFolder((parent) => {
    const file = join(parent, 'file');
    writeFileSync(file, '');
    assertFails(file, 'disk-error');
  }),
);
