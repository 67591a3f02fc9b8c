import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { hasBit } from './bits.ts';
import { createRecordHash, orderContents } from './content-order.ts';
import { CONTENT_BYTES, putContent } from './content-record.ts';

const few = fc.array(fc.tuple(fc.nat({ max: 3 }), fc.nat({ max: 2 })), { maxLength: 40 });

describe('content order', () => {
  it('puts entries of one content side by side, in order of print', () => {
    fc.assert(
      fc.property(few, (rows) => {
        const prints = Uint32Array.from(rows, ([print]) => print);
        const order = orderContents(
          prints,
          Float64Array.from(rows, ([, hash]) => hash),
        );
        assert.deepEqual([...order.prints], [...prints].sort());
        for (const [entry, row] of rows.entries()) {
          const same = rows.flatMap((other, at) => (String(other) === String(row) ? [at] : []));
          const first = order.contents[entry] ?? 0;
          assert.deepEqual([...order.entries.subarray(first, first + same.length)], same);
          assert.equal(hasBit(order.shared, entry), same.length > 1);
        }
      }),
    );
  });
});

describe('record hash', () => {
  it('tells records apart by any of their bytes', () => {
    const hash = createRecordHash();
    const record = Buffer.alloc(CONTENT_BYTES);
    putContent(record, 0, { sha1: 'ab'.repeat(20), root: 'cd'.repeat(32), sizeBytes: 2 ** 40 });
    for (let at = 0; at < CONTENT_BYTES; at += 1) {
      const other = Buffer.from(record);
      other[at] = (other[at] ?? 0) ^ 1;
      assert.notEqual(hash(other, 0), hash(record, 0));
    }
    assert.equal(hash(Buffer.concat([Buffer.of(7), record]), 1), hash(record, 0));
  });
});
