/** After how many ms how many entries were there, in order. */
export type Mark = readonly [ms: number, entries: number];

export type Rates = {
  /** From the first entry to the last. */
  readonly entriesPerS: number;
  /** Of the last tenth of the entries: what is left of the speed once the catalog is large. */
  readonly lastTenthPerS: number;
};

export function ratesOf(marks: readonly Mark[]): Rates {
  const [lastMs, entries] = marks.at(-1) ?? [0, 0];
  const [tenthMs, before] = marks.findLast(([, there]) => there <= entries * 0.9) ?? [0, 0];
  return {
    entriesPerS: (entries / lastMs) * 1000,
    lastTenthPerS: ((entries - before) / (lastMs - tenthMs)) * 1000,
  };
}
