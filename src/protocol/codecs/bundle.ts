import { SwapmeetError } from '../../domain/errors.ts';
import { takeHex, takeInteger, takeOptional, textCodec, type Codec } from '../codec.ts';
import { BUNDLE_BYTES_MAX, BUNDLE_CONTENTS_MAX } from '../limits.ts';
import { joinFields, splitFields } from '../text.ts';

/** `root` chooses where two contents share a SHA-1; an empty file has none. */
export type BundledContent = { readonly sha1: string; readonly root?: string | undefined };

export type BundleRequest = { readonly contents: readonly BundledContent[] };

/**
 * For each content that was asked for, in that order, its size in bytes; undefined for one that is not shared (any more).
 * Those that have a size follow in DATA frames, one after the other without anything between them.
 */
export type BundleReply = { readonly sizesBytes: readonly (number | undefined)[] };

const ABSENT = '-';

export function bundleDataBytes({ sizesBytes }: BundleReply): number {
  return sizesBytes.reduce<number>((sum, sizeBytes = 0) => sum + sizeBytes, 0);
}

export const bundleRequest: Codec<BundleRequest> = textCodec(
  ({ contents }) => ({
    lines: contents.map(({ sha1, root }) => joinFields(root === undefined ? [sha1] : [sha1, root])),
    attributes: {},
  }),
  ({ lines }) => ({ contents: takeSome(lines).map(takeContent) }),
);

export const bundleReply: Codec<BundleReply> = textCodec(
  ({ sizesBytes }) => ({
    lines: sizesBytes.map((sizeBytes) => String(sizeBytes ?? ABSENT)),
    attributes: {},
  }),
  ({ lines }) => {
    const sizesBytes = takeSome(lines).map((line) =>
      line === ABSENT ? undefined : takeInteger('size', line, 0, BUNDLE_BYTES_MAX),
    );
    if (bundleDataBytes({ sizesBytes }) > BUNDLE_BYTES_MAX) {
      throw new SwapmeetError('bad-request', `a bundle has at most ${BUNDLE_BYTES_MAX} bytes`);
    }
    return { sizesBytes };
  },
);

function takeSome(lines: readonly string[]): readonly string[] {
  if (lines.length >= 1 && lines.length <= BUNDLE_CONTENTS_MAX) return lines;
  throw new SwapmeetError('bad-request', `a bundle has 1 to ${BUNDLE_CONTENTS_MAX} contents, one a line`);
}

function takeContent(line: string): BundledContent {
  const [sha1, root] = splitFields(line);
  const takenRoot = takeOptional(root, (text) => takeHex('root', text, 64));
  return { sha1: takeHex('sha1', sha1, 40), ...(takenRoot === undefined ? {} : { root: takenRoot }) };
}
