import type { PartFile } from './part-file.ts';

/** A partial file that is opened when it is needed first. */
export type LazyPart = {
  open(): Promise<PartFile>;
  /** Closes it if it is open; it can be opened again. */
  close(): Promise<void>;
};

export function createLazyPart(openPart: () => Promise<PartFile>): LazyPart {
  let part: PartFile | undefined;
  return {
    open: async () => (part ??= await openPart()),
    async close() {
      const closing = part;
      part = undefined;
      await closing?.close();
    },
  };
}
