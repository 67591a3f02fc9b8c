import { SwapmeetError } from '../../domain/errors.ts';
import { escapeField, unescapeField } from '../text.ts';
import { fieldsPayload, takeHex, takeInteger, takeLines, takeOptional, textCodec, type Codec } from '../codec.ts';

/** `root` chooses where two contents share a SHA-1. */
export type HaveRequest = { readonly sha1: string; readonly root?: string | undefined };

/** Unless it is whole, the bitfield of the verified pieces follows in DATA frames, piece 0 being the high bit of byte 0. [BEP 3] */
export type HaveReply = {
  readonly root: string;
  readonly sizeBytes: number;
  readonly pieceBytes: number;
  readonly isWhole: boolean;
};

/** Pieces from `first` to `last`, both included. */
export type PieceRange = { readonly first: number; readonly last: number };

/** What became of a content since HAVE was answered, or since the last HAS. */
export type Has = {
  readonly sha1: string;
  readonly root: string;
  /** Pieces that are there now as well. */
  readonly held: readonly PieceRange[];
  /** All pieces that are on their way there now: what was said before does not count any more. */
  readonly coming: readonly PieceRange[];
};

const HELD = { whole: 'whole', part: 'part' } as const;

export function haveDataBytes({ sizeBytes, pieceBytes, isWhole }: HaveReply): number {
  return isWhole ? 0 : Math.ceil(Math.ceil(sizeBytes / pieceBytes) / 8);
}

export const haveRequest: Codec<HaveRequest> = textCodec(
  ({ sha1, root }) => fieldsPayload([sha1], { root }),
  ({ lines, attributes }) => {
    const [sha1] = takeLines(lines, ['sha1']);
    return {
      sha1: takeHex('sha1', sha1, 40),
      root: takeOptional(attributes['root'], (text) => takeHex('root', text, 64)),
    };
  },
);

export const haveReply: Codec<HaveReply> = textCodec(
  ({ root, sizeBytes, pieceBytes, isWhole }) =>
    fieldsPayload([root, String(sizeBytes), String(pieceBytes), isWhole ? HELD.whole : HELD.part]),
  ({ lines }) => {
    const [root, size, piece, held] = takeLines(lines, [
      'root',
      'size in bytes',
      'piece size in bytes',
      'whole or part',
    ]);
    if (held !== HELD.whole && held !== HELD.part) {
      throw new SwapmeetError('bad-request', 'the last line is whole or part');
    }
    return {
      root: takeHex('root', root, 64),
      sizeBytes: takeInteger('size', size, 1, Number.MAX_SAFE_INTEGER),
      pieceBytes: takeInteger('piece size', piece, 1, Number.MAX_SAFE_INTEGER),
      isWhole: held === HELD.whole,
    };
  },
);

/** HAS's payload. */
export const hasEvent: Codec<Has> = textCodec(
  ({ sha1, root, held, coming }) => ({
    lines: [sha1, root, formatRanges(held), formatRanges(coming)].map(escapeField),
    attributes: {},
  }),
  ({ lines }) => {
    if (lines.length !== 4) throw new SwapmeetError('bad-request', 'HAS has four lines');
    const [sha1, root, held = '', coming = ''] = lines.map(unescapeField);
    return {
      sha1: takeHex('sha1', sha1, 40),
      root: takeHex('root', root, 64),
      held: takeRanges(held),
      coming: takeRanges(coming),
    };
  },
);

/** `3,7-9`: single pieces and ranges, in ascending order. */
function formatRanges(ranges: readonly PieceRange[]): string {
  return ranges.map(({ first, last }) => (first === last ? String(first) : `${first}-${last}`)).join(',');
}

function takeRanges(text: string): PieceRange[] {
  if (text === '') return [];
  let least = 0;
  return text.split(',').map((part) => {
    const [from, to = from, more] = part.split('-');
    const first = takeInteger('a piece', from, least, Number.MAX_SAFE_INTEGER);
    const last = takeInteger('the last piece of a range', to, first, Number.MAX_SAFE_INTEGER);
    if (more !== undefined) throw new SwapmeetError('bad-request', 'a range of pieces has two ends');
    least = last + 1;
    return { first, last };
  });
}
