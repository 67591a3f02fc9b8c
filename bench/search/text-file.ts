import { closeSync, openSync, writeSync } from 'node:fs';

const CHUNK_UNITS = 1_048_576;

/** A file that is written from its beginning to its end, in large pieces. */
export function createTextFile(path: string) {
  const file = openSync(path, 'w');
  let waiting = '';
  let bytes = 0;
  const flush = (): void => {
    const chunk = Buffer.from(waiting);
    for (let done = 0; done < chunk.length;) done += writeSync(file, chunk, done);
    waiting = '';
  };
  return {
    path,
    bytes: () => bytes,
    write(text: string): void {
      bytes += Buffer.byteLength(text);
      waiting += text;
      if (waiting.length >= CHUNK_UNITS) flush();
    },
    close(): void {
      flush();
      closeSync(file);
    },
  };
}
