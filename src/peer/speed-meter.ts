/** The speed shown is an average in which what was so long ago counts 1/e of what is now. */
const MEMORY_MS = 3_000;

/** A smoothed speed. */
export type SpeedMeter = {
  readonly add: (bytes: number) => void;
  readonly bytesPerSecond: () => number;
};

/** @param now ms */
export function createSpeedMeter(now: () => number): SpeedMeter {
  const startMs = now();
  let atMs = startMs;
  // The bytes so far, each weighed by its age.
  let weighed = 0;

  function age(): void {
    const nowMs = now();
    weighed *= Math.exp((atMs - nowMs) / MEMORY_MS);
    atMs = nowMs;
  }

  return {
    add(bytes) {
      age();
      weighed += bytes;
    },
    bytesPerSecond() {
      age();
      // The weight of all the time since the start: in the beginning it is less than a whole memory.
      const weightMs = MEMORY_MS * (1 - Math.exp((startMs - atMs) / MEMORY_MS));
      return weightMs === 0 ? 0 : Math.round((weighed / weightMs) * 1000);
    },
  };
}
