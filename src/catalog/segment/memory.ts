/**
 * Memory for what is large, comes and goes. The system’s allocator would keep much of it for good: it cuts large pieces out of a
 * heap for each thread, where small ones that live longer stand between them. Memory that might grow is taken from the system by
 * itself, and goes back to it as a whole. It is as fast, and threads can share it.
 */

/** Smaller pieces are the allocator’s. */
const OWN_BYTES_MIN = 64 * 1024;

/** Memory that V8 doesn't count, which is all that threads could share: it sees no reason to collect the garbage that holds it. */
export type Uncounted = {
  /** Bytes that were taken here: most are let go again within the same call. */
  readonly takenBytes: number;
  /** Bytes that were held for long, and let go. */
  readonly letGoBytes: number;
};

let uncounted: Uncounted = { takenBytes: 0, letGoBytes: 0 };

/** Notes that memory is let go that was held for long, whichever thread took it. */
export function noteLetGo(bytes: number): void {
  uncounted = { ...uncounted, letGoBytes: uncounted.letGoBytes + bytes };
}

/** What was noted on this thread since it was asked last. */
export function takeUncounted(): Uncounted {
  const noted = uncounted;
  uncounted = { takenBytes: 0, letGoBytes: 0 };
  return noted;
}

/** So many bytes, all of them 0, which threads can share. */
export function createSharedBytes(length: number): SharedArrayBuffer {
  if (length < OWN_BYTES_MIN) return new SharedArrayBuffer(length);
  uncounted = { ...uncounted, takenBytes: uncounted.takenBytes + length };
  return new SharedArrayBuffer(length, { maxByteLength: length });
}

/** So many bytes, all of them 0. */
export function createBytes(length: number): Uint8Array {
  return length < OWN_BYTES_MIN ? new Uint8Array(length) : new Uint8Array(createSharedBytes(length), 0, length);
}

/** So many whole numbers of 32 bits, all of them 0. */
export function createNumbers(count: number): Uint32Array {
  const length = count * Uint32Array.BYTES_PER_ELEMENT;
  return length < OWN_BYTES_MIN ? new Uint32Array(count) : new Uint32Array(createSharedBytes(length), 0, count);
}

/** So many doubles, all of them 0. */
export function createDoubles(count: number): Float64Array {
  const length = count * Float64Array.BYTES_PER_ELEMENT;
  return length < OWN_BYTES_MIN ? new Float64Array(count) : new Float64Array(createSharedBytes(length), 0, count);
}

/** The numbers at places, in the order of the places. */
export function numbersAt(numbers: Uint32Array, places: Uint32Array): Uint32Array {
  const found = createNumbers(places.length);
  for (let at = 0; at < places.length; at += 1) found[at] = numbers[places[at] ?? 0] ?? 0;
  return found;
}

/** The numbers with room for so many at least: the same where there is, or a larger copy. */
export function withRoom(numbers: Uint32Array, count: number): Uint32Array {
  if (count <= numbers.length) return numbers;
  const larger = createNumbers(count * 2);
  larger.set(numbers);
  return larger;
}
