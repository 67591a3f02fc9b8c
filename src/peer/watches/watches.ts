import { randomBytes } from 'node:crypto';
import type { Logger } from 'pino';
import type { Entry } from '../../domain/entry.ts';
import { SwapmeetError } from '../../domain/errors.ts';
import { parseQuery } from '../../domain/query-parse.ts';
import { takeQuery } from '../../protocol/codecs/search.ts';
import type { Match } from '../../protocol/codecs/watch.ts';
import { WATCHES_MAX } from '../../protocol/limits.ts';
import type { BackOff } from '../back-off.ts';
import type { MatchedRow, WatchView } from '../control.ts';
import type { ServerLink } from '../link/server-link.ts';
import { createByteBudget } from './byte-budget.ts';
import { createGetter } from './getter.ts';
import { bytesOf, createMatchQueue, type MatchQueue } from './match-queue.ts';
import { loadWatches, saveWatches, type KeptWatch } from './watch-file.ts';

/** The standing searches of this peer: what it keeps is what the server is to have. */
export type Watches = {
  readonly list: () => readonly WatchView[];
  /**
   * Leaves a query with the server, or does so as soon as there is a session. The same query again is the same watch; it
   * begins to `get`, but does not cease.
   *
   * @throws SwapmeetError `bad-query`, `too-many-watches`, `disk-full`, `disk-error`
   */
  readonly add: (query: string, get: boolean) => Promise<WatchView>;
  /** @throws SwapmeetError `not-found`, `disk-full`, `disk-error` */
  readonly remove: (id: string) => Promise<void>;
  /** What it matches, from what nobody was shown yet on. @throws SwapmeetError `not-found`, also once it is removed */
  readonly matches: (id: string, signal: AbortSignal) => AsyncIterable<MatchedRow>;
  /** Somebody was shown the matches up to a position. @throws SwapmeetError `not-found` */
  readonly shown: (id: string, position: number) => Promise<void>;
  readonly close: () => void;
};

export type WatchesOptions = {
  readonly file: string;
  readonly link: Pick<ServerLink, 'call' | 'onOnline' | 'onMatch' | 'status'>;
  readonly startDownload: (entry: Entry) => Promise<unknown>;
  readonly log: Logger;
  readonly retry?: BackOff;
  /** Of matches that wait in memory; the others wait at the server. */
  readonly waitingBytesMax?: number;
};

/** A watch, and what the server calls it. */
type Standing = KeptWatch & {
  get: boolean;
  serverId: string | undefined;
  /** Whether the server left some matches out. */
  more: boolean;
  readonly queue: MatchQueue;
  readonly stop: AbortController;
};

const ID_BYTES = 4;
const RETRY: BackOff = { firstMs: 1_000, lastMs: 60_000 };
const WAITING_BYTES_MAX = 64 * 1024 * 1024;
const EARLY_BYTES_MAX = 8 * 1024 * 1024;

