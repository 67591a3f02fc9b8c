import assert from 'node:assert/strict';
import { closeSync, mkdtempSync, openSync, readSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import type { Entry } from '../../domain/entry.ts';
import { fold } from '../../domain/fold.ts';
import { buildSegment } from './build.ts';
import { printOfHex } from './content-record.ts';
import { createListTree } from './list-tree.ts';
import { mergeSegments, type MergeSource } from './merge.ts';
import { END } from './postings.ts';
import { openParts, openWhole, readResident } from './segment-file.ts';
import { eachWithRootPrint, eachWithSha1Print, entryAt, listOfEntry, openSegment, type Segment } from './segment.ts';

type List = { readonly peer: number; readonly list: number; readonly entries: readonly Entry[] };

function collect(make: (write: (chunk: Uint8Array) => void) => void): Buffer {
  const chunks: Buffer[] = [];
  make((chunk) => chunks.push(Buffer.from(chunk)));
  return Buffer.concat(chunks);
}

function build(lists: readonly List[], write: (chunk: Uint8Array) => void): void {
  buildSegment(
    lists.map(({ peer, list, entries }) => {
      const tree = createListTree();
      for (const [at, entry] of entries.entries()) tree.add(entry, at + 1);
      return { peer, list, tree };
    }),
    write,
  );
}

function bytesOf(lists: readonly List[]): Buffer {
  return collect((write) => {
    build(lists, write);
  });
}

function inMemory(bytes: Buffer): Segment {
  return openSegment(openWhole(new Uint8Array(bytes)));
}

/** Opens a segment from a file, runs what is to be done with it, and leaves nothing behind. */
function withFile(bytes: Buffer, use: (segment: Segment) => void): void {
  const folder = mkdtempSync(join(tmpdir(), 'swapmeet-segment-'));
  const path = join(folder, 'a.segment');
  writeFileSync(path, bytes);
  const file = openSync(path, 'r');
  try {
    const resident = readResident(
      bytes.length,
      (target, offset) => {
        readSync(file, target, 0, target.length, offset);
      },
      0,
    );
    use(openSegment(openParts(resident, file, 0)));
  } finally {
    closeSync(file);
    rmSync(folder, { recursive: true });
  }
}

/** What a segment holds, as plain data: `peer/list path` and content. */
function contentsOf(segment: Segment): string[] {
  return Array.from({ length: segment.entryCount }, (_, entry) => {
    const list = listOfEntry(segment, entry);
    const owner = `${segment.listPeers[list] ?? -1}/${segment.listNumbers[list] ?? -1}`;
    return lineOf(owner, entryAt(segment, entry));
  }).sort();
}

function lineOf(owner: string, entry: Entry): string {
  return `${owner} ${entry.path} ${entry.sizeBytes} ${entry.sha1} ${entry.root ?? 'none'}`;
}

function linesOf(lists: readonly List[]): string[] {
  const lines = new Map<string, string>();
  for (const { peer, list, entries } of lists) {
    for (const entry of entries) lines.set(`${peer}/${list} ${entry.path}`, lineOf(`${peer}/${list}`, entry));
  }
  return [...lines.values()].sort();
}

const hex = (digits: number) => fc.stringMatching(new RegExp(`^[0-9a-f]{${digits}}$`));
const part = fc.oneof(
  fc.constantFrom('a', 'b', 'Ab', 'abc', 'é', 'ß', '日本語', '😀', 'a-b', 'README.md', 'x'.repeat(200)),
);
const path = fc.array(part, { minLength: 1, maxLength: 5 }).map((parts) => parts.join('/'));
const entry: fc.Arbitrary<Entry> = fc
  .record({
    path,
    sizeBytes: fc.oneof(fc.nat(), fc.constant(Number.MAX_SAFE_INTEGER)),
    sha1: hex(40),
    root: fc.option(hex(64), { nil: undefined }),
  })
  .map(({ root, ...rest }) => (root === undefined ? rest : { ...rest, root }));
const list = (number: number): fc.Arbitrary<List> =>
  fc.record({
    peer: fc.nat({ max: 3 }),
    list: fc.constant(number),
    entries: fc.array(entry, { maxLength: 30 }),
  });
const lists = fc.tuple(list(1), list(2), list(3));

describe('segment', () => {
  it('gives back what it was made of, from memory and from a file', () => {
    fc.assert(
      fc.property(lists, (some) => {
        const bytes = bytesOf(some);
        assert.deepEqual(contentsOf(inMemory(bytes)), linesOf(some));
        withFile(bytes, (segment) => {
          assert.deepEqual(contentsOf(segment), linesOf(some));
        });
      }),
    );
  });

  it('finds an entry by SHA-1 and by root', () => {
    fc.assert(
      fc.property(lists, (some) => {
        withFile(bytesOf(some), (segment) => {
          for (let at = 0; at < segment.entryCount; at += 1) {
            const { sha1, root } = entryAt(segment, at);
            const found: number[] = [];
            eachWithSha1Print(segment, printOfHex(sha1), (place) => found.push(place));
            assert.ok(found.includes(at));
            if (root === undefined) continue;
            const byRoot: number[] = [];
            eachWithRootPrint(segment, printOfHex(root), (place) => byRoot.push(place));
            assert.ok(byRoot.includes(at));
          }
        });
      }),
    );
  });

  it('proposes every name that contains a text, or ends in it', () => {
    fc.assert(
      fc.property(lists, fc.oneof(part, fc.constantFrom('ad', 'me', '.', '本', 'md')), (some, text) => {
        const { files } = inMemory(bytesOf(some));
        const word = fold(text);
        const contain = idsOf(files.mayContain([word]));
        const end = idsOf(files.mayEndIn([word]));
        for (let id = 0; id < files.count; id += 1) {
          const name = fold(files.textOf(id));
          assert.equal(files.unitsOf(id), name.length);
          if (name.includes(word)) assert.ok(contain.has(id));
          if (name.endsWith(word)) assert.ok(end.has(id));
        }
      }),
    );
  });

  it('proposes every name, although a segment before could not be written', () => {
    const namesWith = (number: number, ...paths: string[]): List => ({
      peer: number,
      list: number,
      entries: paths.map((path) => ({ path, sizeBytes: 1, sha1: '0'.repeat(40) })),
    });
    const found = (): string[] => {
      const { files } = inMemory(bytesOf([namesWith(1, 'report.txt', 'notes.txt')]));
      return [...idsOf(files.mayContain(['report']))].map((id) => files.textOf(id));
    };
    assert.deepEqual(found(), ['report.txt']);
    for (let pieces = 0; pieces < 8; pieces += 1) {
      assert.throws(() => {
        let left = pieces;
        build([namesWith(2, 'a report.pdf', 'x.txt')], () => {
          if (left === 0) throw new Error('the disk is full');
          left -= 1;
        });
      }, /the disk is full/);
      assert.deepEqual(found(), ['report.txt']);
    }
  });

  it('merges segments, the dead left out, the later entry of a path kept', () => {
    fc.assert(
      fc.property(fc.array(lists, { minLength: 1, maxLength: 4 }), fc.nat({ max: 5 }), (batches, modulus) => {
        const isDead = (at: number): boolean => modulus > 1 && at % modulus === 0;
        const sources: MergeSource[] = batches.map((batch) => ({
          segment: inMemory(bytesOf(batch)),
          isListAlive: (index) => index !== modulus,
          isDead,
        }));
        const expected = new Map<string, string>();
        for (const { segment } of sources) {
          for (let at = 0; at < segment.entryCount; at += 1) {
            const index = listOfEntry(segment, at);
            if (index === modulus || isDead(at)) continue;
            const owner = `${segment.listPeers[index] ?? -1}/${segment.listNumbers[index] ?? -1}`;
            const found = entryAt(segment, at);
            expected.set(`${owner} ${found.path}`, lineOf(owner, found));
          }
        }
        let told = 0;
        const bytes = collect((write) => mergeSegments(sources, { write, onEntry: () => (told += 1) }));
        const merged = inMemory(bytes);
        assert.deepEqual(contentsOf(merged), [...expected.values()].sort());
        assert.equal(told, expected.size);
      }),
    );
  });
});

function idsOf(stream: { id: number; next(): void }): Set<number> {
  const ids = new Set<number>();
  while (stream.id !== END) {
    ids.add(stream.id);
    stream.next();
  }
  return ids;
}
