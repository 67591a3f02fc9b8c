import { randomFillSync } from 'node:crypto';
import { closeSync, mkdirSync, openSync, statSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

const FILL_BYTES = 8_388_608;

/** A file of random bytes in the system's temporary folder, kept for the next time. */
export function makeRandomFile(sizeBytes: number): string {
  const path = join(tmpdir(), 'swapmeet-bench', `random-${sizeBytes}`);
  if (statSync(path, { throwIfNoEntry: false })?.size === sizeBytes) return path;
  mkdirSync(dirname(path), { recursive: true });
  const fd = openSync(path, 'w');
  const buffer = Buffer.alloc(FILL_BYTES);
  for (let offset = 0; offset < sizeBytes; offset += FILL_BYTES) {
    writeSync(fd, randomFillSync(buffer), 0, Math.min(FILL_BYTES, sizeBytes - offset));
  }
  closeSync(fd);
  return path;
}

export function median(times: readonly number[]): number {
  const sorted = times.toSorted((one, other) => one - other);
  const middle = (sorted.length - 1) / 2;
  return ((sorted[Math.floor(middle)] ?? Number.NaN) + (sorted[Math.ceil(middle)] ?? Number.NaN)) / 2;
}

/** What many measurements of the same thing come to, in ms. */
export type Spread = { readonly medianMs: number; readonly p99Ms: number; readonly worstMs: number };

export function spreadOf(times: readonly number[]): Spread {
  const sorted = times.toSorted((one, other) => one - other);
  return {
    medianMs: median(sorted),
    p99Ms: sorted[Math.ceil(sorted.length * 0.99) - 1] ?? Number.NaN,
    worstMs: sorted.at(-1) ?? Number.NaN,
  };
}
