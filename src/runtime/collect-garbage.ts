import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

type Collect = (options?: { readonly type: 'minor' }) => void;

let collect: Collect | undefined;

function collector(): Collect {
  if (collect === undefined) {
    setFlagsFromString('--expose-gc');
    collect = runInNewContext('gc') as Collect;
  }
  return collect;
}

/**
 * Frees at once what this thread has let go. V8 does so by itself when a thread goes on making garbage, but lets it pile up before, and
 * one that rests keeps it for good.
 */
export function collectGarbage(): void {
  collector()();
}

/** The same of what was made since a moment ago, in a tenth of the time. */
export function collectYoungGarbage(): void {
  collector()({ type: 'minor' });
}