/** @throws SwapmeetError `disk-error` */
export async function openWatches({
  file,
  link,
  startDownload,
  log,
  retry = RETRY,
  waitingBytesMax = WAITING_BYTES_MAX,
}: WatchesOptions): Promise<Watches> {
  const watches = new Map<string, Standing>();
  const budget = createByteBudget(waitingBytesMax);
  for (const kept of await loadWatches(file)) create(kept);
  /** Matches of watches that the server knows and this peer is about to. */
  const early: Match[] = [];
  let earlyBytes = 0;
  let work = Promise.resolve();
  const get = createGetter({ startDownload, retry, log, confirm, onDone: askAgain });

  function create({ id, query, get }: KeptWatch): Standing {
    const watch: Standing = {
      id,
      query,
      get,
      serverId: undefined,
      more: false,
      queue: createMatchQueue(budget, () => watch.get),
      stop: new AbortController(),
    };
    watches.set(id, watch);
    return watch;
  }

  function save(): Promise<void> {
    return saveWatches(
      file,
      [...watches.values()].map(({ id, query, get }) => ({ id, query, get })),
    );
  }

  function find(id: string): Standing {
    const watch = watches.get(id);
    if (watch) return watch;
    throw new SwapmeetError('not-found', `there is no watch ${id}: “swapmeet watch --list” shows them`);
  }

  function drop(watch: Standing): void {
    watches.delete(watch.id);
    const gone = new SwapmeetError(
      'not-found',
      `watch ${watch.id} was removed: “swapmeet watch QUERY” leaves it again`,
    );
    watch.stop.abort(gone);
    watch.queue.close(gone);
  }

  function viewOf({ id, query, get, queue, more }: Standing): WatchView {
    return { id, query, get, waiting: queue.count(), more };
  }

  /** One thing after the other, whatever fails; a failure is the caller's. */
  function inTurn<T>(task: () => Promise<T>): Promise<T> {
    const result = work.then(task);
    work = result.then(
      () => undefined,
      () => undefined,
    );
    return result;
  }

  function isOnline(): boolean {
    return link.status().state === 'online';
  }

  function name(watch: Standing, serverId: string): void {
    if (watch.serverId !== undefined && watch.serverId !== serverId) watch.queue.beginAnew();
    watch.serverId = serverId;
  }

  async function leave(watch: Standing): Promise<void> {
    const { watch: serverId } = await link.call('WATCH', { query: watch.query });
    name(watch, serverId);
    takeEarly();
  }

  /** The watches that the server has, by their queries. */
  async function known(): Promise<Map<string, string>> {
    const found = new Map<string, string>();
    let after: string | undefined;
    do {
      const page = await link.call('WATCHES', { after });
      for (const { id, query } of page.rows) found.set(query, id);
      after = page.next;
    } while (after !== undefined);
    return found;
  }

  /** Makes the server have what this peer has. */
  async function sync(): Promise<void> {
    const others = await known();
    const missing: Standing[] = [];
    for (const watch of watches.values()) {
      const serverId = others.get(watch.query);
      if (serverId === undefined) missing.push(watch);
      else name(watch, serverId);
      others.delete(watch.query);
    }
    takeEarly();
    for (const watch of missing) await attempt(watch, () => leave(watch));
    for (const id of others.values()) await attempt({ id }, () => link.call('UNWATCH', { watch: id }));
    early.length = 0;
    earlyBytes = 0;
    askAgain();
  }

  /** What one watch fails at does not keep the others from the server. */
  async function attempt({ id }: Pick<Standing, 'id'>, task: () => Promise<unknown>): Promise<void> {
    await task().catch((err: unknown) => {
      log.warn(
        { err, watch: id },
        'the server does not have this watch as it is here; it is tried again in the next session',
      );
    });
  }

  function takeEarly(): void {
    earlyBytes = 0;
    for (const match of early.splice(0)) take(match);
  }

  function take(match: Match): void {
    const watch = [...watches.values()].find(({ serverId }) => serverId === match.watch);
    if (!watch) {
      // What finds no room is missed by its watch as soon as something follows, and told again.
      const sizeBytes = bytesOf(match);
      if (earlyBytes + sizeBytes > EARLY_BYTES_MAX) return;
      earlyBytes += sizeBytes;
      early.push(match);
      return;
    }
    const added = watch.queue.add(match);
    if (added === 'kept') watch.more = match.more === true;
    if (added === 'acted') void confirm(match);
    if (added === 'kept' && watch.get) get(watch);
  }

  /** Has the server tell again what found no room, once there is some. */
  function askAgain(): void {
    for (const watch of watches.values()) {
      if (!isOnline() || !watch.queue.isEmpty() || !watch.queue.takeShort()) continue;
      void inTurn(() => attempt(watch, () => leave(watch)));
    }
  }

  async function confirm({ watch, mark }: Match): Promise<void> {
    await link.call('SEEN', { watch, mark }).catch((err: unknown) => {
      log.debug({ err, watch }, 'the server tells a match again');
    });
  }

  const forget = [
    link.onMatch(take),
    link.onOnline(() => {
      inTurn(sync).catch((err: unknown) => {
        log.warn({ err }, 'the server does not have all watches; it is tried again in the next session');
      });
    }),
  ];

  return {
    list: () => [...watches.values()].map(viewOf),
    add: (query, wantsGet) =>
      inTurn(async () => {
        parseQuery(takeQuery(query));
        const same = [...watches.values()].find((watch) => watch.query === query);
        if (!same && watches.size >= WATCHES_MAX) {
          throw new SwapmeetError('too-many-watches', `a peer has at most ${WATCHES_MAX} watches: remove one first`);
        }
        const watch = same ?? create({ id: randomBytes(ID_BYTES).toString('hex'), query, get: wantsGet });
        try {
          if (isOnline() && watch.serverId === undefined) await leave(watch);
        } catch (error) {
          if (!same) drop(watch);
          throw error;
        }
        watch.get ||= wantsGet;
        await save();
        if (watch.get) get(watch);
        return viewOf(watch);
      }),
    remove: (id) =>
      inTurn(async () => {
        const watch = find(id);
        drop(watch);
        askAgain();
        await save();
        // Otherwise the next session begins with it.
        if (isOnline() && watch.serverId !== undefined) await link.call('UNWATCH', { watch: watch.serverId });
      }),
    matches: (id, signal) => {
      const { queue } = find(id);
      askAgain();
      return queue.rows(signal);
    },
    shown: async (id, position) => {
      const done = find(id).queue.shown(position);
      if (!done) return;
      await confirm(done);
      askAgain();
    },
    close: () => {
      for (const stop of forget) stop();
      for (const { stop } of watches.values()) stop.abort(new SwapmeetError('shutting-down', 'this peer stops'));
    },
  };
}
