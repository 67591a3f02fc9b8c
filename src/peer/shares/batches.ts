import { setImmediate as breathe } from 'node:timers/promises';

/**
 * Handles together what is added at about the same time.
 *
 * @returns what adds an item; it resolves when that is handled, or rejects as `handle` throws
 */
export function createBatches<Item>(handle: (items: readonly Item[]) => void): (item: Item) => Promise<void> {
  let batch: Item[] = [];
  let handled: Promise<void> | undefined;

  async function handleNext(): Promise<void> {
    await breathe();
    const items = batch;
    batch = [];
    handled = undefined;
    handle(items);
  }

  return (item) => {
    batch.push(item);
    handled ??= handleNext();
    return handled;
  };
}
