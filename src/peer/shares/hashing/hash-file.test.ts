import assert from 'node:assert/strict';
import { appendFileSync, mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { hashFile } from './hash-file.ts';
import { createHashThread } from './hash-thread.ts';
import { READ_BYTES } from './open-file.ts';
import { createPaceControl, createPacer } from './pace.ts';
import { runTasks } from './run-tasks.ts';
import { createTaskControl, type TaskControl } from './task-control.ts';
import type { HashTask, TaskMessage } from './tasks.ts';

const folder = mkdtempSync(join(tmpdir(), 'swapmeet-hash-file-'));
after(() => {
  rmSync(folder, { recursive: true });
});

const buffer = Buffer.alloc(READ_BYTES);
const bytes = Buffer.alloc(3 * READ_BYTES, 'swapmeet');

function makeFile(name: string, content: Uint8Array = bytes): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

function taskFor(path: string): HashTask {
  return { kind: 'hash', path, parts: ['sha1', 'tree'], sizeBytesMax: Number.MAX_SAFE_INTEGER };
}

/** Has something happen at the first chunk. */
function controlThat(act: () => void): TaskControl {
  const control = createTaskControl();
  return {
    ...control,
    isStopped() {
      if (control.bytesDone() === 0) act();
      return control.isStopped();
    },
  };
}

test('a file that grows, shrinks or is written while it is hashed is changed', () => {
  const changes: ((path: string) => void)[] = [
    (path) => {
      appendFileSync(path, 'more');
    },
    (path) => {
      truncateSync(path, READ_BYTES);
    },
    (path) => {
      writeFileSync(path, Buffer.alloc(bytes.length, 'other'));
    },
  ];
  for (const change of changes) {
    const path = makeFile('changing');
    const control = controlThat(() => {
      change(path);
    });
    assert.throws(() => hashFile(taskFor(path), control, buffer), { name: 'SwapmeetError', code: 'changed' });
  }
});

test('a stopped task ends at the next chunk without a result', () => {
  const control = controlThat(() => void control.stop());
  assert.equal(hashFile(taskFor(makeFile('stopped')), control, buffer), undefined);
  assert.equal(control.bytesDone(), 0);
});

test('a file above the limit is stamped only', () => {
  const result = hashFile(
    { ...taskFor(makeFile('large')), sizeBytesMax: bytes.length - 1 },
    createTaskControl(),
    buffer,
  );
  assert.deepEqual(Object.keys(result ?? {}), ['stamp']);
});

test('a batch ends early after much work, and skips what was stopped', () => {
  const path = makeFile('batched', Buffer.alloc(2_500_000));
  const controls = Array.from({ length: 5 }, () => createTaskControl());
  controls[1]?.stop();
  const outcomes = runTasks(
    controls.map(({ shared }) => ({ task: taskFor(path), shared })),
    buffer,
    createPacer(createPaceControl().shared),
  );
  assert.deepEqual(
    outcomes.map(({ kind }) => kind),
    ['done', 'stopped', 'done'],
  );
});

test('a thread that dies fails its batch; the next one gets a new thread', async () => {
  const thread = createHashThread(createPaceControl().shared);
  await assert.rejects(thread.run(new Array<TaskMessage>(1)));
  const { shared } = createTaskControl();
  const [outcome] = await thread.run([{ task: taskFor(makeFile('reborn')), shared }]);
  assert.equal(outcome?.kind, 'done');
  await thread.end();
});
