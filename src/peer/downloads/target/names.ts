import { SwapmeetError } from '../../../domain/errors.ts';
import { baseName, localSegments } from '../../../domain/share-path.ts';

/** The longest name that ext4 and most others take. Those that count UTF-16 units (NTFS, APFS) take no fewer characters. */
const NAME_BYTES_MAX = 255;

const PART_SUFFIX = '.part';

/**
 * The name under which a shared file is stored: the last part of its path, if it is safe on this platform: a name with control characters is on none.
 *
 * @param path a `filename` as it came from elsewhere
 * @throws SwapmeetError `bad-path`
 */
export function localName(path: string, platform: string): string {
  const [name, ...rest] = localSegments(baseName(path), platform);
  if (name === undefined || rest.length > 0) throw new SwapmeetError('bad-path', 'the filename has no last part');
  return name;
}

/** The name itself for 1; from 2 on `name (2).ext`, shortened where it would be too long for a disk. */
export function numberedName(name: string, number: number): string {
  if (number === 1) return name;
  const dot = name.lastIndexOf('.');
  const [stem, extension] = dot > 0 ? [name.slice(0, dot), name.slice(dot)] : [name, ''];
  return withSuffix(stem, ` (${number})${extension}`);
}

/** The name of a file as long as it is not whole. */
export function partName(name: string): string {
  return withSuffix(name, PART_SUFFIX);
}

/** Cuts whole characters off the stem until the disk takes the name. */
function withSuffix(stem: string, suffix: string): string {
  const fits = (cut: string): boolean => Buffer.byteLength(cut + suffix) <= NAME_BYTES_MAX;
  if (fits(stem)) return stem + suffix;
  const starts = Array.from(new Intl.Segmenter().segment(stem), ({ index }) => index);
  const end = starts.findLast((start) => fits(stem.slice(0, start))) ?? 0;
  return stem.slice(0, end) + suffix;
}
