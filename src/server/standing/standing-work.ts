import type { Entry } from '../../domain/entry.ts';
import { SwapmeetError } from '../../domain/errors.ts';
import { viewPeer } from '../../domain/match.ts';
import { parseQuery } from '../../domain/query-parse.ts';
import { keysOf } from '../../domain/standing/query-keys.ts';
import type { Page } from '../../protocol/codecs/page.ts';
import type { Watch } from '../../protocol/codecs/watch.ts';
import { BROAD_WATCHES_MAX, MATCHES_A_MESSAGE_MAX, MATCHES_WAITING_MAX, WATCHES_MAX } from '../../protocol/limits.ts';
import { createPercolator, type PercolatedList } from './percolator.ts';
import { contentId, type Publisher, type StandingStore, type Unseen } from './standing-store.ts';

/** Watches that have something new to be told, by the peer that left them. */
export type News = readonly { readonly peer: string; readonly watch: number }[];

/** What an event is made of. */
export type UnseenMatches = { readonly matches: readonly Unseen[]; readonly more: boolean };

/** A content, and who published it. */
export type Found = { readonly publisher: Publisher; readonly entry: Entry };

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
  /** Contents that may have been left out, or nothing where they could not be looked up. Returns whether some are new. */
  found(watch: number, contents: readonly Found[] | undefined): boolean;
  /** The peer's watches that have matches to be seen. */
  waiting(peer: string): readonly number[];
  unseen(watch: number, afterMark: number): UnseenMatches;
  /** What took effect: a whole list, some entries of one, or changes. */
  published(publisher: Publisher, lines: Uint8Array, kind: 'list' | 'entries' | 'changes'): News;
  /** Entries that take effect with the list of the token. */
  staged(publisher: Publisher, token: string, fileList: Uint8Array): void;
  committed(publisher: Publisher, token: string): News;
  /** These peers are gone, and their watches with them. */
  forget(peers: readonly string[]): void;
};

export function createStandingWork(store: StandingStore): StandingWork {
  const percolator = createPercolator();
  const owners = new Map<number, string>();
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
  }

  function checkRoom(peer: string, query: string): void {
    const others = store.ofPeer(peer, 0, WATCHES_MAX);
    if (others.length >= WATCHES_MAX) {
      throw new SwapmeetError('too-many-watches', `a peer has at most ${WATCHES_MAX} watches: take one back first`);
    }
    if (isBroad(query) && others.filter((other) => isBroad(other.query)).length >= BROAD_WATCHES_MAX) {
      throw new SwapmeetError(
        'too-many-watches',
        `at most ${BROAD_WATCHES_MAX} watches of a peer may do without a word of three letters: add one, or an extension`,
      );
    }
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
    percolator.percolate(
      list,
      viewPeer(publisher),
      (watch) => {
        if (owners.get(watch) === publisher.id) return false;
        if ((added.get(watch) ?? 0) < MATCHES_A_MESSAGE_MAX) return true;
        full.add(watch);
        return false;
      },
      (watch, entry) => {
        if (take(watch, entry)) added.set(watch, (added.get(watch) ?? 0) + 1);
      },
    );
    for (const watch of full) store.setMore(watch);
    return added;
  }

  function tellFound(watch: number, contents: readonly Found[] | undefined): boolean {
    const peer = owners.get(watch);
    if (peer === undefined) return false;
    let room = MATCHES_WAITING_MAX;
    for (const { publisher, entry } of contents ?? []) {
      if (room === 0) break;
      if (publisher.id !== peer && store.tell(watch, publisher, entry)) room -= 1;
    }
    // Those that found no room are looked for again when these are seen.
    if (contents === undefined || room === 0) store.setMore(watch);
    store.trim(watch, MATCHES_WAITING_MAX - room);
    return room < MATCHES_WAITING_MAX;
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
      const leftOut = store.atomically(() => store.seen(watch, mark)) ? store.query(watch) : undefined;
      return { leftOut };
    },
    found: (watch, contents) => store.atomically(() => tellFound(watch, contents)),
    waiting: store.waiting,
    unseen: store.unseen,
    published: (publisher, lines, kind) =>
      store.atomically(() => {
        if (kind === 'list') store.dropHeld(publisher.id);
        const list = { lines, form: kind === 'changes' ? kind : 'files' } as const;
        return newsOf(percolate(publisher, list, (watch, entry) => store.tell(watch, publisher, entry)));
      }),
    staged: (publisher, token, fileList) => {
      store.atomically(() => {
        store.dropHeld(publisher.id, token);
        percolate(publisher, { lines: fileList, form: 'files' }, (watch, entry) =>
          store.hold(watch, publisher, token, entry),
        );
      });
    },
    committed: (publisher, token) => store.atomically(() => newsOf(store.release(publisher.id, token))),
    forget: (peers) => {
      const gone = new Set(peers);
      store.atomically(() => {
        for (const [key, peer] of [...owners]) if (gone.has(peer)) drop(peer, key);
        for (const peer of peers) store.dropHeld(peer);
      });
    },
  };
}

/** Whether every entry has to be compared with a query. */
function isBroad(query: string): boolean {
  return keysOf(parseQuery(query)).kind === 'any';
}
