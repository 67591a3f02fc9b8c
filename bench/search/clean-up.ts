/** What a bench leaves behind unless it is removed: processes and folders. */
export type CleanUp = {
  /** To be done at the end, however that comes; what was added last is done first. */
  add(step: () => Promise<unknown>): void;
  /** Does and forgets everything that was added. A step that fails does not keep the others. */
  run(): Promise<void>;
};

export function createCleanUp(): CleanUp {
  const steps: (() => Promise<unknown>)[] = [];
  let running = Promise.resolve();
  const runAll = async (): Promise<void> => {
    for (let step = steps.pop(); step; step = steps.pop()) {
      await step().catch((error: unknown) => {
        console.error('cleaning up:', error);
      });
    }
  };
  return {
    add: (step) => {
      steps.push(step);
    },
    // Who comes while somebody cleans up waits for the end of that.
    run: () => {
      running = running.then(runAll);
      return running;
    },
  };
}

/** Runs a bench and cleans up after it, on Ctrl-C, too: the signal is aborted first. */
export async function withCleanUp<T>(run: (cleanUp: CleanUp, signal: AbortSignal) => Promise<T>): Promise<T> {
  const cleanUp = createCleanUp();
  const stop = new AbortController();
  const onSignal = (): void => {
    stop.abort(new Error('interrupted'));
    void cleanUp.run().then(() => process.exit(130));
  };
  process.once('SIGINT', onSignal).once('SIGTERM', onSignal);
  try {
    return await run(cleanUp, stop.signal);
  } finally {
    await cleanUp.run();
    process.off('SIGINT', onSignal).off('SIGTERM', onSignal);
  }
}
