import type { PartFile } from './part-file.ts';

/** A partial file that is opened when it is needed first, once for all who need it. */
export type LazyPart = {
  open(): Promise<PartFile>;
  /** Closes it if it is open; it can be opened again. */
  close(): Promise<void>;
};

export function createLazyPart(openPart: () => Promise<PartFile>): LazyPart {
  let part: Promise<PartFile> | undefined;
  return {
    open() {
      const opening = (part ??= openPart());
      opening.catch(() => {
        if (part === opening) part = undefined;
      });
      return opening;
    },
    async close() {
      const closing = await part?.catch(() => undefined);
      part = undefined;
      await closing?.close();
    },
  };
}
