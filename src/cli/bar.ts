import type { SingleBar } from 'cli-progress';

/** What stands around a bar, by the names that its format gives. */
export type BarValues = Readonly<Record<string, string | number>>;

export type Bar = {
  readonly draw: (part: number, whole: number, values: BarValues) => void;
  /** Wipes it off and gives the cursor back. */
  readonly stop: () => void;
};

function drawOn(bar: SingleBar, part: number, whole: number, values: BarValues): void {
  // Of nothing, everything is there.
  const [value, total] = whole === 0 ? [1, 1] : [part, whole];
  if (!bar.isActive) bar.start(total, value, values);
  bar.setTotal(total);
  bar.update(value, values);
}

/** A progress bar on a terminal, on stderr: `{bar}` and the names of values in `format`. */
export async function createBar(format: string): Promise<Bar> {
  const { default: cliProgress } = await import('cli-progress');
  const bar = new cliProgress.SingleBar({
    format,
    barsize: 24,
    barCompleteChar: '#',
    barIncompleteChar: '-',
    hideCursor: true,
    clearOnComplete: true,
    // Signals have their own meaning here.
    gracefulExit: false,
    stream: process.stderr,
  });
  return {
    draw: (part, whole, values) => {
      drawOn(bar, part, whole, values);
    },
    stop: () => {
      bar.stop();
    },
  };
}
