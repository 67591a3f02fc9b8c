import { stat } from 'node:fs/promises';
import { createBar, type Bar } from './bar.ts';
import { BAR_INTERVAL_MS } from './hashing-progress.ts';
import { formatCount, formatSize } from './format.ts';
import type { Output } from './output.ts';

/** Shows how far the hashing of files is that a person named. */
export type FilesProgress = {
  /** To be called for each file: what it returns hears how many bytes of that file are hashed. */
  readonly begin: () => ((bytesHashed: number) => void) | undefined;
  /** Leaves the terminal as it was. */
  readonly stop: () => void;
};

const UNSEEN: FilesProgress = { begin: () => undefined, stop: () => undefined };

/** A file that can't be looked at counts nothing here: hashing it tells why. */
async function sizeOf(path: string): Promise<number> {
  return stat(path).then(
    ({ size }) => size,
    () => 0,
  );
}

function barProgress(bar: Bar, fileCount: number, bytesTotal: number): FilesProgress {
  let bytesDone = 0;
  const timer = setInterval(() => {
    const amount = `${formatSize(bytesDone)} of ${formatSize(bytesTotal)}`;
    bar.draw(bytesDone, bytesTotal, { texts: [amount, formatCount(fileCount, 'file', 'files')] });
  }, BAR_INTERVAL_MS);
  return {
    begin: () => {
      let before = 0;
      return (bytesHashed) => {
        bytesDone += bytesHashed - before;
        before = bytesHashed;
      };
    },
    stop: () => {
      clearInterval(timer);
      bar.stop();
    },
  };
}

/** A bar on a terminal; nothing elsewhere, where the results themselves show how far it is. */
export async function createFilesProgress(paths: readonly string[], output: Output): Promise<FilesProgress> {
  if (output.json || !process.stderr.isTTY) return UNSEEN;
  const [bar, sizes] = await Promise.all([createBar(), Promise.all(paths.map(sizeOf))]);
  return barProgress(
    bar,
    paths.length,
    sizes.reduce((sum, sizeBytes) => sum + sizeBytes, 0),
  );
}
