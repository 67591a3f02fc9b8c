import { setTimeout as delay } from 'node:timers/promises';
import type { PeerControl } from '../peer/control.ts';
import type { BarTexts } from './bar-line.ts';
import { createBar } from './bar.ts';
import { formatCount, formatSize, percentOf } from './format.ts';
import type { Output } from './output.ts';

type Hashing = {
  readonly isPaused: boolean;
  readonly filesLeft: number;
  readonly bytesDone: number;
  readonly bytesTotal: number;
};

type Shown = Pick<PeerControl, 'status' | 'shares'>;

/** All shares' hashing together, or undefined while there is none. */
function hashingOf({ status, shares }: Shown): Hashing | undefined {
  const all = shares().flatMap(({ hashing }) => hashing ?? []);
  if (all.length === 0) return undefined;
  return {
    isPaused: status().hashingPace === 'paused',
    filesLeft: all.reduce((sum, { filesDone, filesTotal }) => sum + filesTotal - filesDone, 0),
    bytesDone: all.reduce((sum, { bytesDone }) => sum + bytesDone, 0),
    bytesTotal: all.reduce((sum, { bytesTotal }) => sum + bytesTotal, 0),
  };
}

/** How hashing is while it is paused, and what to do about it. */
export const HASHING_PAUSED = 'paused: “swapmeet shares --resume-hashing” has it go on';

export const BAR_INTERVAL_MS = 250;
const LINE_INTERVAL_MS = 10_000;

/** Resolves after a while, or at once when `signal` aborts. */
async function pause(timeMs: number, signal: AbortSignal): Promise<void> {
  await delay(timeMs, undefined, { signal, ref: false }).catch(() => undefined);
}

/** Shows on stderr how far the hashing of the shares is, until `signal` aborts: a bar on a terminal, else a line now and then. */
export async function showHashing(control: Shown, output: Output, signal: AbortSignal): Promise<void> {
  const bar = process.stderr.isTTY && !output.json ? await createBar() : undefined;
  for (;;) {
    await pause(bar ? BAR_INTERVAL_MS : LINE_INTERVAL_MS, signal);
    if (signal.aborted) break;
    const hashing = hashingOf(control);
    if (hashing && bar) bar.draw(hashing.bytesDone, hashing.bytesTotal, barTexts(hashing));
    else if (hashing) output.note(hashingText(hashing));
  }
  bar?.stop();
}

function leadOf({ isPaused }: Hashing): string {
  return isPaused ? 'hashing paused' : 'hashing';
}

function leftText({ filesLeft }: Hashing): string {
  return `${formatCount(filesLeft, 'file', 'files')} left`;
}

function barTexts(hashing: Hashing): BarTexts {
  const amount = `${formatSize(hashing.bytesDone)} of ${formatSize(hashing.bytesTotal)}`;
  return { lead: leadOf(hashing), texts: [amount, leftText(hashing)] };
}

function hashingText(hashing: Hashing): string {
  const { bytesDone, bytesTotal } = hashing;
  return `${leadOf(hashing)}: ${percentOf(bytesDone, bytesTotal)}% of ${formatSize(bytesTotal)}, ${leftText(hashing)}`;
}
