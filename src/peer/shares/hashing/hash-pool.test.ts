import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync, readlinkSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { createMerkleHasher } from '../../../domain/merkle.ts';
import { pieceBytesFor } from '../../../domain/pieces.ts';
import { createHashPool, type FileHash } from './hash-pool.ts';

const MIB = 1_048_576;
/** No byte of it is on the disk, but to hash it takes seconds: long enough to be stopped at, on any machine. */
const HUGE_BYTES = 4096 * MIB;

const folder = mkdtempSync(join(tmpdir(), 'swapmeet-hash-'));
const pool = createHashPool({ threads: 2 });
after(async () => {
  await pool.close();
  rmSync(folder, { recursive: true });
});

function makeFile(name: string, bytes: Uint8Array): string {
  const path = join(folder, name);
  writeFileSync(path, bytes);
  return path;
}

function makeHugeFile(name: string): string {
  const path = makeFile(name, new Uint8Array(0));
  truncateSync(path, HUGE_BYTES);
  return path;
}

function content(sizeBytes: number): Buffer {
  return Buffer.alloc(sizeBytes, createHash('sha512').update(String(sizeBytes)).digest());
}

function expectedHash(path: string, bytes: Uint8Array): FileHash {
  const stat = statSync(path, { bigint: true });
  const pieceBytes = pieceBytesFor(bytes.length);
  const merkle = createMerkleHasher(pieceBytes);
  merkle.update(bytes);
  const { root, layer } = merkle.digest();
  return {
    sizeBytes: bytes.length,
    mtimeNs: stat.mtimeNs,
    inode: stat.ino,
    sha1: createHash('sha1').update(bytes).digest('hex'),
    pieceBytes,
    ...(root && { root: Buffer.from(root).toString('hex') }),
    layer,
  };
}

function assertNotOpen(path: string): void {
  if (process.platform !== 'linux') return;
  const open = readdirSync('/proc/self/fd').flatMap((fd) => {
    try {
      return [readlinkSync(`/proc/self/fd/${fd}`)];
    } catch {
      return [];
    }
  });
  assert.ok(!open.includes(path));
}

for (const sizeBytes of [0, 1, 16_385, MIB, 17 * MIB + 1]) {
  test(`a file of ${sizeBytes} bytes gets its SHA-1, root, layer and stamp`, async () => {
    const bytes = content(sizeBytes);
    const path = makeFile(`size-${sizeBytes}`, bytes);
    assert.deepEqual(await pool.hash(path), expectedHash(path, bytes));
  });
}

test('one thread alone hashes a large file too', async () => {
  const bytes = content(17 * MIB);
  const path = makeFile('one-thread', bytes);
  const onePool = createHashPool({ threads: 1 });
  assert.deepEqual(await onePool.hash(path), expectedHash(path, bytes));
  await onePool.close();
});

test('of many files at once each gets its own hash or its own error', async () => {
  const contents = Array.from({ length: 300 }, (_, index) => content(index * 100));
  const paths = contents.map((bytes, index) =>
    index % 7 === 3 ? join(folder, 'gone') : makeFile(`many-${index}`, bytes),
  );
  const outcomes = await Promise.allSettled(paths.map((path) => pool.hash(path)));
  for (const [index, outcome] of outcomes.entries()) {
    if (outcome.status === 'rejected') assert.equal((outcome.reason as { code: unknown }).code, 'not-found');
    else
      assert.equal(
        outcome.value.sha1,
        createHash('sha1')
          .update(content(index * 100))
          .digest('hex'),
      );
    assert.equal(outcome.status === 'rejected', index % 7 === 3);
  }
});

test('progress rises and ends with the size', async () => {
  const path = makeFile('progress', content(20 * MIB));
  const reports: number[] = [];
  await pool.hash(path, { onProgress: (bytesHashed) => reports.push(bytesHashed) });
  assert.deepEqual(
    reports,
    reports.toSorted((one, other) => one - other),
  );
  assert.equal(reports.at(-1), 20 * MIB);
});

