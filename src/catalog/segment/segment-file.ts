import type { Bytes } from './bytes.ts';
import { bytesInFile, bytesInMemory } from './bytes.ts';

/** Where a section lies in a segment, and whether it is held in memory while the segment is open. */
type Section = { readonly name: string; readonly offset: number; readonly length: number; readonly resident: boolean };

/** What a segment’s last bytes say: where its other parts are. */
type Footer = { readonly format: number; readonly sections: readonly Section[] };

/** Raise it when the layout changes: a segment of another format is not read. */
const FORMAT = 1;
/** Sections of numbers begin at a multiple of the largest of these. */
const ALIGNMENT = 8;
/** The footer's length and offset, each as a double. */
const TRAILER_BYTES = 16;

type Numbers = Uint32Array | Float64Array;

/** Writes a segment section by section. */
export type SegmentWriter = {
  /** Where the bytes of a section go until the next one is begun. */
  section(name: string, options?: { readonly resident: boolean }): (chunk: Uint8Array) => void;
  /** A whole section that is held in memory. */
  resident(name: string, numbers: Numbers): void;
  finish(): void;
};

export function createSegmentWriter(write: (chunk: Uint8Array) => void): SegmentWriter {
  const sections: { name: string; offset: number; length: number; resident: boolean }[] = [];
  let length = 0;

  const put = (chunk: Uint8Array): void => {
    write(chunk);
    length += chunk.length;
  };
  const align = (): void => {
    const gap = aligned(length) - length;
    if (gap > 0) put(new Uint8Array(gap));
  };
  const section: SegmentWriter['section'] = (name, { resident } = { resident: false }) => {
    align();
    const placed = { name, offset: length, length: 0, resident };
    sections.push(placed);
    return (chunk) => {
      placed.length += chunk.length;
      put(chunk);
    };
  };

  return {
    section,
    resident: (name, numbers) => {
      const add = section(name, { resident: true });
      add(new Uint8Array(numbers.buffer, numbers.byteOffset, numbers.byteLength));
    },
    finish: () => {
      align();
      const offset = length;
      const footer: Footer = { format: FORMAT, sections };
      put(Buffer.from(JSON.stringify(footer), 'utf8'));
      put(new Uint8Array(Float64Array.of(length - offset, offset).buffer));
    },
  };
}

function aligned(length: number): number {
  return Math.ceil(length / ALIGNMENT) * ALIGNMENT;
}

/** The parts of a segment that are read. */
export type SegmentParts = {
  bytes(section: string): Bytes;
  u32(section: string): Uint32Array;
  f64(section: string): Float64Array;
};

/** Fills the target with a segment’s bytes from an offset on. */
type ReadInto = (target: Uint8Array, offset: number) => void;

/** What is held in memory of a segment: its footer, and the sections that are resident, one after the other. */
export type Resident = { readonly footer: Footer; readonly bytes: Uint8Array };

/** Reads what is to be held in memory, into memory that threads can share. */
export function readResident(sizeBytes: number, read: ReadInto): Resident {
  const trailer = new Float64Array(TRAILER_BYTES / Float64Array.BYTES_PER_ELEMENT);
  read(new Uint8Array(trailer.buffer), sizeBytes - TRAILER_BYTES);
  const [footerBytes = 0, footerOffset = 0] = trailer;
  const text = new Uint8Array(footerBytes);
  read(text, footerOffset);
  const footer = parseFooter(text);
  const places = placesInMemory(footer);
  const bytes = new Uint8Array(new SharedArrayBuffer(places.length));
  for (const { name, offset, length } of footer.sections) {
    const place = places.of.get(name);
    if (place !== undefined) read(bytes.subarray(place, place + length), offset);
  }
  return { footer, bytes };
}

/** Where the sections that are resident lie in memory. */
function placesInMemory({ sections }: Footer) {
  const of = new Map<string, number>();
  let length = 0;
  for (const section of sections) {
    if (!section.resident) continue;
    of.set(section.name, length);
    length = aligned(length + section.length);
  }
  return { of, length };
}

function parseFooter(bytes: Uint8Array): Footer {
  const footer = JSON.parse(Buffer.from(bytes).toString('utf8')) as Footer;
  if (footer.format !== FORMAT) throw new Error(`a segment of format ${footer.format}: this version reads ${FORMAT}`);
  return footer;
}

/**
 * A segment of which a part is in memory.
 *
 * @param file the open file with the rest
 */
export function openParts({ footer, bytes }: Resident, file: number): SegmentParts {
  const sections = new Map(footer.sections.map((section) => [section.name, section]));
  const places = placesInMemory(footer).of;
  const inMemory = (name: string): { readonly offset: number; readonly length: number } => ({
    offset: bytes.byteOffset + (places.get(name) ?? 0),
    length: sections.get(name)?.length ?? 0,
  });
  return {
    bytes: (name) => {
      const { offset, length } = inMemory(name);
      if (places.has(name)) return bytesInMemory(new Uint8Array(bytes.buffer, offset, length));
      return bytesInFile(file, sections.get(name)?.offset ?? 0, length);
    },
    u32: (name) => {
      const { offset, length } = inMemory(name);
      return new Uint32Array(bytes.buffer, offset, length / Uint32Array.BYTES_PER_ELEMENT);
    },
    f64: (name) => {
      const { offset, length } = inMemory(name);
      return new Float64Array(bytes.buffer, offset, length / Float64Array.BYTES_PER_ELEMENT);
    },
  };
}

/** The same of a segment that is in memory as a whole. */
export function openWhole(segment: Uint8Array): SegmentParts {
  const { footer } = readResident(segment.length, (target, offset) => {
    target.set(segment.subarray(offset, offset + target.length));
  });
  const sections = new Map(footer.sections.map((section) => [section.name, section]));
  // Numbers lie at multiples of their size only if the segment itself does.
  const whole = segment.byteOffset % ALIGNMENT === 0 ? segment : segment.slice();
  const part = (name: string): Uint8Array => {
    const { offset, length } = sections.get(name) ?? { offset: 0, length: 0 };
    return whole.subarray(offset, offset + length);
  };
  return {
    bytes: (name) => bytesInMemory(part(name)),
    u32: (name) => {
      const { buffer, byteOffset, length } = part(name);
      return new Uint32Array(buffer, byteOffset, length / Uint32Array.BYTES_PER_ELEMENT);
    },
    f64: (name) => {
      const { buffer, byteOffset, length } = part(name);
      return new Float64Array(buffer, byteOffset, length / Float64Array.BYTES_PER_ELEMENT);
    },
  };
}
