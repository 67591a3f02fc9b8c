import assert from 'node:assert/strict';
import { chmod, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { SwapmeetError, type ErrorCode } from '../../domain/errors.ts';
import type { DamagedFile } from '../shares/verify/verification.ts';
import { repairFile, type RepairTools } from './repair-file.ts';

const never = new AbortController().signal;

async function createFixture(t: TestContext, mend: (partPath: string) => Promise<number>) {
  const folder = await mkdtemp(join(tmpdir(), 'swapmeet-repair-'));
  t.after(() => rm(folder, { recursive: true, force: true }));
  const disk = join(folder, 'a');
  await writeFile(disk, 'bad');
  const { mtimeNs, ino: inode } = await stat(disk, { bigint: true });
  const known = new Set<string>();
  const parts = {
    add: (path: string) => void known.add(path),
    remove: (path: string) => void known.delete(path),
    all: () => [...known],
  };
  const tools: RepairTools = {
    pool: { verifyPieces: () => Promise.resolve(new Uint8Array(1)) },
    parts,
    mend: async ({ partPath }) => {
      assert.ok(known.has(partPath), 'it would be removed at the next start');
      return mend(partPath);
    },
  };
  const hashes = { sha1: 'a'.repeat(40), root: 'b'.repeat(64), layer: new Uint8Array(32) };
  const file: DamagedFile = { path: 'S/a', disk, sizeBytes: 3, mtimeNs, inode, ...hashes };
  /** Whatever happened, there is this one file. */
  const leaves = async (content: string): Promise<void> => {
    assert.deepEqual(await readdir(folder), [basename(disk)]);
    assert.equal(await readFile(disk, 'utf8'), content);
    assert.equal(known.size, 0);
  };
  return { disk, leaves, repair: (signal = never) => repairFile(tools, file, signal) };
}

function hasCode(code: ErrorCode) {
  return (error: unknown) => error instanceof SwapmeetError && error.code === code;
}

describe('the repair of a file', () => {
  it('puts a right copy in its place', async (t) => {
    const { repair, leaves } = await createFixture(t, async (part) => {
      assert.equal(await readFile(part, 'utf8'), 'bad');
      await writeFile(part, 'yes');
      return 3;
    });
    assert.equal(await repair(), 3);
    await leaves('yes');
  });

  it('keeps its mode and time', async (t) => {
    const { repair, disk } = await createFixture(t, () => Promise.resolve(3));
    await chmod(disk, 0o640);
    const before = await stat(disk);
    await repair();
    const after = await stat(disk);
    assert.notEqual(after.ino, before.ino);
    assert.equal(after.mode, before.mode);
    assert.ok(Math.abs(after.mtimeMs - before.mtimeMs) < 0.01);
  });

  it('leaves it as it is where that fails', async (t) => {
    for (const code of ['no-source', 'disk-full', 'disconnected'] as const) {
      const { repair, leaves } = await createFixture(t, async (part) => {
        await writeFile(part, 'hal');
        throw new SwapmeetError(code, 'as told');
      });
      await assert.rejects(repair(), hasCode(code));
      await leaves('bad');
    }
  });

  it('leaves it to its owner who changes it meanwhile', async (t) => {
    const { repair, leaves, disk } = await createFixture(t, async () => {
      await writeFile(disk, 'mine');
      return 3;
    });
    await assert.rejects(repair(), hasCode('changed'));
    await leaves('mine');
  });

  it('touches nothing that is another file already, or is gone', async (t) => {
    const { repair, leaves, disk } = await createFixture(t, () => Promise.resolve(3));
    await writeFile(disk, 'other');
    await assert.rejects(repair(), hasCode('changed'));
    await leaves('other');
    await rm(disk);
    await assert.rejects(repair(), hasCode('changed'));
  });
});
