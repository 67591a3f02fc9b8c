import { setImmediate as breathe } from 'node:timers/promises';

/** Lines as they travel in one message, and the item that the last of them stands for. */
export type LineBatch<T> = { readonly bytes: Buffer; readonly last: T };

/** Lines that are encoded at a time: that takes a few milliseconds, then the event loop gets its turn. */
const LINES_PER_BREATH = 500;

/**
 * Encodes items as lines, in as many batches as it takes; none where there are no items.
 *
 * @param bytesMax of each batch; a line has less
 */
export async function* batchLines<T>(
  items: Iterable<T>,
  encodeLine: (item: T) => string,
  bytesMax: number,
): AsyncGenerator<LineBatch<T>, void, undefined> {
  let lines: string[] = [];
  let bytes = 0;
  let last: T | undefined;
  let sinceBreath = 0;
  for (const item of items) {
    const line = encodeLine(item);
    const lineBytes = Buffer.byteLength(line) + 1;
    if (bytes + lineBytes > bytesMax && last !== undefined) {
      yield { bytes: Buffer.from(lines.join('\n'), 'utf8'), last };
      lines = [];
      bytes = 0;
    }
    lines.push(line);
    bytes += lineBytes;
    last = item;
    sinceBreath += 1;
    if (sinceBreath < LINES_PER_BREATH) continue;
    sinceBreath = 0;
    await breathe();
  }
  if (last !== undefined) yield { bytes: Buffer.from(lines.join('\n'), 'utf8'), last };
}
