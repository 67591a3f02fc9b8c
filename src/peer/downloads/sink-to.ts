import type { DataSink } from '../../transport/caller.ts';

/** Takes exactly as many bytes as the target has room for. */
export function sinkTo(target: Uint8Array): DataSink {
  let filled = 0;
  return (bytes) => {
    target.set(bytes, filled);
    filled += bytes.length;
  };
}
