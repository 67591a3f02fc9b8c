import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { stateArbitrary, stateOf } from '../../../test/support/index-states.ts';
import { contentKey } from '../../domain/content.ts';
import { hasBit } from '../segment/bits.ts';
import { entryAt } from '../segment/segment.ts';
import { createHolders, type SharedContent } from './holders.ts';
import type { IndexState } from './index-state.ts';
import { createRecentRecords } from './recent-records.ts';
import { createTwins } from './twins.ts';

type Placed = { readonly segment: number; readonly entry: number; readonly key: string };

function entriesOf({ segments }: IndexState): Placed[] {
  return segments.flatMap(({ segment }, at) =>
    Array.from({ length: segment.entryCount }, (_, entry) => {
      const content = entryAt(segment, entry);
      return { segment: at, entry, key: `${contentKey(content)} ${content.sha1} ${content.sizeBytes}` };
    }),
  );
}

/** All entries of a content, as text, in order. */
function membersOf({ segments }: IndexState, content: SharedContent): string[] {
  return content.places
    .flatMap(({ segment: at, place }) => {
      const { entries, contents } = segments[at]?.segment.bySha1 ?? { entries: [], contents: [] };
      return [...entries].filter((entry) => contents[entry] === place).map((entry) => `${at} ${entry}`);
    })
    .sort();
}

/** States that follow each other: segments come and go. */
const historyArbitrary = fc
  .tuple(
    stateArbitrary,
    fc.array(fc.array(fc.boolean(), { minLength: 4, maxLength: 4 }), { minLength: 12, maxLength: 24 }),
  )
  .map(([{ segments }, steps]) =>
    steps.map((step) => stateOf(segments.filter((_, at) => step[at] === true).map((live) => ({ ...live })))),
  );

describe('twins', () => {
  it('leave no content out, however few segments were compared and whichever came and went', () => {
    fc.assert(
      fc.property(
        historyArbitrary,
        fc.constantFrom(0, 3),
        fc.constantFrom(0, 1, 5, 1_000),
        (history, entriesMin, placesACall) => {
          const records = createRecentRecords(16);
          const twins = createTwins({ entriesMin, placesACall, placesACandidate: 0 });
          for (const state of history) {
            const all = entriesOf(state);
            const segments = state.segments.map(({ segment }) => segment);
            const known = twins.among(segments, all.length);
            const holders = createHolders(state, { known, records }, 0, () => undefined);
            for (const { segment, entry, key } of all) {
              const same = all.filter((other) => other.key === key).map((other) => `${other.segment} ${other.entry}`);
              const content = holders.contentOf(segment, entry);
              assert.deepEqual(
                content === undefined ? [`${segment} ${entry}`] : membersOf(state, content),
                same.sort(),
              );
            }
          }
        },
      ),
      // Few histories have a segment gone and back again while it is compared.
      { numRuns: 500 },
    );
  });

  it('are entries with a print that another segment has, once all segments are compared', () => {
    fc.assert(
      fc.property(stateArbitrary, ({ segments: live }) => {
        const segments = live.map(({ segment }) => segment);
        const twins = createTwins({ entriesMin: 0, placesACall: 3, placesACandidate: 1 });
        let known = twins.among(segments, 0);
        while (known.unknown.length > 0) known = twins.among(segments, 2);
        for (const [at, segment] of segments.entries()) {
          for (const [place, entry] of segment.bySha1.entries.entries()) {
            const print = segment.bySha1.prints[place] ?? 0;
            const isElsewhere = segments.some((other, index) => index !== at && other.bySha1.prints.includes(print));
            assert.equal(hasBit(known.of[at]?.twins ?? new Uint32Array(), entry), isElsewhere);
          }
        }
      }),
    );
  });
});
