import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { SwapmeetError } from '../../domain/errors.ts';
import { encodeFileList } from '../../protocol/codecs/file-list.ts';
import {
  MATCHES_A_MESSAGE_MAX,
  MATCHES_TOLD_MAX,
  MATCHES_WAITING_MAX,
  PEER_WAITING_MAX,
  WATCHES_MAX,
} from '../../protocol/limits.ts';
import { openStandingStore } from './standing-store.ts';
import { createStandingWork, type StandingWork } from './standing-work.ts';

const BOB = { id: 'bob', username: 'Bob' };

function createWork(): StandingWork {
  return createStandingWork(openStandingStore(':memory:', () => 0));
}

function sha1(n: number): string {
  return n.toString(16).padStart(40, '0');
}

/** Entries of as many contents, of which each path has the word. */
function list(word: string, from: number, count: number): Uint8Array {
  return encodeFileList(
    Array.from({ length: count }, (_, n) => ({ path: `${word}/${from + n}`, sizeBytes: 1, sha1: sha1(from + n) })),
  );
}

function isCode(code: string): (error: unknown) => boolean {
  return (error) => error instanceof SwapmeetError && error.code === code;
}

describe('standing work', () => {
  it('keeps a bounded number of watches of a peer', () => {
    const work = createWork();
    for (let n = 0; n < WATCHES_MAX; n += 1) work.watch('ada', `word-${n}`);
    assert.throws(() => work.watch('ada', 'one-more'), isCode('too-many-watches'));
    assert.equal(work.watch('ada', 'word-7').isNew, false);
    assert.equal(work.watch('eve', 'one-more').isNew, true);
    assert.equal(work.count(), WATCHES_MAX + 1);
    work.forget(['ada']);
    assert.deepEqual(work.peers(), ['eve']);
  });

  it('keeps a bounded number of matches, the newest, and says that there were more', () => {
    const work = createWork();
    const { watch } = work.watch('ada', 'needle');
    const rounds = MATCHES_WAITING_MAX / MATCHES_A_MESSAGE_MAX + 2;
    for (let n = 0; n < rounds; n += 1) {
      work.entries(BOB, list('needle', n * MATCHES_A_MESSAGE_MAX, MATCHES_A_MESSAGE_MAX));
    }
    const marks: number[] = [];
    for (let after = 0; ;) {
      const { matches, more } = work.unseen(watch, after);
      const last = matches.at(-1);
      if (!last) break;
      assert.ok(more && matches.length <= MATCHES_A_MESSAGE_MAX);
      marks.push(...matches.map(({ mark }) => mark));
      after = last.mark;
    }
    assert.equal(marks.length, MATCHES_WAITING_MAX);
    assert.equal(marks.at(-1), rounds * MATCHES_A_MESSAGE_MAX);
    work.seen('ada', watch, marks.at(-1) ?? 0);
    work.looked(watch, 'all');
    assert.deepEqual(work.unseen(watch, 0), { matches: [], more: false });
    assert.deepEqual(work.entries(BOB, list('needle', 0, MATCHES_A_MESSAGE_MAX)), []);
  });

  it('says that there was more only of what matches', () => {
    const work = createWork();
    const { watch } = work.watch('ada', 'needle thread');
    const all = list('needle thread', 0, MATCHES_A_MESSAGE_MAX);
    const beside = Buffer.concat([list('needle', 500, 2), Buffer.from('\n'), list('thread', 600, 2)]);
    work.entries(BOB, Buffer.concat([all, Buffer.from('\n'), beside]));
    assert.deepEqual(
      [work.unseen(watch, 0).matches.length, work.unseen(watch, 0).more],
      [MATCHES_A_MESSAGE_MAX, false],
    );
  });

  it('tells what others publish, whatever it told before, and not the publisher itself', () => {
    const work = createWork();
    const { watch: ada } = work.watch('ada', 'needle');
    const { watch: bob } = work.watch('bob', 'needle');
    const published = (peer: string, from: number): unknown =>
      work.replaced({ id: peer, username: peer }, list('needle', from, 2), 'r');
    assert.deepEqual(published('bob', 0), [{ peer: 'ada', watch: ada }]);
    assert.deepEqual(published('bob', 0), []);
    assert.deepEqual(published('eve', 0), [{ peer: 'bob', watch: bob }]);
    assert.deepEqual(published('eve', 0), []);
    work.unwatch('ada', ada);
    const { watch: again } = work.watch('ada', 'needle');
    assert.deepEqual(published('eve', 0), [{ peer: 'ada', watch: again }]);
  });

  it('gets to what is new behind what was told already', () => {
    const work = createWork();
    const { watch } = work.watch('ada', 'needle');
    const all = list('needle', 0, 3 * MATCHES_A_MESSAGE_MAX);
    for (const round of [1, 2, 3]) {
      work.replaced(BOB, all, 'r');
      assert.equal(work.unseen(watch, (round - 1) * MATCHES_A_MESSAGE_MAX).matches.length, MATCHES_A_MESSAGE_MAX);
    }
    assert.deepEqual(work.replaced(BOB, all, 'r'), []);
  });

  it('forgets the oldest of what it has told, at last', () => {
    const work = createWork();
    const { watch } = work.watch('ada', 'needle');
    work.know(
      watch,
      Array.from({ length: MATCHES_TOLD_MAX }, (_, n) => ({ sha1: sha1(n), sizeBytes: 1 })),
    );
    assert.deepEqual(work.entries(BOB, list('needle', 0, 50)), []);
    work.entries(BOB, list('needle', MATCHES_TOLD_MAX, 50));
    assert.deepEqual(work.entries(BOB, list('needle', 0, 1)), [{ peer: 'ada', watch }]);
  });

  it('holds what is in parts until they take effect, also when they come twice', () => {
    const work = createWork();
    const { watch } = work.watch('ada', 'needle');
    work.staged(BOB, 'one', 1, list('needle', 0, 2));
    work.staged(BOB, 'two', 1, list('needle', 5, 1));
    work.staged(BOB, 'two', 1, list('needle', 5, 1));
    assert.deepEqual(work.committed(BOB, { token: 'one', parts: 1, revision: 'r' }), { news: [], isWhole: false });
    work.staged(BOB, 'two', 2, list('needle', 5, 2));
    assert.deepEqual(work.committed(BOB, { token: 'two', parts: 2, revision: 'r' }), {
      news: [{ peer: 'ada', watch }],
      isWhole: true,
    });
    assert.equal(work.unseen(watch, 0).matches.length, 2);
    work.staged(BOB, 'three', 1, list('needle', 9, 1));
    work.replaced(BOB, new Uint8Array(), 'r');
    assert.deepEqual(work.committed(BOB, { token: 'three', parts: 1, revision: 'r' }), { news: [], isWhole: false });
  });

  it('looks once for what was left out, and again when what was found is seen', () => {
    const work = createWork();
    const { watch } = work.watch('ada', 'needle');
    work.entries(BOB, list('needle', 0, 2 * MATCHES_A_MESSAGE_MAX));
    const seen = (): string | undefined => work.seen('ada', watch, Number.MAX_SAFE_INTEGER).leftOut;
    assert.ok(work.unseen(watch, 0).more);
    assert.deepEqual([seen(), seen()], ['needle', undefined]);
    const found = Array.from({ length: MATCHES_WAITING_MAX + 1 }, (_, n) => ({
      publisher: BOB,
      entry: { path: `needle/${n}`, sizeBytes: 1, sha1: sha1(n) },
    }));
    assert.deepEqual(work.found(watch, found.slice(0, 500)), { isNew: true, hasRoom: true });
    assert.deepEqual(work.found(watch, found), { isNew: true, hasRoom: true });
    work.looked(watch, 'later');
    assert.deepEqual([seen(), work.found(watch, found)], ['needle', { isNew: false, hasRoom: true }]);
    work.looked(watch, 'all');
    assert.deepEqual([seen(), work.unseen(watch, 0).more], [undefined, false]);
  });

  it('says that there was more, and looks for nothing, where nobody knows what is new', () => {
    const work = createWork();
    const { watch } = work.watch('ada', 'needle');
    work.overfull(watch);
    work.entries(BOB, list('needle', 0, 2 * MATCHES_A_MESSAGE_MAX));
    assert.ok(work.unseen(watch, 0).more);
    assert.equal(work.seen('ada', watch, Number.MAX_SAFE_INTEGER).leftOut, undefined);
    assert.ok(!work.unseen(watch, 0).more);
  });

  it('has less room for each watch of a peer the more there are', () => {
    const work = createWork();
    const watches = Array.from({ length: WATCHES_MAX }, (_, n) => work.watch('ada', `needle${n === 0 ? '' : n}`).watch);
    const [watch = 0] = watches;
    work.entries(BOB, list('needle', 0, MATCHES_A_MESSAGE_MAX));
    assert.equal(work.unseen(watch, 0).matches.length, PEER_WAITING_MAX / WATCHES_MAX);
    assert.ok(work.unseen(watch, 0).more);
  });

  it('holds a bounded number of matches for a watch', () => {
    const work = createWork();
    const { watch } = work.watch('ada', 'needle');
    const parts = MATCHES_WAITING_MAX / MATCHES_A_MESSAGE_MAX + 2;
    for (let part = 1; part <= parts; part += 1) {
      work.staged(BOB, 'one', part, list('needle', part * MATCHES_A_MESSAGE_MAX, MATCHES_A_MESSAGE_MAX));
    }
    assert.ok(work.committed(BOB, { token: 'one', parts, revision: 'r' }).isWhole);
    let count = 0;
    for (let after = 0; ;) {
      const { matches } = work.unseen(watch, after);
      const last = matches.at(-1);
      if (!last) break;
      count += matches.length;
      after = last.mark;
    }
    assert.deepEqual([count, work.unseen(watch, 0).more], [MATCHES_WAITING_MAX, true]);
  });
});
