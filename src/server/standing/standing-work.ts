import type { ListInEffect } from '../../catalog/catalog.ts';
import type { Entry } from '../../domain/entry.ts';
import { SwapmeetError } from '../../domain/errors.ts';
import { viewPeer } from '../../domain/match.ts';
import { parseQuery } from '../../domain/query-parse.ts';
import { keysOf } from '../../domain/standing/query-keys.ts';
import type { Page } from '../../protocol/codecs/page.ts';
import type { Watch } from '../../protocol/codecs/watch.ts';
import { BROAD_WATCHES_MAX, MATCHES_A_MESSAGE_MAX, WATCHES_MAX } from '../../protocol/limits.ts';
import { createPercolator, type PercolatedList } from './percolator.ts';
import { contentId, type Publisher, type StandingStore, type Unseen } from './standing-store.ts';

/** Watches that have something new to be told, by the peer that left them. */
export type News = readonly { readonly peer: string; readonly watch: number }[];

/** What an event is made of. */
export type UnseenMatches = { readonly matches: readonly Unseen[]; readonly more: boolean };

/** A content, and who published it. */
export type Found = { readonly publisher: Publisher; readonly entry: Entry };

/** A list that was sent in parts and has taken effect. */
export type CommittedList = { readonly token: string; readonly parts: number; readonly revision: string };

/** All that the thread of the watches does. Arguments and results are plain data. */
export type StandingWork = {
  /** How many watches there are. */
  count(): number;
  /** The peers that have watches. */
  peers(): readonly string[];
  /** A new watch, or the one of the same query. @throws SwapmeetError `bad-query`, `too-many-watches` */
  watch(peer: string, query: string): { readonly watch: number; readonly isNew: boolean };
  /** Contents that were there before the watch: it is not told of them. */
  know(watch: number, contents: readonly Pick<Entry, 'sha1' | 'sizeBytes' | 'root'>[]): void;
  /** @throws SwapmeetError `unknown-watch` */
  unwatch(peer: string, watch: number): void;
  /** In the order in which they were left. */
  watches(peer: string, afterWatch: number, limit: number): Page<Watch>;
  /**
   * Returns the watch's query where some matches were left out, and it is time to look for them: whoever calls says with
   * `found` what became of that.
   *
   * @throws SwapmeetError `unknown-watch`
   */
  seen(peer: string, watch: number, mark: number): { readonly leftOut: string | undefined };
  /** Contents that may have been left out. Says whether some are new, and whether there is room for more. */
  found(watch: number, contents: readonly Found[]): { readonly isNew: boolean; readonly hasRoom: boolean };
  /**
   * The looking has ended: all was found, nobody can say which of it is new, or it is to go on when the peer has seen what was
   * found, or sees something else.
   */
  looked(watch: number, outcome: 'all' | 'unknown' | 'later'): void;
  /** There was more when the watch was left than it can remember. */
  overfull(watch: number): void;
  /** The peer's watches that have matches to be seen. */
  waiting(peer: string): readonly number[];
  unseen(watch: number, afterMark: number): UnseenMatches;
  /** A whole list took effect, under a revision. */
  replaced(publisher: Publisher, fileList: Uint8Array, revision: string): News;
  /** Changes made one revision of another. */
  changed(publisher: Publisher, changes: Uint8Array, before: string, revision: string): News;
  /** Some entries of a list in effect. */
  entries(publisher: Publisher, fileList: Uint8Array): News;
  /** All entries of a list were given that has, or had, this revision. */
  caughtUp(publisher: string, revision: string): void;
  /** Entries that take effect with the list of the token. */
  staged(publisher: Publisher, token: string, part: number, fileList: Uint8Array): void;
  /** Says whether all parts of it were staged. */
  committed(publisher: Publisher, list: CommittedList): { readonly news: News; readonly isWhole: boolean };
  /** The lists before the first watch; while there are watches, nothing. */
  begin(lists: readonly ListInEffect[]): void;
  /** The lists that were not compared with the watches as they are. */
  missed(lists: readonly ListInEffect[]): readonly ListInEffect[];
  /** These peers are gone, and their watches with them. */
  forget(peers: readonly string[]): void;
};

