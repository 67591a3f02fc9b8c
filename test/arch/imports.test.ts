import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import { importCycles, importsOf, impurities, misdirected, storeChoices, tooLong, type Sources } from './imports.ts';
import { readSources } from './read-sources.ts';

const LINES_MAX = 300;

describe('src/', () => {
  let sources: Sources;
  before(async () => {
    sources = await readSources('src');
  });

  it('is read', () => {
    assert.ok(sources.size > 20);
    const frame = sources.get('src/protocol/frame.ts') ?? '';
    assert.deepEqual(importsOf('src/protocol/frame.ts', frame), [
      'node:buffer',
      'src/domain/errors.ts',
      'src/protocol/message-buffer.ts',
    ]);
  });
  it('imports in one direction', () => {
    assert.deepEqual(misdirected(sources), []);
  });
  it('leaves the choice of a store to cli/', () => {
    assert.deepEqual(storeChoices(sources), []);
  });
  it('does no I/O and reads no clock in domain/ and protocol/', () => {
    assert.deepEqual(impurities(sources), []);
  });
  it('has no import cycles', () => {
    assert.deepEqual(importCycles(sources), []);
  });
  it(`has no file over ${LINES_MAX} lines`, () => {
    assert.deepEqual(tooLong(sources, LINES_MAX), []);
  });
});

describe('the checks would notice', () => {
  const one = (file: string, source: string): Sources => new Map([[file, source]]);

  for (const [file, source] of [
    ['src/domain/a.ts', "import { b } from '../protocol/b.ts';"],
    ['src/protocol/a.ts', "import type { B } from '../transport/b.ts';"],
    ['src/transport/a.ts', "export * from '../server/b.ts';"],
    ['src/server/handlers/a.ts', "import '../../peer/b.ts';"],
    ['src/peer/downloads/a.ts', "const b = await import('../../server/b.ts');"],
    ['src/catalog/sqlite/a.ts', "import { b } from '../../server/b.ts';"],
    ['src/storage/a.ts', "import { b } from '../protocol/b.ts';"],
    ['src/api/a.ts', "import { b } from '../cli/b.ts';"],
    ['src/utils/a.ts', ''],
  ] as const) {
    it(`that ${file} goes the wrong way: ${source}`, () => {
      assert.equal(misdirected(one(file, source)).length, 1);
    });
  }

  it('the right way, too', () => {
    const right = new Map([
      ['src/cli/a.ts', "import '../api/b.ts'; import '../server/c.ts'; import '../catalog/sqlite/d.ts';"],
      ['src/server/a.ts', "import '../catalog/catalog.ts'; import './b.ts'; import 'node:fs';"],
      ['src/server/a.test.ts', "import '../peer/b.ts'; import '../catalog/sqlite/d.ts';"],
      ['src/catalog/sqlite/a.ts', "import './b.ts'; import '../catalog.ts';"],
    ]);
    assert.deepEqual([...misdirected(right), ...storeChoices(right)], []);
  });

  it('a store that is chosen elsewhere', () => {
    assert.equal(storeChoices(one('src/server/a.ts', "import '../catalog/sqlite/b.ts';")).length, 1);
    assert.equal(storeChoices(one('src/catalog/sqlite/a.ts', "import '../postgres/b.ts';")).length, 1);
    assert.equal(storeChoices(one('src/catalog/a.ts', "import './postgres/b.ts';")).length, 1);
  });

  for (const source of [
    "import { readFile } from 'node:fs/promises';",
    "import * as z from 'zod';",
    'const at = Date.now();',
    'const at = new Date();',
    'const at = performance.now();',
    'const chance = Math.random();',
    'setTimeout(() => undefined, 1);',
    'if (process.platform) ;',
    "import { randomBytes } from 'node:crypto';",
  ]) {
    it(`an impurity: ${source}`, () => {
      assert.equal(impurities(one('src/domain/a.ts', source)).length, 1);
      assert.deepEqual(impurities(one('src/transport/a.ts', source)), []);
    });
  }

  it('no impurity where there is none', () => {
    const pure =
      "import { hash } from 'node:crypto'; /* Date.now() */ const s = 'setTimeout'; type T = { process: Date };";
    assert.deepEqual(impurities(one('src/protocol/a.ts', pure)), []);
  });

  it('a cycle', () => {
    const cyclic = new Map([
      ['src/a.ts', "import './b.ts';"],
      ['src/b.ts', "import type { C } from './c/c.ts'; import 'node:fs';"],
      ['src/c/c.ts', "await import('../a.ts');"],
      ['src/d.ts', "import './a.ts';"],
    ]);
    assert.deepEqual(importCycles(cyclic), ['src/a.ts → src/b.ts → src/c/c.ts → src/a.ts']);
    assert.deepEqual(importCycles(one('src/a.ts', "import './b.ts';")), []);
  });

  it('a long file', () => {
    assert.deepEqual(tooLong(one('src/a.ts', 'x\n'.repeat(301)), 300), ['src/a.ts has 301 lines']);
    assert.deepEqual(tooLong(one('src/a.ts', 'x\n'.repeat(300)), 300), []);
  });
});
