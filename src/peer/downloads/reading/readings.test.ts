import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { SwapmeetError } from '../../../domain/errors.ts';
import type { ByteRange } from '../byte-range.ts';
import { contentOf } from '../content.ts';
import { createDraft } from '../draft.ts';
import { createPlan } from '../plan/plan.ts';
import type { Outcome, StoredDownload } from '../store/download-store.ts';
import { createReadings } from './readings.ts';

const PIECE_BYTES = 65_536;
/** Read in two steps. */
const BYTES = Buffer.from('abcd'.repeat(2 * PIECE_BYTES));
const never = new AbortController().signal;

async function createFixture(t: TestContext) {
  const folder = await mkdtemp(join(tmpdir(), 'swapmeet-reading-'));
  t.after(() => rm(folder, { recursive: true, force: true }));
  const [path, partPath] = [join(folder, 'a'), join(folder, 'a.part')];
  await writeFile(partPath, BYTES);
  const names = { sha1: '1'.repeat(40), root: '2'.repeat(64), sizeBytes: BYTES.length };
  const plan = createPlan(contentOf(names), new Uint8Array(), () => 0);
  const preferred: (readonly ByteRange[])[] = [];
  const watched = { ...plan, prefer: (ranges: readonly ByteRange[]) => void preferred.push(ranges) };
  let draft = createDraft({ path, partPath, layer: undefined, plan: watched });
  let outcome: Outcome = { kind: 'open' };
  const row = { id: 'd', isFolder: false, name: 'a', folder, path, partPath, verifiedBytes: 0, ...names };
  const stored = (): StoredDownload => ({ ...row, outcome });
  const readings = createReadings({
    stored,
    draft: () => (outcome.kind === 'open' ? draft : undefined),
    onReaders: () => undefined,
  });
  return {
    path,
    partPath,
    plan,
    /** The download looks at the disk anew. */
    renew: (): void => {
      draft = createDraft({ path, partPath, layer: undefined, plan });
    },
    preferred,
    read: (offset: number, length: number, signal = never) => readings.read('d', { offset, length }, signal),
    end: async (ended: Outcome): Promise<void> => {
      if (ended.kind === 'done') await rename(partPath, path);
      outcome = ended;
    },
  };
}

async function collect(chunks: AsyncIterable<Buffer>): Promise<Buffer> {
  const all = [];
  for await (const chunk of chunks) all.push(chunk);
  return Buffer.concat(all);
}

describe('reading while it is downloaded', () => {
  it('gives bytes once their piece is verified, and has what lies ahead of each reader fetched first', async (t) => {
    const { plan, preferred, read } = await createFixture(t);
    const reader = read(PIECE_BYTES + 10, 20);
    const bytes = reader.next();
    let isGiven = false;
    void bytes.then(() => (isGiven = true));
    const other = read(0, 1);
    const otherBytes = other.next();
    plan.verify(0);
    assert.deepEqual((await otherBytes).value, BYTES.subarray(0, 1));
    assert.equal(isGiven, false);
    assert.deepEqual(
      preferred.findLast((ranges) => ranges.length === 2)?.map(({ offset }) => offset),
      [PIECE_BYTES + 10, 0],
    );
    plan.verify(1);
    assert.deepEqual((await bytes).value, BYTES.subarray(PIECE_BYTES + 10, PIECE_BYTES + 30));
    await reader.return();
    await other.return();
    assert.equal(
      preferred.at(-1)?.some(({ offset }) => offset === PIECE_BYTES + 10),
      false,
    );
  });

  it('goes on when the file gets its name', async (t) => {
    const { plan, read, end } = await createFixture(t);
    const all = collect(read(0, BYTES.length));
    plan.verify(0);
    await end({ kind: 'done' });
    assert.ok((await all).equals(BYTES));
  });

  it('ends with the download, or with who reads', async (t) => {
    const { read, end } = await createFixture(t);
    const stop = new AbortController();
    const stopped = collect(read(0, 10, stop.signal));
    stop.abort(new Error('gone'));
    await assert.rejects(stopped, /gone/);
    const failing = collect(read(0, 10));
    await end({ kind: 'failed', error: new SwapmeetError('bad-content', 'wrong') });
    await assert.rejects(failing, (error) => error instanceof SwapmeetError && error.code === 'bad-content');
  });

  it('follows a draft that begins anew to its file', async (t) => {
    const { plan, partPath, read, renew } = await createFixture(t);
    for (let index = 0; index * PIECE_BYTES < BYTES.length; index += 1) plan.verify(index);
    const reader = read(0, BYTES.length);
    const first = await reader.next();
    assert.ok(first.value);
    await writeFile(`${partPath}2`, BYTES.toString().toUpperCase());
    await rename(`${partPath}2`, partPath);
    renew();
    const second = await reader.next();
    assert.equal(second.value?.subarray(0, 4).toString(), 'ABCD');
    await reader.return();
  });

  it('gives nothing else that is in the place of the file, and waits for none that is gone', async (t) => {
    const { path, read, end } = await createFixture(t);
    await end({ kind: 'done' });
    const replacements = {
      'another size': () => writeFile(path, 'other'),
      'a folder': () => mkdir(path),
      nothing: () => Promise.resolve(),
    };
    await writeFile(`${path}2`, BYTES);
    for (const [what, replace] of Object.entries(replacements)) {
      await rm(path, { recursive: true, force: true });
      await replace();
      await assert.rejects(
        collect(read(0, 2)),
        (error) => error instanceof SwapmeetError && error.code === 'changed',
        what,
      );
    }
  });

  it('follows no link', { skip: process.platform === 'win32' && 'Windows can’t be told not to' }, async (t) => {
    const { path, read, end } = await createFixture(t);
    await end({ kind: 'done' });
    await rename(path, `${path}2`);
    await symlink(`${path}2`, path);
    await assert.rejects(collect(read(0, 2)), (error) => error instanceof SwapmeetError && error.code === 'changed');
  });
});
