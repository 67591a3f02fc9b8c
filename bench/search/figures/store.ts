import type { Field } from '../field.ts';
import { megabytes, milliseconds, type Row } from '../report.ts';
import { diskBytes, type Memory } from '../tested-server.ts';

export type StoreFigure = {
  readonly entries: number;
  /** The server's, after all that went before. */
  readonly memory: Memory;
  /** The whole data folder. */
  readonly dataBytes: number;
  readonly rawTextBytes: number;
  /** How long it took until nothing was left to be merged. */
  readonly settledMs: number;
};

/** Threads that have nothing to do have ended by then. */
const REST_MS = 40_000;

/** What the server takes of memory and disk when it has had nothing to do for a while. */
export async function measureStore(field: Field): Promise<StoreFigure> {
  const settledMs = await field.untilIdle();
  await field.pause(REST_MS);
  const { entries, pathsBytes } = field.dataset;
  const dataBytes = await diskBytes(field.place.dataFolder);
  return { entries, memory: await field.server.memory(), dataBytes, rawTextBytes: pathsBytes, settledMs };
}

export function reportStore({ entries, memory, dataBytes, rawTextBytes, settledMs }: StoreFigure): readonly Row[] {
  return [
    ['server’s memory', megabytes(memory.nowBytes), `at most ${megabytes(memory.peakBytes)}`],
    ['data folder', bytesEach(dataBytes, entries), `at rest after ${milliseconds(settledMs)}`],
    ['the paths as text', bytesEach(rawTextBytes, entries)],
  ];
}

export function bytesEach(bytes: number, entries: number): string {
  return `${(bytes / entries).toFixed(1)} bytes an entry`;
}
