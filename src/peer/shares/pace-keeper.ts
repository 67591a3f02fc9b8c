import type { Pace } from './hashing/pace.ts';

/** Decides how fast shares are hashed: not at all while a person wants it paused, gently while downloads run, else at full speed. */
export type PaceKeeper = {
  readonly pace: () => Pace;
  /** Until it is called again, or the process ends. */
  readonly setPaused: (isPaused: boolean) => void;
  readonly close: () => void;
};

const CHECK_MS = 500;

export function createPaceKeeper(options: {
  readonly setPace: (pace: Pace) => void;
  readonly isDownloading: () => boolean;
  /** How often to look whether downloads run. */
  readonly checkMs?: number;
}): PaceKeeper {
  let isPaused = false;
  let pace: Pace = 'full';

  function decide(): void {
    const running = options.isDownloading() ? 'gentle' : 'full';
    const decided = isPaused ? 'paused' : running;
    if (decided !== pace) options.setPace(decided);
    pace = decided;
  }

  const timer = setInterval(decide, options.checkMs ?? CHECK_MS).unref();
  return {
    pace: () => pace,
    setPaused(wanted) {
      isPaused = wanted;
      decide();
    },
    close: () => {
      clearInterval(timer);
    },
  };
}
