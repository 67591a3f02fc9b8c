import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { SwapmeetError } from '../../src/domain/errors.ts';
import { formatMegabytes, parseMegabytes } from '../../src/domain/megabytes.ts';

type Megabytes = { readonly format: (sizeBytes: number) => string; readonly parse: (text: string) => number };

const MEGABYTE = 1_000_000n;
/** Sizes of the whole range, those that are hard for floating point more often. */
const sizes = fc.oneof(
  fc.maxSafeNat(),
  fc.nat(10_000_000),
  fc.tuple(fc.nat(9_007_199_253), fc.nat(999_999)).map(([whole, rest]) => whole * 1_000_000 + rest),
  fc.nat(1_000).map((below) => Number.MAX_SAFE_INTEGER - below),
);

/** The same in whole numbers of any size: an independent way to the right answer. */
function exactBytes(text: string): bigint {
  const [whole = '', fraction = ''] = text.split('.');
  return BigInt(whole) * MEGABYTE + BigInt(fraction.padEnd(6, '0'));
}

function isExact({ format, parse }: Megabytes): void {
  fc.assert(
    fc.property(sizes, (sizeBytes) => {
      const text = format(sizeBytes);
      assert.match(text, /^(?:0|[1-9]\d*)(?:\.\d{0,5}[1-9])?$/);
      assert.equal(exactBytes(text), BigInt(sizeBytes));
      assert.equal(parse(text), sizeBytes);
    }),
    { numRuns: 1_000 },
  );
}

describe('dimension_in_mb', () => {
  it('is exact to the byte', () => {
    isExact({ format: formatMegabytes, parse: parseMegabytes });
  });

  it('is the bytes that it says, or refused', () => {
    const digits = fc.stringMatching(/^\d{1,12}$/);
    const texts = fc.oneof(
      fc.tuple(digits, fc.stringMatching(/^\d{1,7}$/)).map(([whole, fraction]) => `${whole}.${fraction}`),
      digits,
      fc.string(),
    );
    fc.assert(
      fc.property(texts, (text) => {
        try {
          assert.equal(BigInt(parseMegabytes(text)), exactBytes(text));
        } catch (error) {
          assert.ok(error instanceof SwapmeetError && error.code === 'bad-request', String(error));
        }
      }),
    );
  });

  it('would be noticed where it is not', () => {
    const floating: Megabytes = {
      format: (sizeBytes) => String(sizeBytes / 1e6),
      parse: (text) => Number(text) * 1e6,
    };
    assert.throws(() => {
      isExact(floating);
    }, /Property failed/);
  });
});
