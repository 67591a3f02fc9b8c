import { parentPort, Worker } from 'node:worker_threads';

/** What a worker does, by name. Arguments and results are copied, so they are plain data. */
export type Tasks = Readonly<Record<string, (...args: never[]) => unknown>>;

type Order = { readonly number: number; readonly name: string; readonly args: readonly unknown[] };
type Report = { readonly number: number; readonly value?: unknown; readonly error?: unknown };

export type Crew<T extends Tasks> = {
  /** Has the worker do something, beside whatever it is doing. @throws what that threw */
  do<Name extends keyof T & string>(name: Name, ...args: Parameters<T[Name]>): Promise<Awaited<ReturnType<T[Name]>>>;
  stop(): Promise<void>;
};

/**
 * Starts a worker: clients that measure have a thread of their own, so that what the bench does elsewhere delays none of
 * their replies. All of them are in another process than the server.
 *
 * @param module in `workers/`, which calls `takeOrders`
 */
export function startCrew<T extends Tasks>(module: string): Crew<T> {
  const worker = new Worker(new URL(`./workers/${module}.ts`, import.meta.url));
  const waiting = new Map<number, PromiseWithResolvers<unknown>>();
  let count = 0;
  const failAll = (error: unknown): void => {
    for (const { reject } of waiting.values()) reject(error);
    waiting.clear();
  };
  worker.on('message', ({ number, value, error }: Report) => {
    const order = waiting.get(number);
    waiting.delete(number);
    if (error === undefined) order?.resolve(value);
    else order?.reject(error);
  });
  worker.on('error', failAll);
  worker.on('exit', () => {
    failAll(new Error(`the worker “${module}” ended`));
  });
  return {
    do: <Name extends keyof T & string>(name: Name, ...args: Parameters<T[Name]>) => {
      count += 1;
      const order = Promise.withResolvers<unknown>();
      waiting.set(count, order);
      worker.postMessage({ number: count, name, args } satisfies Order);
      return order.promise as Promise<Awaited<ReturnType<T[Name]>>>;
    },
    stop: async () => {
      await worker.terminate();
    },
  };
}

/** Called once by a worker's module: does what `startCrew` is told. */
export function takeOrders(tasks: Tasks): void {
  parentPort?.on('message', ({ number, name, args }: Order) => {
    void carryOut(tasks[name] as (...args: readonly unknown[]) => unknown, args).then((outcome) => {
      parentPort?.postMessage({ number, ...outcome });
    });
  });
}

async function carryOut(
  task: (...args: readonly unknown[]) => unknown,
  args: readonly unknown[],
): Promise<Omit<Report, 'number'>> {
  try {
    return { value: await task(...args) };
  } catch (error) {
    return { error };
  }
}
