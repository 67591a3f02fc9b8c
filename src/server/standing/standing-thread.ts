import { workerData } from 'node:worker_threads';
import { SwapmeetError, toSwapmeetError } from '../../domain/errors.ts';
import { createStandingWork, type StandingWork } from './standing-work.ts';
import { openStandingStore } from './standing-store.ts';
import { passingDiskFailure } from '../../storage/disk-failure.ts';
import { FAR_STEPS, giveWay } from '../../runtime/thread-priority.ts';
import type { Call, Outcome } from './thread.ts';

// Matches are pushed: they may come later where processors are scarce, but those who publish should not notice how many stand.
giveWay(FAR_STEPS);

let work: StandingWork | undefined;

function open(): StandingWork {
  return createStandingWork(openStandingStore(String(workerData), Date.now));
}

/** Runs one call after the other, each whole or not at all. An error loses its class on the way, so it goes as data. */
export default function answer({ name, args }: Call): Outcome {
  try {
    work ??= open();
    const calls: Readonly<Record<string, (...args: never[]) => unknown>> = work;
    const run = calls[name] as (...args: readonly unknown[]) => unknown;
    return { value: run(...args) };
  } catch (error) {
    const cause = passingDiskFailure(error, String(workerData));
    const { code, message } = cause instanceof SwapmeetError ? cause : toSwapmeetError(error);
    return { failure: { code, sentence: message } };
  }
}
