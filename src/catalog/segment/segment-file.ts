import type { Bytes } from './bytes.ts';
import { bytesInFile, bytesInMemory } from './bytes.ts';
import { BLOCK_BYTES, checkBlocks, checkSum, createSums, DamagedSegment, type Sums } from './checksums.ts';
import { encodeFooter, readFooter, type Footer, type ReadInto, type Section } from './footer.ts';
import { createSharedBytes } from './memory.ts';
import { keepCompiled } from './keep-compiled.ts';

/** Sections of numbers begin at a multiple of the largest of these. */
const ALIGNMENT = 8;
/** The section with the checksums of those that are not resident. */
const SUMS = 'sums';

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
  const sections: (Omit<Section, 'length' | 'sum'> & { length: number; readonly sums: Sums })[] = [];
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
    const sums = createSums(resident ? Number.POSITIVE_INFINITY : BLOCK_BYTES);
    const placed = { name, offset: length, length: 0, resident, sums };
    sections.push(placed);
    return (chunk) => {
      placed.length += chunk.length;
      sums.add(chunk);
      put(chunk);
    };
  };
  const resident: SegmentWriter['resident'] = (name, numbers) => {
    const add = section(name, { resident: true });
    add(new Uint8Array(numbers.buffer, numbers.byteOffset, numbers.byteLength));
  };

  return {
    section,
    resident,
    finish: () => {
      const inBlocks = sections.filter((placed) => !placed.resident);
      resident(SUMS, Uint32Array.from(inBlocks.flatMap(({ sums }) => sums.finish())));
      align();
      const placed = sections.map(({ sums, ...rest }) =>
        rest.resident ? { ...rest, sum: sums.finish()[0] ?? 0 } : rest,
      );
      put(encodeFooter(placed, length));
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

/** What is held in memory of a segment: its footer, and the sections that are resident, one after the other. */
export type Resident = { readonly footer: Footer; readonly bytes: Uint8Array };

/**
 * Reads what is to be held in memory, into memory that threads can share.
 *
 * @param segment the key of the segment, which errors name
 * @throws DamagedSegment
 */
export function readResident(sizeBytes: number, read: ReadInto, segment: number): Resident {
  const footer = readFooter(sizeBytes, read, segment);
  const places = placesInMemory(footer);
  const bytes = new Uint8Array(createSharedBytes(places.length), 0, places.length);
  for (const section of footer.sections) {
    const place = places.of.get(section.name);
    if (place !== undefined) readSection(section, bytes.subarray(place, place + section.length), read, segment);
  }
  return { footer, bytes };
}

function readSection({ name, offset, sum }: Section, target: Uint8Array, read: ReadInto, segment: number): void {
  read(target, offset);
  checkSum(target, sum, segment, name);
}

/** A section of numbers, without the rest of the segment. @throws DamagedSegment */
export function readNumbers(sizeBytes: number, read: ReadInto, name: string, segment: number): Uint32Array {
  const section = readFooter(sizeBytes, read, segment).sections.find((one) => one.name === name);
  if (section === undefined) throw new DamagedSegment(segment, `it has no ${name}`);
  const bytes = new Uint8Array(section.length);
  readSection(section, bytes, read, segment);
  return new Uint32Array(bytes.buffer);
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

/** The checksums of the sections that are read block by block, by name; none for a segment without checksums. */
function sumsOf({ sections }: Footer, all: Uint32Array | undefined): ReadonlyMap<string, Uint32Array> {
  const sums = new Map<string, Uint32Array>();
  if (all === undefined) return sums;
  let first = 0;
  for (const { name, length, resident } of sections) {
    if (resident) continue;
    const end = first + Math.ceil(length / BLOCK_BYTES);
    sums.set(name, all.subarray(first, end));
    first = end;
  }
  return sums;
}

/**
 * A segment of which a part is in memory. Of the rest, what is read is checked when it is read for the first time.
 *
 * @param file the open file with the rest
 * @param segment the key of the segment, which errors name
 */
export function openParts({ footer, bytes }: Resident, file: number, segment: number): SegmentParts {
  const sections = new Map(footer.sections.map((section) => [section.name, section]));
  const places = placesInMemory(footer).of;
  const inMemory = (name: string): { readonly offset: number; readonly length: number } => ({
    offset: bytes.byteOffset + (places.get(name) ?? 0),
    length: sections.get(name)?.length ?? 0,
  });
  const u32 = (name: string): Uint32Array => {
    const { offset, length } = inMemory(name);
    return new Uint32Array(bytes.buffer, offset, length / Uint32Array.BYTES_PER_ELEMENT);
  };
  const sums = sumsOf(footer, places.has(SUMS) ? u32(SUMS) : undefined);
  return {
    bytes: (name) => {
      const { offset, length } = inMemory(name);
      if (places.has(name)) return bytesInMemory(new Uint8Array(bytes.buffer, offset, length));
      const place = { start: sections.get(name)?.offset ?? 0, length };
      return bytesInFile(file, place, { name, sums: sums.get(name), segment });
    },
    u32,
    f64: (name) => {
      const { offset, length } = inMemory(name);
      return new Float64Array(bytes.buffer, offset, length / Float64Array.BYTES_PER_ELEMENT);
    },
  };
}

/**
 * The same of a segment that is in memory as a whole.
 *
 * @throws DamagedSegment
 */
export function openWhole(bytes: Uint8Array, segment = 0): SegmentParts {
  const copy: ReadInto = (target, offset) => {
    target.set(bytes.subarray(offset, offset + target.length));
  };
  const { footer } = readResident(bytes.length, copy, segment);
  const sections = new Map(footer.sections.map((section) => [section.name, section]));
  // Numbers lie at multiples of their size only if the segment itself does.
  const whole = bytes.byteOffset % ALIGNMENT === 0 ? bytes : bytes.slice();
  const part = (name: string): Uint8Array => {
    const { offset, length } = sections.get(name) ?? { offset: 0, length: 0 };
    return whole.subarray(offset, offset + length);
  };
  const u32 = (name: string): Uint32Array => {
    const { buffer, byteOffset, length } = part(name);
    return new Uint32Array(buffer, byteOffset, length / Uint32Array.BYTES_PER_ELEMENT);
  };
  for (const [name, sums] of sumsOf(footer, sections.has(SUMS) ? u32(SUMS) : undefined)) {
    checkBlocks(part(name), sums, segment, name);
  }
  return {
    bytes: (name) => bytesInMemory(part(name)),
    u32,
    f64: (name) => {
      const { buffer, byteOffset, length } = part(name);
      return new Float64Array(buffer, byteOffset, length / Float64Array.BYTES_PER_ELEMENT);
    },
  };
}

/** Writes nothing anywhere: for what is kept for its code. */
export const idleWriter = createSegmentWriter(() => undefined);
keepCompiled(idleWriter);