test('what is not there is not-found, what is no file is a bad-argument', async () => {
  await assert.rejects(pool.hash(join(folder, 'missing')), { name: 'SwapmeetError', code: 'not-found' });
  await assert.rejects(pool.hash(join(makeFile('file', content(1)), 'below')), { code: 'not-found' });
  if (process.platform === 'win32') return;
  await assert.rejects(pool.hash(folder), { code: 'bad-argument' });
  await assert.rejects(pool.hash('/dev/zero'), { code: 'bad-argument' });
});

test('a FIFO does not block a thread', { skip: process.platform === 'win32' }, async () => {
  const path = join(folder, 'fifo');
  await promisify(execFile)('mkfifo', [path]);
  await assert.rejects(pool.hash(path), { code: 'bad-argument' });
});

test('an abort stops what runs, closes the file and leaves the threads usable', async () => {
  const path = makeHugeFile('aborted');
  const aborter = new AbortController();
  const reason = new Error('enough');
  const onProgress = (bytesHashed: number): void => {
    if (bytesHashed > 0) aborter.abort(reason);
  };
  await assert.rejects(pool.hash(path, { signal: aborter.signal, onProgress }), reason);
  assertNotOpen(path);
  await assert.rejects(pool.hash(path, { signal: aborter.signal }), reason);
  const bytes = content(5);
  const next = makeFile('after-abort', bytes);
  assert.deepEqual(await pool.hash(next), expectedHash(next, bytes));
});

test('an abort of a file that waits does not wait for those before it', async () => {
  const busyPool = createHashPool({ threads: 1 });
  const running = busyPool.hash(makeHugeFile('busy'));
  const aborter = new AbortController();
  const waiting = busyPool.hash(makeFile('waiting', content(5)), { signal: aborter.signal });
  aborter.abort(new Error('never mind'));
  await assert.rejects(waiting, { message: 'never mind' });
  await Promise.all([assert.rejects(running, { code: 'shutting-down' }), busyPool.close()]);
});

test('close stops what runs and what waits, and refuses what comes later', async () => {
  const closing = createHashPool({ threads: 2 });
  const path = makeHugeFile('closing');
  const hashes = Array.from({ length: 5 }, () => closing.hash(path));
  const refused = hashes.map((hash) => assert.rejects(hash, { name: 'SwapmeetError', code: 'shutting-down' }));
  await new Promise((resolve) => setTimeout(resolve, 100));
  await Promise.all([closing.close(), ...refused]);
  assertNotOpen(path);
  await assert.rejects(closing.hash(path), { code: 'shutting-down' });
  await closing.close();
});

test('paused, nothing is hashed, at once; resumed, it goes on where it was', async () => {
  // Two threads for the huge file's hashes, and one that is free for the small one.
  const pausing = createHashPool({ threads: 3 });
  const aborter = new AbortController();
  let bytesHashed = 0;
  const huge = pausing.hash(makeHugeFile('pausing'), {
    signal: aborter.signal,
    onProgress: (bytes) => void (bytesHashed = bytes),
  });
  huge.catch(() => undefined);
  while (bytesHashed === 0) await sleep(10);
  pausing.setPace('paused');
  const small = pausing.hash(makeFile('small-paused', content(5)));
  await sleep(300);
  const atPause = bytesHashed;
  await sleep(300);
  assert.equal(bytesHashed, atPause);
  pausing.setPace('full');
  await small;
  while (bytesHashed === atPause) await sleep(10);
  pausing.setPace('paused');
  aborter.abort(new Error('enough'));
  await assert.rejects(huge, { message: 'enough' });
  const late = assert.rejects(pausing.hash(makeFile('late', content(5))), { code: 'shutting-down' });
  await Promise.all([pausing.close(), late]);
});

test('a pool without work keeps no process alive', async () => {
  const path = makeFile('child', content(5));
  const module = new URL('hash-pool.ts', import.meta.url).href;
  const code = `import(${JSON.stringify(module)})
    .then(({ createHashPool }) => createHashPool().hash(${JSON.stringify(path)}))
    .then(({ sha1 }) => console.log(sha1))`;
  const { stdout } = await promisify(execFile)(process.execPath, ['--eval', code], { timeout: 4_000 });
  assert.equal(stdout.trim(), createHash('sha1').update(content(5)).digest('hex'));
});
