import type { Reach } from '../../../protocol/codecs/search.ts';
import { isAlive as isAliveAt, ONLINE_WINDOW_MS } from '../../../domain/presence.ts';
import { viewPeer, type PeerView } from '../../../domain/match.ts';
import type { IndexState, LiveSegment } from '../../query/index-state.ts';
import { createBits, setBit } from '../../segment/bits.ts';
import { noteLetGo } from '../../segment/memory.ts';
import type { Database } from '../database.ts';
import type { OpenSegment, SegmentFiles } from './segment-files.ts';

type PeerState = {
  readonly change: number;
  readonly peer: number;
  readonly list: number;
  readonly reachableAtMs: number | null;
  readonly address: string | null;
  readonly meetableAtMs: number | null;
};
type DeadRow = { readonly change: number; readonly segment: number; readonly entries: Buffer };
type PeerRow = { readonly key: number; readonly id: string; readonly username: string };

/** Keeps one thread’s view of the index as the database has it. */
export type IndexReader = {
  /**
   * What queries look at, in the transaction that is under way; it doesn’t change until it is asked for again. Segments without a list in
   * effect are left out: each part of a list that is being sent is one, and there may be thousands.
   *
   * @param reach `any` counts peers as reachable that have no address, but a key
   */
  state(reach?: Reach): IndexState;
  /** The same with all segments. */
  whole(): IndexState;
  /** Until when at least all peers stay online that are so now, if nothing is heard of them. */
  lapseMs(nowMs: number): number;
};

export function createIndexReader(database: Database, files: Pick<SegmentFiles, 'open'>): IndexReader {
  const segments = createSegments(database, files);
  const peers = createPeers(database);
  let all: readonly LiveSegment[] = [];
  let inEffect: readonly LiveSegment[] = [];

  function refresh(): void {
    const haveChanged = peers.refresh();
    const before = all;
    all = segments.refresh();
    if (haveChanged || all !== before) inEffect = all.filter(hasListInEffect);
  }

  function isCurrent(peer: number, list: number): boolean {
    return peers.listOf(peer) === list;
  }

  function hasListInEffect({ segment: { entryCount, listPeers, listNumbers } }: LiveSegment): boolean {
    return entryCount > 0 && listPeers.some((peer, at) => isCurrent(peer, listNumbers[at] ?? 0));
  }

  function stateOf(live: readonly LiveSegment[], reach: Reach | undefined): IndexState {
    return {
      segments: live,
      isCurrent,
      isReachable: (peer, nowMs) => {
        const heardOfMs = peers.reachableAtMs(peer) ?? (reach === 'any' ? peers.meetableAtMs(peer) : undefined);
        return heardOfMs !== undefined && isAliveAt(heardOfMs, nowMs);
      },
      addressOf: peers.addressOf,
      viewPeer: peers.view,
      peersNamed: peers.named,
    };
  }

  return {
    state: (reach) => {
      refresh();
      return stateOf(inEffect, reach);
    },
    whole: () => {
      refresh();
      return stateOf(all, undefined);
    },
    lapseMs: peers.lapseMs,
  };
}

/** The segments that are in use, open. */
function createSegments(database: Database, files: Pick<SegmentFiles, 'open'>): { refresh(): readonly LiveSegment[] } {
  const selectKeys = database.prepare<[], number>('SELECT key FROM segment ORDER BY key').pluck();
  const selectDead = database.prepare<[number], DeadRow>(
    'SELECT change, segment, entries FROM dead WHERE change > ? ORDER BY change',
  );
  const open = new Map<number, OpenSegment & LiveSegment>();
  let live: readonly LiveSegment[] = [];
  let lastChange = 0;

  function openNew(key: number): void {
    const opened = files.open(key);
    open.set(key, { ...opened, dead: createBits(opened.segment.entryCount) });
  }

  function close(key: number): void {
    const closed = open.get(key);
    closed?.close();
    noteLetGo(closed?.memoryBytes ?? 0);
    open.delete(key);
  }

  return {
    refresh: () => {
      const keys = selectKeys.all();
      const current = new Set(keys);
      const added = keys.filter((key) => !open.has(key));
      const gone = [...open.keys()].filter((key) => !current.has(key));
      for (const key of added) openNew(key);
      for (const key of gone) close(key);
      for (const { change, segment, entries } of selectDead.all(lastChange)) {
        const bits = open.get(segment)?.dead;
        if (bits !== undefined) for (const entry of numbersOf(entries)) setBit(bits, entry);
        lastChange = change;
      }
      // Some may have been opened before another could not be, which is gone by now.
      const isStale = added.length > 0 || gone.length > 0 || live.length < keys.length;
      if (isStale) live = keys.flatMap((key) => open.get(key) ?? []);
      return live;
    },
  };
}