export function createStandingWork(store: StandingStore): StandingWork {
  const percolator = createPercolator();
  const { compared } = store;
  const owners = new Map<number, string>();
  /** Watches for which somebody looks for what was left out. */
  const looking = new Set<number>();
  for (const { key, peer, query } of store.all()) keep(key, peer, query);

  function keep(key: number, peer: string, query: string): void {
    percolator.add(key, parseQuery(query));
    owners.set(key, peer);
  }

  function drop(peer: string, key: number): void {
    if (!store.remove(peer, key)) {
      throw new SwapmeetError('unknown-watch', `there is no watch ${key}: WATCHES lists those that there are`);
    }
    percolator.remove(key);
    owners.delete(key);
    looking.delete(key);
  }

  function checkRoom(peer: string, query: string): void {
    if (store.countOfPeer(peer) >= WATCHES_MAX) {
      throw new SwapmeetError('too-many-watches', `a peer has at most ${WATCHES_MAX} watches: take one back first`);
    }
    if (isBroad(query) && countBroad(peer) >= BROAD_WATCHES_MAX) {
      throw new SwapmeetError(
        'too-many-watches',
        `at most ${BROAD_WATCHES_MAX} watches of a peer may do without a word of three letters: add one, or an extension`,
      );
    }
  }

  function countBroad(peer: string): number {
    return store.ofPeer(peer, 0, WATCHES_MAX).filter(({ query }) => isBroad(query)).length;
  }

  function newsOf(added: ReadonlyMap<number, number>): News {
    return [...added].flatMap(([watch, count]) => {
      store.trim(watch, count);
      const peer = owners.get(watch);
      return peer === undefined ? [] : [{ peer, watch }];
    });
  }

  /** How many matches of each watch `take` took, of which it takes a bounded number. Nobody is told of what is their own. */
  function percolate(
    publisher: Publisher,
    list: PercolatedList,
    take: (watch: number, entry: Entry) => boolean,
  ): ReadonlyMap<number, number> {
    const added = new Map<number, number>();
    const full = new Set<number>();
    percolator.percolate(list, viewPeer(publisher), (watch, entry) => {
      if (owners.get(watch) === publisher.id) return;
      const count = added.get(watch) ?? 0;
      if (count === MATCHES_A_MESSAGE_MAX) full.add(watch);
      else if (take(watch, entry)) added.set(watch, count + 1);
    });
    for (const watch of full) store.setMore(watch);
    return added;
  }

  function tellFound(watch: number, contents: readonly Found[]): { isNew: boolean; hasRoom: boolean } {
    const peer = owners.get(watch);
    if (peer === undefined) return { isNew: false, hasRoom: false };
    let room = store.roomToTell(watch);
    let told = 0;
    for (const { publisher, entry } of contents) {
      if (room === 0) break;
      if (publisher.id === peer || !store.tell(watch, publisher, entry)) continue;
      told += 1;
      room -= 1;
    }
    store.trim(watch, told);
    return { isNew: told > 0, hasRoom: room > 0 };
  }

  /** Holds a bounded number of matches of each watch. */
  function hold(publisher: Publisher, token: string): (watch: number, entry: Entry) => boolean {
    const rooms = new Map<number, number>();
    const full = new Set<number>();
    return (watch, entry) => {
      if (full.has(watch) || store.isTold(watch, entry)) return false;
      const room = rooms.get(watch) ?? store.roomToHold(publisher.id, watch);
      if (room <= 0) {
        store.setMore(watch);
        full.add(watch);
        return false;
      }
      const isNew = store.hold(watch, publisher, token, entry);
      rooms.set(watch, isNew ? room - 1 : room);
      return isNew;
    };
  }

  function tellAll(publisher: Publisher, list: PercolatedList): News {
    return newsOf(percolate(publisher, list, (watch, entry) => store.tell(watch, publisher, entry)));
  }

  return {
    count: () => owners.size,
    peers: () => [...new Set(owners.values())],
    watch: (peer, query) => {
      const known = store.find(peer, query);
      if (known !== undefined) return { watch: known, isNew: false };
      parseQuery(query);
      checkRoom(peer, query);
      const watch = store.add(peer, query);
      keep(watch, peer, query);
      return { watch, isNew: true };
    },
    know: (watch, contents) => {
      // It may have been taken back meanwhile.
      if (owners.has(watch))
        store.atomically(() => {
          store.know(watch, contents.map(contentId));
        });
    },
    unwatch: drop,
    watches: (peer, afterWatch, limit) => {
      const rows = store.ofPeer(peer, afterWatch, limit + 1);
      const page = rows.slice(0, limit).map(({ key, query }) => ({ id: String(key), query }));
      return { rows: page, next: rows.length > limit ? page.at(-1)?.id : undefined };
    },
    seen: (peer, watch, mark) => {
      if (owners.get(watch) !== peer) throw new SwapmeetError('unknown-watch', `there is no watch ${watch} (any more)`);
      const isTime = store.atomically(() => store.seen(watch, mark)) && !looking.has(watch);
      if (!isTime) return { leftOut: undefined };
      looking.add(watch);
      return { leftOut: store.query(watch) };
    },
    found: (watch, contents) => store.atomically(() => tellFound(watch, contents)),
    looked: (watch, outcome) => {
      looking.delete(watch);
      if (outcome !== 'later') store.endLooking(watch, outcome === 'all');
    },
    overfull: store.setOverfull,
    waiting: store.waiting,
    unseen: store.unseen,
    replaced: (publisher, fileList, revision) =>
      store.atomically(() => {
        store.dropHeld(publisher.id);
        compared.replaced(publisher.id, revision);
        return tellAll(publisher, { lines: fileList, form: 'files' });
      }),
    changed: (publisher, changes, before, revision) =>
      store.atomically(() => {
        compared.changed(publisher.id, before, revision);
        return tellAll(publisher, { lines: changes, form: 'changes' });
      }),
    entries: (publisher, fileList) => store.atomically(() => tellAll(publisher, { lines: fileList, form: 'files' })),
    caughtUp: (publisher, revision) => {
      compared.caughtUp(publisher, revision);
    },
    staged: (publisher, token, part, fileList) => {
      store.atomically(() => {
        store.dropHeld(publisher.id, token);
        compared.staged(publisher.id, token, part);
        percolate(publisher, { lines: fileList, form: 'files' }, hold(publisher, token));
      });
    },
    committed: (publisher, { token, parts, revision }) =>
      store.atomically(() => {
        const isWhole = compared.isStagedWhole(publisher.id, token, parts);
        if (isWhole) compared.replaced(publisher.id, revision);
        return { news: newsOf(store.release(publisher.id, token)), isWhole };
      }),
    begin: (lists) => {
      if (owners.size === 0) {
        store.atomically(() => {
          compared.begin(lists);
        });
      }
    },
    missed: (lists) =>
      store.atomically(() => {
        // A database of a version that remembered nothing.
        if (compared.isEmpty()) compared.begin(lists);
        return compared.missed(lists);
      }),
    forget: (peers) => {
      const gone = new Set(peers);
      store.atomically(() => {
        for (const [key, peer] of [...owners]) if (gone.has(peer)) drop(peer, key);
        for (const peer of peers) {
          store.dropHeld(peer);
          compared.forget(peer);
        }
      });
    },
  };
}

/** Whether every entry has to be compared with a query. */
function isBroad(query: string): boolean {
  return keysOf(parseQuery(query)).kind === 'any';
}
