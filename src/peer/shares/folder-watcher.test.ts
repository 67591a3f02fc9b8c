import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, test, type TestContext } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { createFolderWatcher, type FolderChange, type FolderWatcher } from './folder-watcher.ts';

type Fixture = {
  readonly root: string;
  readonly watcher: FolderWatcher;
  readonly sees: (wanted: object) => Promise<void>;
};

async function createFixture(t: TestContext, isRecursive: boolean): Promise<Fixture> {
  const root = await mkdtemp(join(tmpdir(), 'swapmeet-watch-'));
  const changes: FolderChange[] = [];
  const watcher = createFolderWatcher({
    root,
    isRecursive,
    onChange: (change) => void changes.push(change),
    onGivenUp: (error) => {
      throw error;
    },
  });
  t.after(async () => {
    watcher.close();
    await rm(root, { recursive: true, force: true });
  });
  async function sees(wanted: object): Promise<void> {
    for (let tries = 0; tries < 200; tries += 1) {
      if (changes.some((change) => JSON.stringify(change) === JSON.stringify(wanted))) return;
      await sleep(10);
    }
    assert.fail(`${JSON.stringify(wanted)} is not among ${JSON.stringify(changes)}`);
  }
  return { root, watcher, sees };
}

describe('folder watcher', { concurrency: true }, () => {
  test('tells where something happened, below the root too', async (t) => {
    const { root, watcher, sees } = await createFixture(t, true);
    await mkdir(join(root, 'a', 'b'), { recursive: true });
    watcher.watch(root, 'root');
    watcher.watch(join(root, 'a'), 'needs no watch of its own');
    await writeFile(join(root, 'a', 'b', 'file'), 'x');
    await sees({ folder: join(root, 'a', 'b'), name: 'file', isRenamed: true });
  });

  test('watches the folder that has the name now', { skip: process.platform === 'win32' }, async (t) => {
    const { root, watcher, sees } = await createFixture(t, false);
    const folder = join(root, 'a');
    await mkdir(folder);
    watcher.watch(folder, 'first');
    await rename(folder, join(root, 'b'));
    await mkdir(folder);
    watcher.watch(folder, 'second');
    await writeFile(join(folder, 'file'), 'x');
    await sees({ folder, name: 'file', isRenamed: true });
  });

  test('says once that the system can’t watch', (t) => {
    const errors: unknown[] = [];
    const watcher = createFolderWatcher({
      root: '/',
      isRecursive: false,
      onChange: () => undefined,
      onGivenUp: (error) => void errors.push(error),
    });
    t.after(watcher.close);
    // Fails before it reaches the system, as it does when that has no watch left: not for want of the folder.
    watcher.watch('no\0folder', 'x');
    watcher.watch('no\0folder', 'x');
    assert.equal(errors.length, 1);
  });

  test('says nothing of a folder that is gone', async (t) => {
    const { root, watcher } = await createFixture(t, false);
    watcher.watch(join(root, 'gone'), 'x');
    watcher.unwatch(root);
  });
});
