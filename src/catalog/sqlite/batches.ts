import { setImmediate as turnEnd } from 'node:timers/promises';

/**
 * Runs many small things together: what comes in one turn of the thread, or while a batch is under way, makes up the next one.
 *
 * @param run gets the things of a batch, and gives as many results in their order; if it throws, all of them fail
 * @param weightOf what a thing counts
 * @param weightMax a batch ends with the thing that reaches it
 */
export function createBatches<Thing, Result>(
  run: (things: readonly Thing[]) => Promise<readonly Result[]>,
  weightOf: (thing: Thing) => number,
  weightMax: number,
): (thing: Thing) => Promise<Result> {
  type Waiting = {
    readonly thing: Thing;
    readonly resolve: (result: Result) => void;
    readonly reject: (error: unknown) => void;
  };
  const waiting: Waiting[] = [];
  let running = false;

  function takeBatch(): Waiting[] {
    let weight = 0;
    let count = 0;
    for (const { thing } of waiting) {
      count += 1;
      weight += weightOf(thing);
      if (weight >= weightMax) break;
    }
    return waiting.splice(0, count);
  }

  async function runAll(): Promise<void> {
    running = true;
    while (waiting.length > 0) {
      // Where only one is run at a time there is nothing to wait for.
      if (weightMax > 1) await turnEnd();
      const batch = takeBatch();
      try {
        const results = await run(batch.map(({ thing }) => thing));
        for (const [at, { resolve, reject }] of batch.entries()) {
          const result = results[at];
          if (result === undefined) reject(new RangeError('a batch gave fewer results than it had things'));
          else resolve(result);
        }
      } catch (error) {
        for (const { reject } of batch) reject(error);
      }
    }
    running = false;
  }

  return (thing) =>
    new Promise<Result>((resolve, reject) => {
      waiting.push({ thing, resolve, reject });
      if (!running) void runAll();
    });
}
