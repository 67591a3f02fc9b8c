/** Waiting times that double from the first to the last, in ms. */
export type BackOff = { readonly firstMs: number; readonly lastMs: number };

/** How long to wait after so many failures in a row (from 1). */
export function backOffMs({ firstMs, lastMs }: BackOff, failures: number): number {
  return Math.min(firstMs * 2 ** (failures - 1), lastMs);
}
