import { randomBytes } from 'node:crypto';
import type { Logger } from 'pino';
import type { Entry } from '../../domain/entry.ts';
import { SwapmeetError } from '../../domain/errors.ts';
import { parseQuery } from '../../domain/query-parse.ts';
import type { ContentRow } from '../../protocol/codecs/find.ts';
import { takeQuery } from '../../protocol/codecs/search.ts';
import type { Match } from '../../protocol/codecs/watch.ts';
import { WATCHES_MAX } from '../../protocol/limits.ts';
import type { WatchView } from '../control.ts';
import type { ServerLink } from '../link/server-link.ts';
import { createMatchQueue, type MatchQueue } from './match-queue.ts';
import { loadWatches, saveWatches, type KeptWatch } from './watch-file.ts';

/** The standing searches of this peer: what it keeps is what the server is to have. */
export type Watches = {
  readonly list: () => readonly WatchView[];
  /**
   * Leaves a query with the server, or does so as soon as there is a session. The same query again is the same watch.
   *
   * @throws SwapmeetError `bad-query`, `too-many-watches`, `disk-full`, `disk-error`
   */
  readonly add: (query: string, get: boolean) => Promise<WatchView>;
  /** @throws SwapmeetError `not-found`, `disk-full`, `disk-error` */
  readonly remove: (id: string) => Promise<void>;
  /** What it matches, from what nobody was shown yet on. @throws SwapmeetError `not-found` */
  readonly matches: (id: string, signal: AbortSignal) => AsyncIterable<ContentRow>;
  readonly close: () => void;
};

export type WatchesOptions = {
  readonly file: string;
  readonly link: Pick<ServerLink, 'call' | 'onOnline' | 'onMatch' | 'status'>;
  readonly startDownload: (entry: Entry) => Promise<unknown>;
  readonly log: Logger;
};

/** A watch, and what the server calls it in this session. */
type Standing = KeptWatch & { serverId?: string | undefined; readonly queue: MatchQueue };

const ID_BYTES = 4;

/** @throws SwapmeetError `disk-error` */
export async function openWatches({ file, link, startDownload, log }: WatchesOptions): Promise<Watches> {
  const watches = new Map<string, Standing>();
  for (const kept of await loadWatches(file)) watches.set(kept.id, { ...kept, queue: createMatchQueue() });
  /** Up to which mark each watch of the server was heard: what is told again in another session is known. */
  const heard = new Map<string, number>();
  /** Matches of a watch that the server knows and this peer is about to. */
  const early: Match[] = [];
  let work = Promise.resolve();

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

  function viewOf({ id, query, get, queue }: Standing): WatchView {
    return { id, query, get, waiting: queue.count() };
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

  async function leave(watch: Standing): Promise<void> {
    const { watch: serverId } = await link.call('WATCH', { query: watch.query });
    watch.serverId = serverId;
    for (const match of early.splice(0)) take(match);
  }

  /** Makes the server have what this peer has. */
  async function sync(): Promise<void> {
    const known = new Map<string, string>();
    let after: string | undefined;
    do {
      const page = await link.call('WATCHES', { after });
      for (const { id, query } of page.rows) known.set(query, id);
      after = page.next;
    } while (after !== undefined);
    for (const watch of watches.values()) {
      watch.serverId = known.get(watch.query);
      known.delete(watch.query);
    }
    for (const match of early.splice(0)) take(match);
    for (const watch of watches.values()) if (watch.serverId === undefined) await leave(watch);
    for (const id of known.values()) await link.call('UNWATCH', { watch: id });
  }

  function take(match: Match): void {
    const watch = [...watches.values()].find(({ serverId }) => serverId === match.watch);
    if (!watch) {
      if (early.length < WATCHES_MAX) early.push(match);
      return;
    }
    if (match.mark <= (heard.get(match.watch) ?? 0)) return;
    heard.set(match.watch, match.mark);
    if (watch.get) void inTurn(() => download(watch, match));
    else watch.queue.add(match);
  }

  async function download(watch: Standing, match: Match): Promise<void> {
    try {
      for (const { path, sizeBytes, sha1, root } of match.rows) {
        await startDownload(root === undefined ? { path, sizeBytes, sha1 } : { path, sizeBytes, sha1, root });
        log.info({ watch: watch.id, path }, 'a watch matched: downloading');
      }
      await confirm(match);
    } catch (err) {
      // Unconfirmed, it is told again in the next session.
      log.warn({ err, watch: watch.id }, 'what a watch matched could not be downloaded');
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
    add: (query, get) =>
      inTurn(async () => {
        parseQuery(takeQuery(query));
        const same = [...watches.values()].find((watch) => watch.query === query);
        if (!same && watches.size >= WATCHES_MAX) {
          throw new SwapmeetError('too-many-watches', `a peer has at most ${WATCHES_MAX} watches: remove one first`);
        }
        const id = same?.id ?? randomBytes(ID_BYTES).toString('hex');
        const watch: Standing = { queue: createMatchQueue(), ...same, id, query, get };
        if (isOnline() && watch.serverId === undefined) await leave(watch);
        watches.set(id, watch);
        await save();
        return viewOf(watch);
      }),
    remove: (id) =>
      inTurn(async () => {
        const { serverId } = find(id);
        watches.delete(id);
        await save();
        // Otherwise the next session begins with it.
        if (isOnline() && serverId !== undefined) await link.call('UNWATCH', { watch: serverId });
      }),
    matches: (id, signal) => {
      const { queue } = find(id);
      return rowsOf(queue.take(signal, (match) => void confirm(match)));
    },
    close: () => {
      for (const stop of forget) stop();
    },
  };
}

async function* rowsOf(matches: AsyncIterable<Match>): AsyncGenerator<ContentRow, void, undefined> {
  for await (const { rows } of matches) yield* rows;
}
