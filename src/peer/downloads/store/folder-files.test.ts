import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { openQueueInMemory } from '../../../../test/support/queue-in-memory.ts';
import type { Entry } from '../../../domain/entry.ts';
import { SwapmeetError } from '../../../domain/errors.ts';
import { createFolderFiles } from './folder-files.ts';
import { createFolderRows } from './folder-rows.ts';

const ENTRY: Entry = { path: 'a', sha1: 'a'.repeat(40), root: 'b'.repeat(64), sizeBytes: 100 };
const SMALL = { which: 'small', smallBytesMax: 100, after: 0, limit: 10 } as const;

function openFolders(t: TestContext, ...folders: (readonly Entry[])[]) {
  const { queue, plan } = openQueueInMemory(t);
  const rows = createFolderRows(queue);
  for (const [at, entries] of folders.entries()) {
    rows.addFolder({ id: `${at}`, name: 'n', folder: '/', path: `/${at}`, origin: { query: `${at}` } });
    rows.addFiles(`${at}`, entries, undefined);
  }
  const files = createFolderFiles(queue);
  return {
    files,
    awaiting: (id: string) =>
      files.missingFiles(id, SMALL).flatMap(({ number, isAwaiting }) => (isAwaiting ? [number] : [])),
    plan,
  };
}

describe('the files of a folder that are missing', () => {
  it('await an earlier one of their content, until that is there or failed', (t) => {
    const { files, awaiting } = openFolders(t, [ENTRY, ENTRY, { ...ENTRY, sha1: 'c'.repeat(40) }, ENTRY]);
    assert.deepEqual(awaiting('0'), [2, 4]);
    files.setFiles('0', [{ number: 1, sizeBytes: 100, error: new SwapmeetError('bad-path', 'no') }]);
    assert.deepEqual(awaiting('0'), [4]);
    files.setFiles('0', [{ number: 2, sizeBytes: 100 }]);
    assert.deepEqual(awaiting('0'), []);
  });

  it('do not await what has another root or size, or none', (t) => {
    const { awaiting } = openFolders(t, [
      { ...ENTRY, root: 'c'.repeat(64) },
      { ...ENTRY, sizeBytes: 99 },
      { path: 'a', sha1: ENTRY.sha1, sizeBytes: 100 },
      ENTRY,
      { path: 'b', sha1: ENTRY.sha1, sizeBytes: 100 },
    ]);
    assert.deepEqual(awaiting('0'), [5]);
  });

  it('await theirs though another folder has one, which may be gone', (t) => {
    const { files, awaiting } = openFolders(t, [ENTRY, ENTRY], [ENTRY, ENTRY]);
    files.setFiles('0', [{ number: 1, sizeBytes: 100 }]);
    assert.deepEqual(awaiting('0'), []);
    assert.deepEqual(awaiting('1'), [2]);
  });

  it('are looked at no further than was wanted, each with no look at other contents', (t) => {
    const { files, plan } = openFolders(
      t,
      Array.from({ length: 30 }, () => ENTRY),
    );
    const numbers = files.missingFiles('0', SMALL).map(({ number }) => number);
    const steps = plan();
    assert.deepEqual(
      numbers,
      Array.from({ length: 10 }, (_, at) => at + 1),
    );
    const copies = steps.filter((step) => step.includes(' copy '));
    assert.equal(copies.length, 2);
    for (const step of copies) assert.match(step, /sha1=\? AND root=\? AND size_bytes=\? AND state=\? AND folder=\?/);
    assert.doesNotMatch(steps.join('\n'), /SCAN (copy|file)|TEMP B-TREE/);
  });
});
