import fc from 'fast-check';
import { anyText } from '../support/any-text.ts';

type Edit = { readonly at: number; readonly remove: number; readonly insert: Uint8Array };

const edits: fc.Arbitrary<Edit> = fc.record({
  at: fc.nat(),
  remove: fc.nat(4),
  // What a format stumbles over more often than over random bytes.
  insert: fc.oneof(
    fc.uint8Array({ maxLength: 4 }),
    fc
      .constantFrom('\n', '|', '%', '%7', '\n|', '\n|a=', '\0', '\r\n', '-1', '9'.repeat(20))
      .map((text) => Buffer.from(text)),
  ),
});

function apply(bytes: Buffer, { at, remove, insert }: Edit): Buffer {
  const start = at % (bytes.length + 1);
  return Buffer.concat([bytes.subarray(0, start), insert, bytes.subarray(start + remove)]);
}

/** Bytes that were right before something went wrong with them; sometimes nothing did. */
export function mutated(bytes: fc.Arbitrary<Buffer>): fc.Arbitrary<Buffer> {
  return fc.tuple(bytes, fc.array(edits, { maxLength: 4 })).map(([whole, all]) => all.reduce(apply, whole));
}

/** Bytes that never meant anything. */
export const garbage: fc.Arbitrary<Buffer> = fc
  .oneof(
    fc.uint8Array({ maxLength: 300 }),
    anyText({ maxLength: 100 }).map((text) => Buffer.from(text)),
  )
  .map((bytes) => Buffer.from(bytes));