/** The numbers that lie in a BLOB, 32 bits each. */
export function numbersOf(blob: Uint8Array): Uint32Array {
  return new Uint32Array(blob.slice().buffer);
}

export function blobOf(numbers: Uint32Array): Buffer {
  return Buffer.from(numbers.buffer, numbers.byteOffset, numbers.byteLength);
}

/** Which list is in effect for each peer, and until when it is reachable. */
function createPeers(database: Database) {
  const selectChanged = database.prepare<[number], PeerState>(
    `SELECT change, peer, list, reachable_at_ms AS reachableAtMs, meetable_at_ms AS meetableAtMs, session.address
     FROM peer_state LEFT JOIN session USING (peer) WHERE change > ? ORDER BY change`,
  );
  const selectPeer = database.prepare<[number], PeerRow>('SELECT key, id, username FROM peer WHERE key = ?');
  const selectAll = database.prepare<[], PeerRow>('SELECT key, id, username FROM peer');
  const lists = new Map<number, number>();
  /** Of those that are online: most are not, and each thread knows all peers. */
  const online = new Map<number, PeerState>();
  const views = new Map<number, PeerView>();
  let lastChange = 0;
  /** Of those who are online at the first of these times, nobody lapses before the other. */
  let lapse = { fromMs: 0, nextMs: 0 };

  /** Those that have lapsed already are passed over. */
  function findLapse(nowMs: number): number {
    let first = Number.POSITIVE_INFINITY;
    for (const state of online.values()) {
      const lapseMs = lapseOf(state);
      if (lapseMs > nowMs) first = Math.min(first, lapseMs);
    }
    return first;
  }

  const view = (peer: number): PeerView => {
    const known = views.get(peer);
    if (known !== undefined) return known;
    const made = viewPeer(selectPeer.get(peer) ?? { id: '', username: '' });
    views.set(peer, made);
    return made;
  };

  return {
    /** Says whether something has changed. */
    refresh: (): boolean => {
      const changed = selectChanged.all(lastChange);
      for (const state of changed) {
        const { peer, list } = state;
        // A registration that takes another’s place has another id.
        if (lists.get(peer) !== list) views.delete(peer);
        lists.set(peer, list);
        if (state.reachableAtMs === null && state.meetableAtMs === null) online.delete(peer);
        else online.set(peer, state);
        lapse.nextMs = Math.min(lapse.nextMs, lapseOf(state));
        lastChange = state.change;
      }
      return changed.length > 0;
    },
    lapseMs: (nowMs: number): number => {
      const isKnown = nowMs >= lapse.fromMs && nowMs < lapse.nextMs;
      if (!isKnown) lapse = { fromMs: nowMs, nextMs: findLapse(nowMs) };
      return lapse.nextMs;
    },
    listOf: (peer: number) => lists.get(peer) ?? 0,
    addressOf: (peer: number) => online.get(peer)?.address ?? undefined,
    reachableAtMs: (peer: number) => online.get(peer)?.reachableAtMs ?? undefined,
    meetableAtMs: (peer: number) => online.get(peer)?.meetableAtMs ?? undefined,
    view,
    named: (name: string, foldedName: string): readonly number[] =>
      selectAll.all().flatMap(({ key }) => {
        const { id, foldedUsername } = view(key);
        return id === name || foldedUsername === foldedName ? [key] : [];
      }),
  };
}

function lapseOf({ reachableAtMs, meetableAtMs }: PeerState): number {
  return (reachableAtMs ?? meetableAtMs ?? Number.POSITIVE_INFINITY) + ONLINE_WINDOW_MS;
}
