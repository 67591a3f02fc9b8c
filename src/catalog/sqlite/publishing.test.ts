import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { setImmediate as breathe } from 'node:timers/promises';
import { fakeThread } from '../../../test/support/fake-thread.ts';
import { SwapmeetError, type ErrorCode } from '../../domain/errors.ts';
import type { ListToStore } from './index/building.ts';
import type { IndexerHandlers } from './indexer-thread.ts';
import { createPublishing, type Pins } from './publishing.ts';
import type { ReaderHandlers } from './reader-thread.ts';
import type { WriterHandlers } from './writer-thread.ts';

const REVISION = 'r1';

/** Publishing whose transactions end as `commit` does; tells which segments were discarded, and which are held. */
function stage(commit: () => unknown) {
  const discarded: number[] = [];
  const held = new Set<number>();
  let number = 0;
  const pins: Pins = {
    nextNumber: () => (number += 1),
    hold: async (segment, use) => {
      held.add(segment);
      try {
        return await use();
      } finally {
        held.delete(segment);
      }
    },
    published: () => undefined,
    share: () => Promise.resolve(),
    discard: (segment) => {
      discarded.push(segment);
      return Promise.resolve();
    },
  };
  const publishing = createPublishing(
    {
      writer: fakeThread<WriterHandlers>({ replaceEntries: commit, applyChanges: commit, stagePart: commit }),
      builder: fakeThread<IndexerHandlers>({
        storeLists: (segment: number, lists: readonly ListToStore[]) => ({
          stored: lists.map(() => ({ segment, files: 1, sizeBytes: 1 })),
          entries: lists.length,
        }),
        storeChanges: ({ segment }: { segment: number }) => ({ segment, added: 1, dead: [], files: 1, sizeBytes: 1n }),
      }),
      lookup: fakeThread<ReaderHandlers>({
        listOf: () => ({
          peer: 1,
          list: 1,
          revision: REVISION,
          files: 0,
          sizeBytes: 0,
          upload: { token: 't', parts: 2, list: 9, files: 1, sizeBytes: 1 },
        }),
      }),
    },
    pins,
  );
  return { publishing, discarded, held };
}

function fails(code: ErrorCode): () => never {
  return () => {
    throw new SwapmeetError(code, 'so');
  };
}

type Publish = (publishing: ReturnType<typeof stage>['publishing']) => Promise<unknown>;

const PUBLISHING: Readonly<Record<string, Publish>> = {
  'a list': ({ replaceEntries }) => replaceEntries('id', Buffer.from('x')),
  'a part of a list': async ({ stagePart }) => {
    await stagePart('id', 't', 3, Buffer.from('x'));
    return 'r2';
  },
  changes: ({ applyDelta }) => applyDelta('id', REVISION, Buffer.from('x')),
};

describe('publishing', () => {
  for (const [what, publish] of Object.entries(PUBLISHING)) {
    it(`never removes the segment of ${what} while its transaction may have been made`, async () => {
      for (const code of ['internal', 'shutting-down', 'disk-full', 'disk-error'] as const) {
        const { publishing, discarded, held } = stage(fails(code));
        await assert.rejects(publish(publishing), { code });
        await breathe();
        assert.deepEqual([discarded, held.size], [[], 0], code);
      }
    });

    it(`removes the segment of ${what} that is refused, and keeps the one that took effect`, async () => {
      const refused = stage(fails('wrong-revision'));
      await assert.rejects(publish(refused.publishing), { code: 'wrong-revision' });
      await breathe();
      assert.deepEqual([refused.discarded.length, refused.held.size], [1, 0]);
      const taken = stage(() => 'r2');
      assert.equal(await publish(taken.publishing), 'r2');
      await breathe();
      assert.deepEqual([taken.discarded, taken.held.size], [[], 0]);
    });
  }

  it('holds a segment until the last of its lists has taken effect, and keeps it if one did', async () => {
    const outcomes = [
      Promise.withResolvers<string>(),
      Promise.withResolvers<string>(),
      Promise.withResolvers<string>(),
    ];
    let at = 0;
    const { publishing, discarded, held } = stage(() => outcomes[at++]?.promise);
    const lists = outcomes.map(() => publishing.replaceEntries('id', Buffer.from('x')));
    const settled = Promise.allSettled(lists);
    while (at < 3) await breathe();
    const count = (): number => held.size;
    assert.equal(count(), 1);
    outcomes[1]?.reject(new SwapmeetError('unknown-id', 'gone'));
    outcomes[0]?.resolve('r1');
    await Promise.allSettled(lists.slice(0, 2));
    await breathe();
    assert.equal(count(), 1);
    outcomes[2]?.resolve('r2');
    await settled;
    while (count() > 0) await breathe();
    assert.deepEqual(discarded, []);
  });

  it('gives up changes under which segments are merged again and again', async () => {
    const { publishing, discarded } = stage(() => undefined);
    await assert.rejects(publishing.applyDelta('id', REVISION, Buffer.from('x')), { code: 'busy' });
    assert.equal(discarded.length, 5);
    await assert.rejects(publishing.applyDelta('id', 'other', Buffer.from('x')), { code: 'wrong-revision' });
  });
});
