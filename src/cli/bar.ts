import type { Options, Params, SingleBar } from 'cli-progress';
import { barLine, type BarTexts } from './bar-line.ts';

export type Bar = {
  readonly draw: (part: number, whole: number, texts: BarTexts) => void;
  /** Wipes it off and gives the cursor back. Drawn again, it comes back. */
  readonly stop: () => void;
};

/** The bar that is on the terminal now. */
let shown: SingleBar | undefined;

/** Takes whatever bar is shown off the terminal, for a line that is to be printed; it comes back when it is drawn next. */
export function hideBar(): void {
  shown?.stop();
  shown = undefined;
}

function drawOn(bar: SingleBar, part: number, whole: number, texts: BarTexts): void {
  // Of nothing, everything is there.
  const [value, total] = whole === 0 ? [1, 1] : [part, whole];
  shown = bar;
  if (bar.isActive) bar.setTotal(total);
  else bar.start(total, value, texts);
  bar.update(value, texts);
}

type Terminal = NodeJS.WritableStream & { readonly columns: number };

/** A progress bar on a terminal: one line, whatever the terminal's width. */
export async function createBar(terminal: Terminal = process.stderr): Promise<Bar> {
  const { default: cliProgress } = await import('cli-progress');
  const bar = new cliProgress.SingleBar({
    format: (_options: Options, { progress }: Params, texts: BarTexts) => barLine(progress, texts, terminal.columns),
    hideCursor: true,
    // A character that is two columns wide may make the line longer than it was reckoned.
    linewrap: false,
    clearOnComplete: true,
    // Signals have their own meaning here.
    gracefulExit: false,
    stream: terminal,
  });
  // However the process exits, the cursor is there.
  process.once('exit', hideBar);
  return {
    draw: (part, whole, texts) => {
      drawOn(bar, part, whole, texts);
    },
    stop: hideBar,
  };
}
