import type { SingleBar } from 'cli-progress';
import type { ReplyOf } from '../api/contract.ts';
import { formatRate, formatSize, percentOf } from './format.ts';
import type { Output } from './output.ts';
import { printable } from './printable.ts';

type Download = ReplyOf<'download'>;

/** Shows how a download goes on, in whatever way suits who looks. */
export type Progress = {
  show(download: Download): Promise<void>;
  /** Leaves the terminal as it was. */
  stop(): void;
};

/** What is going on, in a few words: the source, or why it waits. */
function stateText({ state, source, error }: Download): string {
  if (state === 'downloading' && source !== undefined) return `from ${source}`;
  return error ? `${state}: ${error.message}` : state;
}

function timeLeft({ sizeBytes, verifiedBytes, bytesPerSecond }: Download): string {
  if (bytesPerSecond <= 0) return '--:--';
  const seconds = Math.ceil((sizeBytes - verifiedBytes) / bytesPerSecond);
  const clock = [Math.floor(seconds / 60) % 60, seconds % 60].map((part) => String(part).padStart(2, '0')).join(':');
  return seconds < 3600 ? clock : `${Math.floor(seconds / 3600)}:${clock}`;
}

/** A JSON object on stdout for each state. */
function jsonProgress(output: Output): Progress {
  return {
    show: (download) => output.record(download),
    stop: () => undefined,
  };
}

const BAR_FORMAT = '{percent}% [{bar}] {verified} of {size}  {rate}  {left}  {text}';

function drawBar(bar: SingleBar, download: Download): void {
  const values = {
    percent: String(percentOf(download.verifiedBytes, download.sizeBytes)).padStart(3),
    verified: formatSize(download.verifiedBytes),
    size: formatSize(download.sizeBytes),
    rate: formatRate(download.bytesPerSecond),
    left: timeLeft(download),
    text: printable(stateText(download)),
  };
  // An empty file is whole from the start.
  const total = Math.max(1, download.sizeBytes);
  const value = download.sizeBytes === 0 ? 1 : download.verifiedBytes;
  if (bar.isActive) bar.update(value, values);
  else bar.start(total, value, values);
}

/** A bar on a terminal, on stderr. */
async function barProgress(output: Output): Promise<Progress> {
  const { default: cliProgress } = await import('cli-progress');
  const bar = new cliProgress.SingleBar({
    format: BAR_FORMAT,
    barsize: 24,
    barCompleteChar: '#',
    barIncompleteChar: '-',
    hideCursor: true,
    clearOnComplete: true,
    gracefulExit: false,
    stream: process.stderr,
  });
  let named = false;
  return {
    show: (download) => {
      if (!named) output.note(download.name);
      named = true;
      drawBar(bar, download);
      return Promise.resolve();
    },
    stop: () => {
      bar.stop();
    },
  };
}

const PLAIN_STEP_PERCENT = 10;

/** For logs: a line whenever something changes, or ten more percent are there. */
function plainProgress(output: Output): Progress {
  let shown = '';
  return {
    show: (download) => {
      const percent = percentOf(download.verifiedBytes, download.sizeBytes);
      const text = stateText(download);
      const key = `${text} ${Math.floor(percent / PLAIN_STEP_PERCENT)}`;
      if (key !== shown) {
        const rate = download.bytesPerSecond > 0 ? `, ${formatRate(download.bytesPerSecond)}` : '';
        output.note(`${download.name}: ${percent}% of ${formatSize(download.sizeBytes)}${rate}, ${text}`);
      }
      shown = key;
      return Promise.resolve();
    },
    stop: () => undefined,
  };
}

export async function createProgress(output: Output): Promise<Progress> {
  if (output.json) return jsonProgress(output);
  return process.stderr.isTTY ? barProgress(output) : plainProgress(output);
}
