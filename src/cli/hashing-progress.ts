import { setTimeout as delay } from 'node:timers/promises';
import type { PeerControl } from '../peer/control.ts';
import type { BarTexts } from './bar-line.ts';
import { createBar } from './bar.ts';
import { formatCount, formatSize, percentOf } from './format.ts';
import type { Output } from './output.ts';

type Hashing = {
  /** So many files are known while shares are being looked through, and there is no saying how much there is in all. */
  readonly filesFound: number | undefined;
  readonly isPaused: boolean;
  readonly filesLeft: number;
  readonly bytesDone: number;
  readonly bytesTotal: number;
};

type Shown = Pick<PeerControl, 'status' | 'shares'>;

/** All shares' looking and hashing together, or undefined while there is none. */
export function hashingOf({ status, shares }: Shown): Hashing | undefined {
  const now = shares();
  const all = now.flatMap(({ hashing }) => hashing ?? []);
  const looking = now.flatMap((share) => share.looking ?? []);
  if (all.length + looking.length === 0) return undefined;
  return {
    filesFound: looking.length === 0 ? undefined : looking.reduce((sum, { filesFound }) => sum + filesFound, 0),
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

function amountText({ bytesDone, bytesTotal }: Hashing): string {
  return `${formatSize(bytesDone)} of ${formatSize(bytesTotal)}`;
}

/** How far looking is, and what is hashed of what is known so far. */
function lookingTexts(hashing: Hashing, filesFound: number): string[] {
  const hashed = `${amountText(hashing)} hashed`;
  return [`${formatCount(filesFound, 'file', 'files')} so far`, ...(hashing.bytesTotal > 0 ? [hashed] : [])];
}

function leftText({ filesLeft }: Hashing): string {
  return `${formatCount(filesLeft, 'file', 'files')} left`;
}

function barTexts(hashing: Hashing): BarTexts {
  const { filesFound } = hashing;
  if (filesFound !== undefined) return { lead: 'looking', texts: lookingTexts(hashing, filesFound), isOpen: true };
  return { lead: leadOf(hashing), texts: [amountText(hashing), leftText(hashing)] };
}

/** The same as a line. */
export function hashingText(hashing: Hashing): string {
  const { bytesDone, bytesTotal, filesFound } = hashing;
  if (filesFound !== undefined) return `looking: ${lookingTexts(hashing, filesFound).join(', ')}`;
  return `${leadOf(hashing)}: ${percentOf(bytesDone, bytesTotal)}% of ${formatSize(bytesTotal)}, ${leftText(hashing)}`;
}
