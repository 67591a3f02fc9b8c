import type { Bytes } from './bytes.ts';
import { bytesInFile, bytesInMemory } from './bytes.ts';

/** The sections of a segment, by name: where each lies. */
type Directory = Readonly<Record<string, { readonly offset: number; readonly length: number }>>;

/** What a segment's last bytes say: where its other parts are. */
type Footer = { readonly format: number; readonly residentOffset: number; readonly sections: Directory };

/** Raise it when the layout changes: a segment of another format is not read. */
const FORMAT = 1;
/** Sections of numbers begin at a multiple of the largest of these. */
const ALIGNMENT = 8;
/** The footer's length and offset, each as a double. */
const TRAILER_BYTES = 16;

type Numbers = Uint32Array | Float64Array;

/** Writes a segment section by section, first those that are read a bit at a time, then those that are held in memory. */
export type SegmentWriter = {
  /** Where the bytes of a section go until the next one is begun. */
  section(name: string): (chunk: Uint8Array) => void;
  /** A whole section of those that are held in memory. */
  resident(name: string, numbers: Numbers): void;
  finish(): void;
};

export function createSegmentWriter(write: (chunk: Uint8Array) => void): SegmentWriter {
  const sections: Record<string, { offset: number; length: number }> = {};
  let length = 0;
  let residentOffset: number | undefined;

  const put = (chunk: Uint8Array): void => {
    write(chunk);
    length += chunk.length;
  };
  const begin = (name: string): { offset: number; length: number } => {
    const gap = (ALIGNMENT - (length % ALIGNMENT)) % ALIGNMENT;
    if (gap > 0) put(new Uint8Array(gap));
    return (sections[name] = { offset: length, length: 0 });
  };
  const section = (name: string) => {
    const placed = begin(name);
    return (chunk: Uint8Array): void => {
      placed.length += chunk.length;
      put(chunk);
    };
  };

  return {
    section,
    resident: (name, numbers) => {
      const add = section(name);
      residentOffset ??= sections[name]?.offset;
      add(new Uint8Array(numbers.buffer, numbers.byteOffset, numbers.byteLength));
    },
    finish: () => {
      const { offset } = begin('footer');
      delete sections['footer'];
      const footer: Footer = { format: FORMAT, residentOffset: residentOffset ?? offset, sections };
      put(Buffer.from(JSON.stringify(footer), 'utf8'));
      put(new Uint8Array(Float64Array.of(length - offset, offset).buffer));
    },
  };
}

/** The parts of a segment that are read. */
export type SegmentParts = {
  bytes(section: string): Bytes;
  u32(section: string): Uint32Array;
  f64(section: string): Float64Array;
};

/** The bytes from `from` to `to` of a segment. */
type ReadRange = (from: number, to: number) => Uint8Array;

/** The end of a segment, from the first section that is held in memory on: what several threads can share. */
export function readResident(sizeBytes: number, read: ReadRange): Uint8Array {
  const trailer = read(sizeBytes - TRAILER_BYTES, sizeBytes);
  const [footerBytes = 0, footerOffset = 0] = new Float64Array(trailer.slice().buffer);
  const footer = parseFooter(read(footerOffset, footerOffset + footerBytes));
  return read(footer.residentOffset, sizeBytes);
}

function parseFooter(bytes: Uint8Array): Footer {
  const footer = JSON.parse(Buffer.from(bytes).toString('utf8')) as Footer;
  if (footer.format !== FORMAT) throw new Error(`a segment of format ${footer.format}: this version reads ${FORMAT}`);
  return footer;
}

/**
 * A segment of which the resident part is in memory.
 *
 * @param resident what `readResident` gave, at an address that is a multiple of 8
 * @param file the open file with the rest; undefined where `resident` is the whole segment
 */
export function openParts(resident: Uint8Array, file: number | undefined): SegmentParts {
  const end = new Float64Array(resident.slice(-TRAILER_BYTES).buffer);
  const footerBytes = end[0] ?? 0;
  const footerAt = resident.length - TRAILER_BYTES - footerBytes;
  const { residentOffset, sections } = parseFooter(resident.subarray(footerAt, footerAt + footerBytes));
  const base = file === undefined ? 0 : residentOffset;
  const placeOf = (name: string) => sections[name] ?? { offset: 0, length: 0 };
  const startOf = (name: string): number => resident.byteOffset + placeOf(name).offset - base;
  return {
    bytes: (name) => {
      const { offset, length } = placeOf(name);
      if (file !== undefined) return bytesInFile(file, offset, length);
      return bytesInMemory(resident.subarray(offset, offset + length));
    },
    u32: (name) => new Uint32Array(resident.buffer, startOf(name), placeOf(name).length / 4),
    f64: (name) => new Float64Array(resident.buffer, startOf(name), placeOf(name).length / 8),
  };
}
