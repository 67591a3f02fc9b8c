import { checkSum, DamagedSegment } from './checksums.ts';
import { crc32 } from 'node:zlib';

/** Where a section lies in a segment, and whether it is held in memory while the segment is open. */
export type Section = {
  readonly name: string;
  readonly offset: number;
  readonly length: number;
  readonly resident: boolean;
  /** CRC-32 of one that is resident. Those of the others, block by block, are in the section `sums`. */
  readonly sum?: number;
};

/** What a segment’s last bytes say: where its other parts are. */
export type Footer = { readonly format: number; readonly sections: readonly Section[] };

/** Raise it when the layout changes. */
const FORMAT = 2;
/** The same without checksums: it is read as it is, until it is merged. */
const FORMAT_UNCHECKED = 1;
/** The footer's CRC-32, length and offset, each as a double. The first format had no CRC-32. */
const TRAILER_BYTES = 24;
const TRAILER_BYTES_MIN = 16;

/** Fills the target with a segment’s bytes from an offset on. */
export type ReadInto = (target: Uint8Array, offset: number) => void;

/** A segment’s last bytes, which begin at an offset. */
export function encodeFooter(sections: readonly Section[], offset: number): Uint8Array {
  const text = Buffer.from(JSON.stringify({ format: FORMAT, sections } satisfies Footer), 'utf8');
  const trailer = Float64Array.of(crc32(text), text.length, offset);
  return Buffer.concat([text, new Uint8Array(trailer.buffer)]);
}

/** @throws DamagedSegment; Error for a segment of a later version */
export function readFooter(sizeBytes: number, read: ReadInto, segment: number): Footer {
  if (sizeBytes < TRAILER_BYTES) throw new DamagedSegment(segment, 'it is too short');
  const trailer = new Float64Array(TRAILER_BYTES / Float64Array.BYTES_PER_ELEMENT);
  read(new Uint8Array(trailer.buffer), sizeBytes - TRAILER_BYTES);
  const [sum = 0, length = 0, offset = 0] = trailer;
  const isInside = Number.isInteger(length) && Number.isInteger(offset) && length > 0 && offset >= 0;
  if (!isInside || offset + length > sizeBytes - TRAILER_BYTES_MIN) {
    throw new DamagedSegment(segment, 'its end is not what was written');
  }
  const text = new Uint8Array(length);
  read(text, offset);
  const footer = parseFooter(text, segment);
  if (footer.format === FORMAT_UNCHECKED) return footer;
  checkSum(text, sum, segment, 'its footer');
  if (footer.format === FORMAT) return footer;
  throw new Error(`a segment of format ${footer.format}: this version reads up to ${FORMAT}`);
}

function parseFooter(text: Uint8Array, segment: number): Footer {
  try {
    return JSON.parse(Buffer.from(text).toString('utf8')) as Footer;
  } catch (cause) {
    throw new DamagedSegment(segment, 'its footer is not what was written', { cause });
  }
}
