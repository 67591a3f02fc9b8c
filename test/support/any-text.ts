import fc from 'fast-check';

const SURROGATES_FROM = 0xd800;
const SURROGATES_END = 0xe000;
const SURROGATES = SURROGATES_END - SURROGATES_FROM;
const CODE_POINT_MAX = 0x10_ffff;

/** Any code point but half a pair: fast-check's `binary` unit, which takes a second to make the first time. */
const unit = fc.integer({ min: 0, max: CODE_POINT_MAX - SURROGATES }).map(characterAt, placeOf);

/** Text of any characters, control characters and unassigned ones too. */
export function anyText(constraints: { readonly maxLength?: number } = {}): fc.Arbitrary<string> {
  return fc.string({ ...constraints, unit });
}

function characterAt(place: number): string {
  return String.fromCodePoint(place < SURROGATES_FROM ? place : place + SURROGATES);
}

/** The way back. @throws where it is not one character: so fast-check asks whether a text can be had */
function placeOf(text: unknown): number {
  const codePoint = typeof text === 'string' ? text.codePointAt(0) : undefined;
  if (codePoint === undefined || text !== String.fromCodePoint(codePoint)) throw new Error('not one character');
  if (codePoint >= SURROGATES_FROM && codePoint < SURROGATES_END) throw new Error('half a pair');
  return codePoint < SURROGATES_FROM ? codePoint : codePoint - SURROGATES;
}
