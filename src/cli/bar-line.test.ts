import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { barLine } from './bar-line.ts';

const DOWNLOADING = ['400 MB of 1.00 GB', '35.2 MB/s', '00:17', 'from alice'];

test('a bar leaves out what a narrow terminal has no room for', () => {
  const draw = (columns: number): string => barLine(0.4, { texts: DOWNLOADING }, columns);
  assert.equal(draw(80), ' 40% [#########---------------] 400 MB of 1.00 GB  35.2 MB/s  00:17  from alice');
  assert.equal(draw(60), ' 40% [######----------] 400 MB of 1.00 GB  35.2 MB/s  00:17');
  assert.equal(draw(40), ' 40% [#####---------] 400 MB of 1.00 GB');
  const hashing = { lead: 'hashing', texts: ['400 MB of 1.00 GB', '12 files left'] };
  assert.equal(barLine(1, hashing, 40), 'hashing 100% [######] 400 MB of 1.00 GB');
  assert.equal(barLine(1, hashing, 60), 'hashing 100% [###########] 400 MB of 1.00 GB  12 files left');
});

test('of what has no known end there is no share', () => {
  const looking = { lead: 'looking', texts: ['12 files so far', '1 B of 2 B hashed'], isOpen: true };
  assert.equal(barLine(0.5, looking, 80), 'looking  12 files so far  1 B of 2 B hashed');
  assert.equal(barLine(0.5, looking, 21), 'looking  12 files s…');
});

test('of a long sentence the beginning is shown', () => {
  const texts = ['0 B of 1.00 GB', 'waiting: nobody who is online shares this content'];
  assert.equal(barLine(0, { texts }, 60), '  0% [----------] 0 B of 1.00 GB  waiting: nobody who is o…');
  assert.equal(barLine(0, { texts }, 40), '  0% [-----------------] 0 B of 1.00 GB');
});

test('a bar is never wider than the terminal', () => {
  const anyTexts = fc.record({ lead: fc.string(), texts: fc.array(fc.string()), isOpen: fc.boolean() });
  fc.assert(
    fc.property(
      fc.double({ min: 0, max: 1, noNaN: true }),
      anyTexts,
      fc.integer({ min: 2, max: 300 }),
      (part, texts, columns) => {
        assert.ok(barLine(part, texts, columns).length < columns);
      },
    ),
  );
});
