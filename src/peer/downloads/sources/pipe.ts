import { BLOCK_BYTES } from '../../../domain/pieces.ts';

/** What is asked for first, before anything is known of a source: little, since others may be asked for the same. */
const RANGE_BYTES_FIRST = 64 * 1024;
/** Less costs both ends more than it saves. */
const RANGE_BYTES_MIN = 128 * 1024;
/** Measured on a fast network: larger ones gain nothing. */
const RANGE_BYTES_MAX = 4 * 1024 * 1024;

/** One range should take so long: then little is lost with a source that fails, and little waits for a slow one at the end. */
const RANGE_MS = 150;
/** So much is asked for ahead, beyond the time that a request takes to be answered, so that the source never waits. */
const AHEAD_MS = 200;
/** Ranges asked for ahead, at least and at most. */
const RANGES_AHEAD = { min: 3, max: 16 } as const;
/** However fast a source is: four of the largest ranges. */
const AHEAD_BYTES_MAX = 4 * RANGE_BYTES_MAX;

/** A sample of the speed counts 1/e after so long. */
const MEMORY_MS = 500;
const SAMPLE_MS = 20;
/** As long as nothing is known. */
const GUESS_BYTES_PER_MS = 1_000;
/** Who has been silent for longer than it takes to answer is believed to be ever slower: by a factor of e each so long. */
const SILENCE_MS = 1_000;

/** How fast one source sends, and so how much to ask it for. All times are ms, and passed in. */
export type Pipe = {
  /** How much to ask for at once. */
  rangeBytes(): number;
  /** Whether more has to be asked for to keep the source busy. */
  isRoomy(): boolean;
  asked(bytes: number, nowMs: number): void;
  received(bytes: number, nowMs: number): void;
  /** A range is over: `missingBytes` of it will not come. */
  ended(missingBytes: number): void;
  /** When it will have sent so many bytes, from now on. */
  forecastMs(bytes: number, nowMs: number): number;
  inFlightBytes(): number;
  /** For so long less than a block came, though more was asked for. */
  stalledMs(nowMs: number): number;
  /** It is known why nothing comes: a stall begins anew and, before the first byte, so does the time that an answer takes. */
  excuse(nowMs: number): void;
};

export function createPipe(): Pipe {
  let rangeBytes = RANGE_BYTES_FIRST;
  let inFlightBytes = 0;
  let bytesPerMs: number | undefined;
  let latencyMs = 0;
  let firstAskedMs: number | undefined;
  let lastByteMs = 0;
  // Since when, and how many bytes, for the next sample of the speed.
  let sample = { sinceMs: 0, bytes: 0 };
  let progress = { sinceMs: 0, bytes: 0 };

  function takeSample(nowMs: number): void {
    const elapsedMs = nowMs - sample.sinceMs;
    if (elapsedMs < SAMPLE_MS && inFlightBytes > 0) return;
    const rate = sample.bytes / Math.max(elapsedMs, 1);
    const weight = Math.exp(-elapsedMs / MEMORY_MS);
    bytesPerMs = bytesPerMs === undefined ? rate : bytesPerMs * weight + rate * (1 - weight);
    sample = { sinceMs: nowMs, bytes: 0 };
  }

  /** No faster than by doubling: the first bytes often come out of a buffer on the way. */
  function fitRange(): void {
    const fitting = (bytesPerMs ?? 0) * RANGE_MS;
    const blocks = Math.floor(Math.min(fitting, rangeBytes * 2, RANGE_BYTES_MAX) / BLOCK_BYTES);
    rangeBytes = Math.max(blocks * BLOCK_BYTES, RANGE_BYTES_MIN);
  }

  function aheadBytes(): number {
    const wanted = (bytesPerMs ?? 0) * (latencyMs + AHEAD_MS);
    return Math.min(Math.max(wanted, RANGES_AHEAD.min * rangeBytes), RANGES_AHEAD.max * rangeBytes, AHEAD_BYTES_MAX);
  }

  return {
    rangeBytes: () => rangeBytes,
    isRoomy: () => inFlightBytes + rangeBytes <= aheadBytes(),
    asked(bytes, nowMs) {
      if (inFlightBytes === 0) {
        sample = { sinceMs: nowMs, bytes: 0 };
        progress = { sinceMs: nowMs, bytes: 0 };
        lastByteMs = nowMs;
        firstAskedMs = nowMs;
      }
      inFlightBytes += bytes;
    },
    received(bytes, nowMs) {
      if (firstAskedMs !== undefined) latencyMs = nowMs - firstAskedMs;
      firstAskedMs = undefined;
      lastByteMs = nowMs;
      inFlightBytes -= bytes;
      sample.bytes += bytes;
      progress.bytes += bytes;
      if (progress.bytes >= BLOCK_BYTES) progress = { sinceMs: nowMs, bytes: 0 };
      takeSample(nowMs);
    },
    ended(missingBytes) {
      inFlightBytes -= missingBytes;
      fitRange();
    },
    forecastMs(bytes, nowMs) {
      const silentMs = inFlightBytes > 0 ? Math.max(0, nowMs - lastByteMs - latencyMs) : 0;
      const rate = (bytesPerMs ?? GUESS_BYTES_PER_MS) * Math.exp(-silentMs / SILENCE_MS);
      return rate === 0 ? Infinity : bytes / rate + latencyMs;
    },
    inFlightBytes: () => inFlightBytes,
    stalledMs: (nowMs) => (inFlightBytes > 0 ? nowMs - progress.sinceMs : 0),
    excuse(nowMs) {
      progress = { sinceMs: nowMs, bytes: 0 };
      if (firstAskedMs === undefined) return;
      firstAskedMs = nowMs;
      sample = { sinceMs: nowMs, bytes: 0 };
    },
  };
}
