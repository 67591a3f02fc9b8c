import type { Spread } from '../measure.ts';

/** A figure's name, and what it comes to. */
export type Row = readonly [name: string, ...values: readonly string[]];

/** Why a rival has no figure. */
export type Skipped = { readonly skipped: string };

export function isSkipped(figure: object): figure is Skipped {
  return 'skipped' in figure;
}

export function printRows(rows: readonly Row[]): void {
  for (const [name, ...values] of rows) console.log(`${name.padEnd(36)} ${values.join('   ')}`);
}

export function spread({ medianMs, p99Ms, worstMs }: Spread): string {
  return `median ${milliseconds(medianMs)}, 99 % ${milliseconds(p99Ms)}, worst ${milliseconds(worstMs)}`;
}

/** How a rival's times are to ours; nothing where ours are not known. */
export function ratios(rival: Spread, ours: Spread | undefined): string {
  if (ours === undefined) return '';
  return `ours: ${times(rival.medianMs / ours.medianMs)} and ${times(rival.p99Ms / ours.p99Ms)} as fast`;
}

export function ownLate({ ownLateMs }: { readonly ownLateMs: number }): string {
  return `the bench’s own clock at most ${milliseconds(ownLateMs)} late`;
}

export function milliseconds(ms: number): string {
  return `${ms < 10 ? ms.toFixed(2) : ms.toFixed(0)} ms`;
}

export function times(ratio: number): string {
  return `${ratio < 10 ? ratio.toFixed(2) : ratio.toFixed(0)} times`;
}

export function perSecond(rate: number): string {
  return `${Math.round(rate).toLocaleString('en')}/s`;
}

export function megabytes(bytes: number): string {
  return `${Math.round(bytes / 1e6)} MB`;
}
