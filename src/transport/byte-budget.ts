/** What one connection holds for its requests. */
export type Holding = {
  readonly bytes: number;
  /** Where it comes from. */
  readonly address: string;
  /** Nobody has logged in on it. */
  readonly isStranger: boolean;
};

/**
 * A bound on the bytes that all connections of a process together hold for requests under way, so that many clients
 * that each stay below their cap can't exhaust the memory. Strangers get half of it, and from one address a quarter: they
 * can keep out neither those who are logged in nor, from one machine, each other.
 */
export type ByteBudget = {
  /** Sets what one holder holds now; false (and nothing changed) where that would be too much. */
  hold(holder: object, holding: Holding): boolean;
  release(holder: object): void;
};

export function createByteBudget(bytesMax: number): ByteBudget {
  const held = new Map<object, Holding>();

  // Few hold anything at a time: only large requests are counted.
  function heldBy(matches: (holding: Holding) => boolean): number {
    let bytes = 0;
    for (const holding of held.values()) if (matches(holding)) bytes += holding.bytes;
    return bytes;
  }

  function fits({ isStranger, address }: Holding): boolean {
    if (heldBy(() => true) > bytesMax) return false;
    if (!isStranger) return true;
    if (heldBy((other) => other.isStranger) > bytesMax / 2) return false;
    return heldBy((other) => other.isStranger && other.address === address) <= bytesMax / 4;
  }

  return {
    hold(holder, holding) {
      const before = held.get(holder);
      if (holding.bytes === 0) held.delete(holder);
      else held.set(holder, holding);
      if (holding.bytes <= (before?.bytes ?? 0) || fits(holding)) return true;
      if (before) held.set(holder, before);
      else held.delete(holder);
      return false;
    },
    release(holder) {
      held.delete(holder);
    },
  };
}
