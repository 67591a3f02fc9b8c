import assert from 'node:assert/strict';
import { open, rename, rm, utimes, writeFile } from 'node:fs/promises';
import { describe, it, type TestContext } from 'node:test';
import { createShareFixture, sha1Of, type OpenIndex } from '../../../../test/support/share-fixture.ts';
import { SwapmeetError } from '../../../domain/errors.ts';
import { GO_ON_HOURS_MAX, type VerifyCounts, type VerifyReport } from '../../verify-view.ts';

const never = new AbortController().signal;
const PIECE_BYTES = 65_536;

/** A time that `utimes` gives back exactly. */
const MTIME = new Date('2020-01-02T03:04:05Z');

/** Other bytes at an offset, with the stamp that the file had. */
async function rot(file: string, offset: number): Promise<void> {
  const handle = await open(file, 'r+');
  await handle.write(Buffer.from('?'), 0, 1, offset);
  await handle.utimes(MTIME, MTIME);
  await handle.close();
}

async function collect(reports: AsyncIterable<VerifyReport>): Promise<VerifyReport[]> {
  const all = [];
  for await (const report of reports) if (report.kind !== 'progress') all.push(report);
  return all;
}

async function endOf(reports: AsyncIterable<VerifyReport>): Promise<VerifyCounts> {
  const end = (await collect(reports)).at(-1);
  assert.ok(end?.kind === 'end', JSON.stringify(end));
  return end;
}

/** No two times are the same. */
function mockClock(t: TestContext) {
  let nowMs = Date.now();
  t.mock.method(Date, 'now', () => (nowMs += 1));
  return { pass: (ms: number) => void (nowMs += ms) };
}

async function createFixture(t: TestContext) {
  const fixture = await createShareFixture(t);
  const content = { good: 'a'.repeat(10), bad: 'b'.repeat(3 * PIECE_BYTES) };
  await fixture.write('x/good', content.good);
  await fixture.write('x/bad', content.bad);
  await fixture.write('empty', '');
  for (const path of ['x/good', 'x/bad', 'empty']) await utimes(fixture.inFolder(path), MTIME, MTIME);
  const index = await fixture.open();
  await index.scan();
  return { ...fixture, index, content, damage: () => rot(fixture.inFolder('x/bad'), PIECE_BYTES + 5) };
}

function pathsOf(index: OpenIndex): string[] {
  return index.damages({}).rows.map(({ path }) => path);
}

