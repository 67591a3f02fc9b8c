import { startThread, type OperationThread } from './operation-thread.ts';
import type { Operations } from './operations.ts';

/** Between two pieces of work the threads are kept so long. */
const IDLE_MS = 5_000;

/** Some threads that do the same, each call on the one that has least to do. */
export type ThreadPool<Ops extends Operations> = Pick<OperationThread<Ops>, 'call' | 'close'> & {
  /** Starts all of them ahead of the work that is about to come. */
  start(): void;
};

type Member<Ops extends Operations> = { readonly thread: OperationThread<Ops>; calls: number };

/** Threads start with the first call that finds all others busy, unless they have been, and end when there is nothing to do. */
export function createThreadPool<Ops extends Operations>(
  url: URL,
  threadsMax: number,
  onReturn?: (bytes: Uint8Array<ArrayBuffer> | undefined) => void,
): ThreadPool<Ops> {
  let members: Member<Ops>[] = [];
  let idleTimer: NodeJS.Timeout | undefined;

  async function end(): Promise<void> {
    clearTimeout(idleTimer);
    const ending = members;
    members = [];
    await Promise.all(ending.map(({ thread }) => thread.close()));
  }

  function add(): Member<Ops> {
    const started = { thread: startThread<Ops>(url, onReturn), calls: 0 };
    members.push(started);
    return started;
  }

  function take(): Member<Ops> {
    clearTimeout(idleTimer);
    dropEnded();
    const [least] = members.toSorted((one, other) => one.calls - other.calls);
    if (least && (least.calls === 0 || members.length >= threadsMax)) return least;
    return add();
  }

  function dropEnded(): void {
    members = members.filter(({ thread }) => !thread.hasEnded());
  }

  function rest(): void {
    clearTimeout(idleTimer);
    if (members.every(({ calls }) => calls === 0)) idleTimer = setTimeout(() => void end(), IDLE_MS).unref();
  }

  return {
    start() {
      dropEnded();
      while (members.length < threadsMax) add();
      rest();
    },
    call: async (name, request) => {
      const member = take();
      member.calls += 1;
      try {
        return await member.thread.call(name, request);
      } finally {
        member.calls -= 1;
        rest();
      }
    },
    close: end,
  };
}
