/** What one connection holds for its requests. */
export type Holding = {
  readonly bytes: number;
  /** Where it comes from: an address, or what one customer of a provider has. */
  readonly network: string;
  /** Nobody has logged in on it. */
  readonly isStranger: boolean;
};

/**
 * A bound on the bytes that all connections of a process together hold for requests under way, so that many clients
 * that each stay below their cap can't exhaust the memory. Strangers get half of it, so that they keep out nobody who is
 * logged in, and from one network a quarter, so that from one machine they don't keep out each other. But either share has
 * room for one request of the largest size, and then may be spent on that alone: a smaller one would hold such a request back
 * as long as anybody else holds any.
 *
 * Who would hold too much waits, and takes in no more than it has already. Were all to wait, each with a part of a request, none
 * would ever let go of anything: so one of them at a time, the one that waits longest, goes on beyond the bound.
 */
export type ByteBudget = {
  /**
   * Says what one holder holds now. False where that is too much: it waits, and `onRoom` is called once it may go on. Who holds
   * less than before need not wait.
   */
  hold(holder: object, holding: Holding, onRoom: () => void): boolean;
  release(holder: object): void;
};

/** @param requestBytesMax what the largest request of a stranger takes */
export function createByteBudget(bytesMax: number, requestBytesMax = 0): ByteBudget {
  const strangersBytesMax = Math.max(bytesMax / 2, requestBytesMax);
  const networkBytesMax = Math.max(bytesMax / 4, requestBytesMax);
  const held = new Map<object, Holding>();
  /** In the order in which they came. */
  const waiting = new Map<object, () => void>();
  let heldBytes = 0;
  let strangersBytes = 0;
  /** What strangers hold, by their networks. */
  const networkBytes = new Map<string, number>();
  let beyondBound: object | undefined;

  function tally({ network, isStranger }: Holding, bytes: number): void {
    heldBytes += bytes;
    if (!isStranger) return;
    strangersBytes += bytes;
    const sum = (networkBytes.get(network) ?? 0) + bytes;
    if (sum === 0) networkBytes.delete(network);
    else networkBytes.set(network, sum);
  }

  /** Sets what one holds. Says whether that is less than before. */
  function set(holder: object, holding: Holding | undefined): boolean {
    const before = held.get(holder);
    const beforeBytes = before?.bytes ?? 0;
    const bytes = holding?.bytes ?? 0;
    if (before) tally(before, -beforeBytes);
    if (holding) tally(holding, bytes);
    if (holding === undefined || bytes === 0) held.delete(holder);
    else held.set(holder, holding);
    if (bytes >= beforeBytes) return false;
    if (beyondBound === holder) beyondBound = undefined;
    return true;
  }

  function fits(holder: object): boolean {
    const holding = held.get(holder);
    if (holding === undefined || holder === beyondBound) return true;
    if (heldBytes > bytesMax) return false;
    if (!holding.isStranger) return true;
    return strangersBytes <= strangersBytesMax && (networkBytes.get(holding.network) ?? 0) <= networkBytesMax;
  }

  /** Lets those go on who may. */
  function wake(): void {
    for (const [holder, onRoom] of waiting) {
      const isStuck = beyondBound === undefined && waiting.size === held.size;
      if (isStuck) beyondBound = holder;
      if (!fits(holder)) continue;
      waiting.delete(holder);
      onRoom();
    }
  }

  return {
    hold(holder, holding, onRoom) {
      const isLess = set(holder, holding);
      if (fits(holder)) waiting.delete(holder);
      else if (!isLess && !waiting.has(holder)) waiting.set(holder, onRoom);
      if (isLess || waiting.size === held.size) wake();
      return !waiting.has(holder);
    },
    release(holder) {
      waiting.delete(holder);
      set(holder, undefined);
      wake();
    },
  };
}
