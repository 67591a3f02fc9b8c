/** Who waits, and for what. */
type Waiting<Item> = { readonly key: string; readonly item: Item };

/**
 * Those who wait for a share of something, ordered so that everybody gets as many bytes: next is the one of whom the least was
 * served (start-time fair queueing). A key stands for one who shares, however many items of it wait. Nobody saves up by waiting or
 * by staying away: who comes begins with what the others have by then.
 */
export type FairQueue<Item> = {
  /** @param isFirst it stands before those of its own key that are not first. Returns how to take it back */
  readonly add: (key: string, item: Item, isFirst?: boolean) => () => void;
  /** Takes the item that is next among those that `may` be served now. */
  readonly take: (may: (key: string, item: Item) => boolean) => Waiting<Item> | undefined;
  /** Bytes were given to a key. */
  readonly charge: (key: string, bytes: number) => void;
  /** Who waits, in the order in which they come: the first of each key, then the second of each. */
  readonly order: () => readonly Waiting<Item>[];
  /** How many items wait. */
  readonly size: () => number;
  /** How many items of one key wait. */
  readonly sizeOf: (key: string) => number;
  /** Those of whom something waits. */
  readonly keys: () => readonly string[];
  /** Whether an item of another key waits. */
  readonly othersWait: (key: string) => boolean;
};

type Line<Item> = {
  readonly items: Item[];
  /** Bytes that it was served, each divided by the key's weight, on a scale that all keys share. */
  served: number;
  /** Which of two who were served as much has waited longer. */
  since: number;
};

type Next<Item> = { readonly key: string; readonly line: Line<Item>; readonly at: number };

/** So many keys are remembered, though nothing of them waits, for what they were served. */
const IDLE_KEYS_MAX = 1_000;

/** @param weightOf a key of twice the weight gets twice the bytes */
export function createFairQueue<Item>(weightOf: (key: string) => number = () => 1): FairQueue<Item> {
  const lines = new Map<string, Line<Item>>();
  // What had been served to the key that was next the last time: the least of all who wait.
  let least = 0;
  let waiting = 0;
  let arrivals = 0;

  function lineOf(key: string): Line<Item> {
    const known = lines.get(key);
    if (known) return known;
    const line = { items: [], served: least, since: 0 };
    lines.set(key, line);
    return line;
  }

  /** Who was served no more than the least loses nothing by being forgotten; where there are very many, the others little. */
  function forget(): void {
    const isCrowded = lines.size > IDLE_KEYS_MAX + waiting;
    for (const [key, { items, served }] of lines) {
      if (items.length === 0 && (isCrowded || served <= least)) lines.delete(key);
    }
  }

  function next(may: (key: string, item: Item) => boolean): Next<Item> | undefined {
    let best: Next<Item> | undefined;
    for (const [key, line] of lines) {
      if (best && !isBefore(line, best.line)) continue;
      const at = line.items.findIndex((item) => may(key, item));
      if (at >= 0) best = { key, line, at };
    }
    return best;
  }

  return {
    add(key, item, isFirst = false) {
      const line = lineOf(key);
      if (line.items.length === 0) {
        line.served = Math.max(line.served, least);
        line.since = ++arrivals;
      }
      if (isFirst) line.items.unshift(item);
      else line.items.push(item);
      waiting += 1;
      return () => {
        const at = line.items.indexOf(item);
        if (at < 0) return;
        line.items.splice(at, 1);
        waiting -= 1;
        forget();
      };
    },
    take(may) {
      const best = next(may);
      if (!best) return undefined;
      const { key, line, at } = best;
      const [item] = line.items.splice(at, 1) as [Item];
      least = Math.max(least, line.served);
      line.since = ++arrivals;
      waiting -= 1;
      return { key, item };
    },
    charge(key, bytes) {
      lineOf(key).served += bytes / weightOf(key);
      forget();
    },
    order: () =>
      [...lines]
        .flatMap(([key, line]) => line.items.map((item, place) => ({ key, item, place, line })))
        .sort((one, other) => one.place - other.place || (isBefore(one.line, other.line) ? -1 : 1)),
    size: () => waiting,
    keys: () => [...lines].filter(([, { items }]) => items.length > 0).map(([key]) => key),
    sizeOf: (key) => lines.get(key)?.items.length ?? 0,
    othersWait: (key) => waiting > (lines.get(key)?.items.length ?? 0),
  };
}

function isBefore(one: Line<unknown>, other: Line<unknown>): boolean {
  return one.served < other.served || (one.served === other.served && one.since < other.since);
}
