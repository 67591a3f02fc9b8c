import { BUNDLE_BYTES_MAX } from '../../../protocol/limits.ts';

/** So many are kept for the next bundles; more are made while they are needed. */
const SPARE_MAX = 8;

/** The memory that bundles arrive in. It goes to the thread that writes them, and comes back. */
export type BundleBuffers = {
  take(sizeBytes: number): Uint8Array<ArrayBuffer>;
  readonly release: (bytes: Uint8Array<ArrayBuffer> | undefined) => void;
};

export function createBundleBuffers(): BundleBuffers {
  const spare: ArrayBuffer[] = [];
  return {
    take: (sizeBytes) => new Uint8Array(spare.pop() ?? new ArrayBuffer(BUNDLE_BYTES_MAX), 0, sizeBytes),
    release: (bytes) => {
      if (bytes && spare.length < SPARE_MAX) spare.push(bytes.buffer);
    },
  };
}
