import { extensionOf, fileTypeOf } from './file-types.ts';
import { compareText } from './text-order.ts';

/** Values that are told of each facet. */
export const FACET_VALUES_MAX = 30;

/** How many contents of an answer have a value. */
export type FacetCount = { readonly value: string; readonly count: number };

/** The types and the extensions of an answer's contents, the most frequent first. */
export type Facets = { readonly types: readonly FacetCount[]; readonly extensions: readonly FacetCount[] };

/** Counts contents by the type and the extension of their best name. [PROTOCOL §6.3] */
export type FacetCounter = {
  /** @param foldedName the folded base name, as `EntryView` has it */
  add(foldedName: string): void;
  facets(): Facets;
};

export function createFacetCounter(): FacetCounter {
  const types = new Map<string, number>();
  const extensions = new Map<string, number>();
  return {
    add(foldedName) {
      const extension = extensionOf(foldedName);
      if (extension === undefined) return;
      count(extensions, extension);
      const type = fileTypeOf(extension);
      if (type !== undefined) count(types, type);
    },
    facets: () => ({ types: mostFrequent(types), extensions: mostFrequent(extensions) }),
  };
}

function count(counts: Map<string, number>, value: string): void {
  counts.set(value, (counts.get(value) ?? 0) + 1);
}

function mostFrequent(counts: ReadonlyMap<string, number>): FacetCount[] {
  return Array.from(counts, ([value, times]) => ({ value, count: times }))
    .sort((a, b) => b.count - a.count || compareText(a.value, b.value))
    .slice(0, FACET_VALUES_MAX);
}
