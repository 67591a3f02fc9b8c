const UNITS = ['B', 'kB', 'MB', 'GB', 'TB', 'PB'] as const;

/** A size for a person, in decimal units as the protocol has them: `999 B`, `1.23 MB`, `45.6 GB`. */
export function formatSize(sizeBytes: number): string {
  let value = sizeBytes;
  let unit = 0;
  // 999.5 and more would be rounded to 1000 of the unit.
  while (value >= 999.5 && unit < UNITS.length - 1) {
    value /= 1000;
    unit += 1;
  }
  return `${unit === 0 ? value : roundTo3(value)} ${UNITS[unit] ?? ''}`;
}

function roundTo3(value: number): string {
  if (value >= 99.95) return value.toFixed(0);
  return value.toFixed(value >= 9.995 ? 1 : 2);
}

export function formatRate(bytesPerSecond: number): string {
  return `${formatSize(Math.round(bytesPerSecond))}/s`;
}

const AGES = [
  ['d', 86_400],
  ['h', 3_600],
  ['min', 60],
  ['s', 1],
] as const;

/** How long ago something was, in the largest unit that is over: `3 h ago`. */
export function formatAge(ageS: number): string {
  const [unit, unitS] = AGES.find(([, seconds]) => ageS >= seconds) ?? ['s', 1];
  return `${Math.max(0, Math.floor(ageS / unitS))} ${unit} ago`;
}

/** How much of a whole is there, in percent, rounded down so that 100 means all. */
export function percentOf(partBytes: number, wholeBytes: number): number {
  return wholeBytes === 0 ? 100 : Math.floor((partBytes / wholeBytes) * 100);
}

export function formatCount(count: number, one: string, many: string): string {
  return `${count} ${count === 1 ? one : many}`;
}
