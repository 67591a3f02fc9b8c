import type { Handlers, Thread } from '../../src/catalog/sqlite/threads.ts';

/** A thread of which only what is given is there: what else is called fails. It starts with its first call, as others do. */
export function fakeThread<H extends Handlers>(
  answers: Readonly<Partial<Record<keyof H & string, (...args: never[]) => unknown>>>,
): Thread<H> {
  let isThere = false;
  const call = async (name: keyof H & string, args: readonly never[]): Promise<unknown> => {
    isThere = true;
    const answer = answers[name];
    if (answer === undefined) throw new RangeError(`nobody expects ${name}`);
    return Promise.resolve(answer(...args));
  };
  return {
    call: call as Thread<H>['call'],
    isThere: () => isThere,
    started: () => Promise.resolve(),
    close: () => Promise.resolve(),
  };
}
