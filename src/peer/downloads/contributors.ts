import type { KeyedSource } from './sources/source-roster.ts';

/**
 * Who gave the bytes of a content without a root. Only its SHA-1 tells, at the end, whether they are right: wrong bytes can be
 * traced when all came from one source. So after a failure with several, no two are mixed any more.
 */
export type Contributors = {
  /** Whether what is there has to go before this source adds to it. */
  mustStartOver(source: KeyedSource): boolean;
  add(source: KeyedSource): void;
  /** The whole is wrong. Returns whose fault it is, if that is certain. */
  blame(): KeyedSource | undefined;
  /** All bytes were given up. */
  startOver(): void;
};

/** @param presentBytes are there from before: nobody remembers from whom */
export function createContributors(presentBytes: number): Contributors {
  const sources = new Map<string, KeyedSource>();
  let areOthers = presentBytes > 0;
  let isExclusive = false;

  return {
    mustStartOver: ({ key }) => isExclusive && (areOthers || [...sources.keys()].some((other) => other !== key)),
    add(source) {
      sources.set(source.key, source);
    },
    blame() {
      const [only] = sources.values();
      if (sources.size === 1 && !areOthers) return only;
      isExclusive = true;
      return undefined;
    },
    startOver() {
      sources.clear();
      areOthers = false;
    },
  };
}
