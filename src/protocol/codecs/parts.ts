import type { Entry } from '../../domain/entry.ts';
import { SwapmeetError } from '../../domain/errors.ts';
import { textCodec, type Codec } from '../codec.ts';
import { PARTS_MAX } from '../limits.ts';
import { decodeFileLine, encodeFileLine } from './file-list.ts';

/** All contents that a peer holds in part and serves as far as it has them. */
export type PartsRequest = { readonly entries: readonly Entry[] };

export const partsRequest: Codec<PartsRequest> = textCodec(
  ({ entries }) => ({ lines: entries.map(encodeFileLine), attributes: {} }),
  ({ lines }) => {
    if (lines.length > PARTS_MAX) throw new SwapmeetError('bad-request', `a peer serves at most ${PARTS_MAX} parts`);
    return { entries: lines.map(decodeFileLine) };
  },
);
