import assert from 'node:assert/strict';
import test from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import fc from 'fast-check';
import { anyText } from '../../test/support/any-text.ts';
import { SwapmeetError } from '../domain/errors.ts';
import { encodeNdjson, readLines } from './ndjson.ts';

async function* slowly<T>(values: readonly T[], pauseMs = 0): AsyncGenerator<T, void, undefined> {
  for (const value of values) {
    if (pauseMs > 0) await delay(pauseMs);
    yield await Promise.resolve(value);
  }
}

async function collect<T>(values: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const value of values) all.push(value);
  return all;
}

const never = new AbortController().signal;

test('values survive any split of the bytes', async () => {
  const values = fc.array(fc.record({ name: anyText() }, { noNullPrototype: true }), {
    maxLength: 5,
  });
  await fc.assert(
    fc.asyncProperty(values, fc.integer({ min: 1, max: 9 }), async (given, chunkBytes) => {
      const bytes = Buffer.from((await collect(encodeNdjson(slowly(given), never))).join(''));
      const chunks = [];
      for (let at = 0; at < bytes.length; at += chunkBytes) chunks.push(bytes.subarray(at, at + chunkBytes));
      const read = (await collect(readLines(slowly(chunks)))).map((line): unknown => JSON.parse(line));
      assert.deepEqual(read, JSON.parse(JSON.stringify(given)));
    }),
  );
});

test('a stream with nothing to tell shows that it lives', async () => {
  const lines = await collect(encodeNdjson(slowly([1], 60), never, 20));
  assert.ok(lines.includes('\n'));
  assert.deepEqual(lines.at(-1), '1\n');
});

test('silence and endless lines end the reading', async () => {
  const silent = readLines(slowly([Buffer.from('1\n')], 100), 20);
  await assert.rejects(silent.next(), (error) => error instanceof SwapmeetError && error.code === 'timeout');
  const endless = readLines(slowly(Array.from({ length: 40 }, () => Buffer.alloc(64 * 1024, 'x'))));
  await assert.rejects(endless.next(), (error) => error instanceof SwapmeetError && error.code === 'protocol-error');
});
