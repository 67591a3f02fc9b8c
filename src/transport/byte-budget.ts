/**
 * A bound on the bytes that all connections of a process together hold for requests under way, so that many clients
 * that each stay below their cap can't exhaust the memory.
 */
export type ByteBudget = {
  /** Sets what one holder holds now; false (and nothing changed) where that would exceed the budget. */
  hold(holder: object, bytes: number): boolean;
  release(holder: object): void;
};

export function createByteBudget(bytesMax: number): ByteBudget {
  const held = new Map<object, number>();
  let total = 0;
  return {
    hold(holder, bytes) {
      const before = held.get(holder) ?? 0;
      if (bytes > before && total - before + bytes > bytesMax) return false;
      held.set(holder, bytes);
      total += bytes - before;
      return true;
    },
    release(holder) {
      total -= held.get(holder) ?? 0;
      held.delete(holder);
    },
  };
}