describe('verifying', () => {
  it('finds nothing where all is right', async (t) => {
    const { index } = await createFixture(t);
    const [end, ...others] = await collect(index.verify([], never));
    assert.equal(others.length, 0);
    assert.deepEqual(end, {
      kind: 'end',
      filesDone: 3,
      filesEarlier: 0,
      filesTotal: 3,
      bytesDone: 3 * PIECE_BYTES + 10,
      bytesEarlier: 0,
      bytesTotal: 3 * PIECE_BYTES + 10,
      damaged: 0,
      repaired: 0,
      unreadable: 0,
    });
  });

  it('takes out what is damaged under its old stamp, names its pieces, and keeps that across restarts', async (t) => {
    const { index, open: openAgain, damage, content } = await createFixture(t);
    const revision = index.revision();
    await damage();
    const [found, end] = await collect(index.verify([], never));
    assert.ok(found?.kind === 'damaged' && end?.kind === 'end');
    assert.equal(found.path, 'S/x/bad');
    assert.deepEqual(found.badPieces, [{ first: 1, last: 1 }]);
    assert.equal(found.badBytes, PIECE_BYTES);
    assert.ok(found.goodMs !== undefined && found.goodMs <= found.foundMs);
    assert.equal(end.damaged, 1);
    assert.ok(index.revision() > revision);
    assert.equal(index.find(sha1Of(content.bad)), undefined);
    assert.deepEqual(index.paths(), ['S/empty', 'S/x/good']);

    await index.close();
    const again = await openAgain();
    await again.scan();
    assert.deepEqual(again.paths(), ['S/empty', 'S/x/good']);
    assert.deepEqual(pathsOf(again), ['S/x/bad']);
    assert.equal(again.summaries()[0]?.damagedFiles, 1);
    assert.deepEqual(again.hashed, []);
  });

  it('knows what is damaged under another name, and when it comes back', async (t) => {
    const { index, inFolder, damage } = await createFixture(t);
    await damage();
    await collect(index.verify([], never));
    await rename(inFolder('x/bad'), inFolder('moved'));
    await index.scan();
    assert.deepEqual(pathsOf(index), ['S/moved']);
    await rename(inFolder('moved'), inFolder('../away'));
    await index.scan();
    assert.deepEqual(pathsOf(index), []);
    await rename(inFolder('../away'), inFolder('x/bad'));
    await index.scan();
    assert.deepEqual(pathsOf(index), ['S/x/bad']);
    assert.deepEqual(index.paths(), ['S/empty', 'S/x/good']);
  });

  it('calls nothing damaged that its owner changed', async (t) => {
    const { index, inFolder, damage } = await createFixture(t);
    await damage();
    await collect(index.verify([], never));
    await writeFile(inFolder('x/bad'), 'new');
    await writeFile(inFolder('x/good'), 'also new');
    const reports = await collect(index.verify([], never));
    assert.deepEqual(
      reports.map(({ kind }) => kind),
      ['end'],
    );
    await index.lists(['S/empty', 'S/x/bad', 'S/x/good']);
    assert.deepEqual(pathsOf(index), []);
  });

  it('publishes again what was put right in place', async (t) => {
    const { index, inFolder, damage, content } = await createFixture(t);
    await damage();
    await collect(index.verify([], never));
    await writeFile(inFolder('x/bad'), content.bad);
    await utimes(inFolder('x/bad'), MTIME, MTIME);
    assert.deepEqual(await collect(index.verify(['S/x'], never)).then(([first]) => first), {
      kind: 'healed',
      path: 'S/x/bad',
    });
    assert.deepEqual(index.paths(), ['S/empty', 'S/x/bad', 'S/x/good']);
  });

  it('takes what is named, by its published path or its place on disk, and nothing else', async (t) => {
    const { index, inFolder } = await createFixture(t);
    const countOf = async (...names: string[]): Promise<number> => (await endOf(index.verify(names, never))).filesDone;
    assert.equal(await countOf('S'), 3);
    assert.equal(await countOf('S/x/'), 2);
    assert.equal(await countOf('S/x', 'S/x/bad'), 2);
    assert.equal(await countOf(inFolder('empty'), 'S/x/bad'), 2);
    const elsewhere = ['T', 'S2/x', 'Sx', inFolder('../elsewhere')];
    const nothing = ['S/y', 'S/x/goo', 'S/x/..', 'S/../..', 'S/./x', 'S//x', './S', inFolder('y')];
    for (const name of [...elsewhere, ...nothing]) {
      assert.throws(
        () => index.verify(['S/x', name], never),
        (error) => error instanceof SwapmeetError && error.code === 'not-found',
        name,
      );
    }
    await rename(inFolder('x/good'), inFolder('../away'));
    await index.scan();
    assert.throws(() => index.damagedFiles(['S/x/good']));
    assert.equal(await countOf('S/x'), 1);
  });

  it('goes on where it was interrupted, for a day, and tells what was read before', async (t) => {
    const clock = mockClock(t);
    const { index, open: openAgain } = await createFixture(t);
    for await (const report of index.verify([], never)) if (report.kind === 'progress') break;
    await index.close();
    const again = await openAgain();
    await again.scan();
    clock.pass(GO_ON_HOURS_MAX * 3_600_000 - 60_000);
    const end = await endOf(again.verify([], never));
    assert.deepEqual([end.filesDone, end.filesEarlier, end.filesTotal], [0, 3, 3]);
    assert.deepEqual([end.bytesDone, end.bytesEarlier], [0, end.bytesTotal]);
    const whole = await endOf(again.verify([], never));
    assert.deepEqual([whole.filesDone, whole.filesEarlier], [3, 0]);

    for await (const report of again.verify([], never)) if (report.kind === 'progress') break;
    clock.pass(GO_ON_HOURS_MAX * 3_600_000 + 60_000);
    const anew = await endOf(again.verify([], never));
    assert.deepEqual([anew.filesDone, anew.filesEarlier], [3, 0]);
  });

  it('knows of what is named what is damaged', async (t) => {
    const { index, damage } = await createFixture(t);
    await damage();
    await collect(index.verify([], never));
    for (const [name, paths] of [
      ['S', ['S/x/bad']],
      ['S/x/bad', ['S/x/bad']],
      ['S/x/good', []],
    ] as const) {
      assert.deepEqual(
        Array.from(index.damagesOf([name]), ({ path }) => path),
        paths,
      );
    }
    assert.throws(() => index.damagesOf(['S/y']));
  });

  it('never takes for right what was found damaged since', async (t) => {
    mockClock(t);
    const { index, damage } = await createFixture(t);
    for await (const report of index.verify([], never)) if (report.kind === 'progress') break;
    await damage();
    // It was right when the run that is to go on read it.
    assert.equal((await endOf(index.verify(['S/x/bad'], never))).damaged, 1);
    const end = await endOf(index.verify([], never));
    assert.deepEqual([end.filesDone, end.filesEarlier, end.damaged], [1, 2, 1]);
  });

  it('counts each file once, whoever reads it, and none that has gone', async (t) => {
    mockClock(t);
    const { index, write, inFolder } = await createFixture(t);
    for (let at = 10; at < 80; at += 1) await write(`y/${at}`, 'content');
    await index.scan();
    let [other, end]: (VerifyCounts | undefined)[] = [];
    for await (const report of index.verify(['S/y'], never)) {
      // The first page is read; the others are left to another run.
      if (report.kind === 'progress' && report.filesDone === 64 && !other) {
        await rm(inFolder('y/79'));
        await index.scan();
        other = await endOf(index.verify(['S/y'], never));
      }
      if (report.kind === 'end') end = report;
    }
    assert.ok(other && end);
    assert.deepEqual([other.filesDone, other.filesEarlier, other.filesTotal], [5, 64, 69]);
    assert.deepEqual([end.filesDone, end.filesEarlier, end.filesTotal], [64, 5, 69]);
    assert.deepEqual([end.bytesDone, end.bytesEarlier, end.bytesTotal], [64 * 7, 5 * 7, 69 * 7]);
  });

  it('reads again what was read under a clock that was ahead', async (t) => {
    const { now } = Date;
    let aheadMs = 1_000_000_000;
    t.mock.method(Date, 'now', () => now() + aheadMs);
    const { index, damage } = await createFixture(t);
    for await (const report of index.verify([], never)) if (report.kind === 'progress') break;
    await damage();
    aheadMs = 0;
    const [found, end] = await collect(index.verify([], never));
    assert.ok(found?.kind === 'damaged' && end?.kind === 'end');
    assert.equal(end.filesDone, 3);
    assert.equal(found.goodMs, undefined, 'a time that is not over yet is not known');
    assert.equal(index.damages({}).rows[0]?.goodMs, undefined);
  });
});
