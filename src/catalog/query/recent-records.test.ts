import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { liveSegment } from '../../../test/support/index-states.ts';
import { CONTENT_BYTES, contentAt } from '../segment/content-record.ts';
import { contentOfEntry } from '../segment/segment.ts';
import { createRecentRecords } from './recent-records.ts';

const ENTRIES = 20;

/** Segments whose entries all differ. */
const segments = Array.from({ length: 3 }, (_, key) => {
  const entries = Array.from({ length: ENTRIES }, (_entry, at) => ({
    path: String(at),
    sizeBytes: key * ENTRIES + at,
    sha1: `${key}${at}`.padEnd(40, '0'),
  }));
  return liveSegment(key, [{ peer: key, list: 1, entries }]).segment;
});
const looks = fc.array(fc.record({ segment: fc.constantFrom(...segments), entry: fc.nat(ENTRIES - 1) }));

describe('records that were looked at last', () => {
  it('are those of the entries, whichever share a slot', () => {
    fc.assert(
      fc.property(looks, fc.constantFrom(1, 2, 16), (run, slots) => {
        const records = createRecentRecords(slots);
        for (const { segment, entry } of run) {
          const at = records.find(segment, entry);
          assert.equal(records.bytes.length, slots * CONTENT_BYTES);
          assert.deepEqual(contentAt(records.bytes, at), contentOfEntry(segment, entry));
        }
      }),
    );
  });

  it('are not taken for another after a read that failed', () => {
    const [segment] = segments;
    assert.ok(segment);
    const records = createRecentRecords(1);
    records.find(segment, 0);
    let isBroken = true;
    const contents = {
      ...segment.contents,
      get window() {
        return segment.contents.window;
      },
      seek: (offset: number, length: number): number => {
        if (isBroken) throw new Error('a disk');
        return segment.contents.seek(offset, length);
      },
    };
    const failing = { ...segment, contents };
    assert.throws(() => records.find(failing, 1), /a disk/);
    isBroken = false;
    assert.deepEqual(contentAt(records.bytes, records.find(failing, 1)), contentOfEntry(segment, 1));
  });
});
