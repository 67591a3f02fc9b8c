import assert from 'node:assert/strict';
import { closeSync, mkdtempSync, openSync, readSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { buildSegment } from './build.ts';
import { BLOCK_BYTES, createSums, DamagedSegment } from './checksums.ts';
import { createListTree } from './list-tree.ts';
import { END } from './postings.ts';
import { openParts, openWhole, readNumbers, readResident } from './segment-file.ts';
import { eachWithRootPrint, entryAt, openSegment, type Segment } from './segment.ts';

const KEY = 7;
const COUNT = 300;

function segmentBytes(): Buffer {
  const tree = createListTree();
  for (let n = 0; n < COUNT; n += 1) {
    const sha1 = n.toString(16).padStart(40, '0');
    tree.add({ path: `folder ${n % 7}/name ${n}.txt`, sizeBytes: n, sha1, root: sha1.padStart(64, 'f') }, n + 1);
  }
  const chunks: Buffer[] = [];
  buildSegment([{ peer: 1, list: 2, tree }], (chunk) => chunks.push(Buffer.from(chunk)));
  return Buffer.concat(chunks);
}

/** All that a segment can be asked, as text. */
function readAll(segment: Segment): string {
  const words = ['name', '12', 'fold', 't'].flatMap((text) =>
    [segment.files, segment.folders].map((table) => {
      const ids: number[] = [];
      const stream = table.mayContain([text]);
      while (stream.id !== END) {
        ids.push(stream.id);
        stream.next();
      }
      return ids;
    }),
  );
  const byRoot: number[] = [];
  eachWithRootPrint(segment, 0xffff_ffff, (entry) => {
    byRoot.push(entry);
  });
  const entries = Array.from({ length: segment.entryCount }, (_, entry) => entryAt(segment, entry));
  return JSON.stringify([entries, words, byRoot, [...segment.listPeers], [...segment.listNumbers]]);
}

function openedWhole(bytes: Buffer): string {
  return readAll(openSegment(openWhole(new Uint8Array(bytes), KEY)));
}

function openedInParts(bytes: Buffer, path: string): string {
  writeFileSync(path, bytes);
  const file = openSync(path, 'r');
  try {
    const read = (target: Uint8Array, offset: number): void => {
      readSync(file, target, 0, target.length, offset);
    };
    return readAll(openSegment(openParts(readResident(bytes.length, read, KEY), file, KEY)));
  } finally {
    closeSync(file);
  }
}

function flipped(bytes: Buffer, bit: number): Buffer {
  const copy = Buffer.from(bytes);
  copy.writeUInt8(copy.readUInt8(bit >>> 3) ^ (1 << (bit & 7)), bit >>> 3);
  return copy;
}

/** The same as a version before wrote it: without checksums. */
function unchecked(bytes: Buffer): Buffer {
  const trailer = new Float64Array(Uint8Array.prototype.slice.call(bytes, -24).buffer);
  const [, length = 0, offset = 0] = trailer;
  const { sections } = JSON.parse(bytes.toString('utf8', offset, offset + length)) as {
    sections: { name: string; offset: number; length: number; resident: boolean }[];
  };
  const before = sections
    .filter(({ name }) => name !== 'sums')
    .map(({ name, resident, ...place }) => ({ name, offset: place.offset, length: place.length, resident }));
  const text = Buffer.from(JSON.stringify({ format: 1, sections: before }), 'utf8');
  const end = new Uint8Array(Float64Array.of(text.length, offset).buffer);
  return Buffer.concat([bytes.subarray(0, offset), text, end]);
}

describe('checksums', () => {
  it('are the same, in whatever pieces the bytes come', () => {
    const sumsOf = (chunks: readonly Uint8Array[], blockBytes: number): readonly number[] => {
      const sums = createSums(blockBytes);
      for (const chunk of chunks) sums.add(chunk);
      return sums.finish();
    };
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 40 })), fc.integer({ min: 1, max: 30 }), (chunks, blockBytes) => {
        const whole = Buffer.concat(chunks);
        assert.deepEqual(sumsOf(chunks, blockBytes), sumsOf([whole], blockBytes));
        assert.equal(sumsOf(chunks, blockBytes).length, Math.ceil(whole.length / blockBytes));
      }),
    );
  });

  it('find any bit that is flipped: what is read is right, or an error that names the segment', () => {
    const folder = mkdtempSync(join(tmpdir(), 'swapmeet-checksums-'));
    const bytes = segmentBytes();
    assert.ok(bytes.length > 5 * BLOCK_BYTES);
    const expected = openedWhole(bytes);
    let found = 0;
    try {
      fc.assert(
        fc.property(fc.nat({ max: bytes.length * 8 - 1 }), (bit) => {
          const damaged = flipped(bytes, bit);
          for (const open of [openedWhole, (some: Buffer) => openedInParts(some, join(folder, 'a.segment'))]) {
            try {
              assert.equal(open(damaged), expected);
            } catch (error) {
              if (!(error instanceof DamagedSegment)) throw error;
              assert.equal(error.segment, KEY);
              found += 1;
            }
          }
        }),
        { numRuns: 300 },
      );
    } finally {
      rmSync(folder, { recursive: true });
    }
    assert.ok(found > 300, 'most bits say something');
  });

  it('are not missed in a segment that was written without them', () => {
    const bytes = segmentBytes();
    const folder = mkdtempSync(join(tmpdir(), 'swapmeet-checksums-'));
    try {
      assert.equal(openedWhole(unchecked(bytes)), openedWhole(bytes));
      assert.equal(openedInParts(unchecked(bytes), join(folder, 'a.segment')), openedWhole(bytes));
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it('let numbers be read that are right where others are not', () => {
    const bytes = segmentBytes();
    const damaged = flipped(bytes, 8 * 100);
    const read = (target: Uint8Array, offset: number): void => {
      target.set(damaged.subarray(offset, offset + target.length));
    };
    assert.throws(() => openedWhole(damaged), DamagedSegment);
    assert.deepEqual([...readNumbers(damaged.length, read, 'listNumbers', KEY)], [2]);
    assert.throws(() => readNumbers(20, read, 'listNumbers', KEY), DamagedSegment);
  });
});
