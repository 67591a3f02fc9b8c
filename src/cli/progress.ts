import type { ReplyOf } from '../api/contract.ts';
import type { BarTexts } from './bar-line.ts';
import { createBar } from './bar.ts';
import { formatRate, formatSize, percentOf } from './format.ts';
import { placeText } from './place-text.ts';
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
function stateText({ state, source, queued, error }: Download): string {
  if (queued) return `waiting for ${queued.username}: ${placeText(queued)}`;
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

/** Of a folder, how many of its files are there. */
function filesText({ files }: Download): string {
  return files ? `${files.done} of ${files.total} files, ` : '';
}

function barTexts(download: Download): BarTexts {
  const { verifiedBytes, sizeBytes, bytesPerSecond, state } = download;
  const amount = `${filesText(download)}${formatSize(verifiedBytes)} of ${formatSize(sizeBytes)}`;
  const pace = state === 'downloading' ? [formatRate(bytesPerSecond), timeLeft(download)] : [];
  return { texts: [amount, ...pace, printable(stateText(download))] };
}

async function barProgress(output: Output): Promise<Progress> {
  const bar = await createBar();
  let isNamed = false;
  return {
    show: (download) => {
      if (!isNamed) output.note(download.name);
      isNamed = true;
      bar.draw(download.verifiedBytes, download.sizeBytes, barTexts(download));
      return Promise.resolve();
    },
    stop: bar.stop,
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
      // An estimate changes all the time.
      const state = download.queued ? `${download.queued.username} ${download.queued.position}` : text;
      const key = `${state} ${Math.floor(percent / PLAIN_STEP_PERCENT)}`;
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
