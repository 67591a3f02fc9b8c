import type { Logger } from 'pino';
import type { Catalog } from '../../catalog/catalog.ts';
import { encodeFileList } from '../../protocol/codecs/file-list.ts';
import type { CommittedList, News } from './standing-work.ts';
import type { Publisher } from './standing-store.ts';
import { startStandingThread, type StandingThread } from './thread.ts';

/** The watches of all peers, and what is published as they see it. */
export type Standing = Pick<StandingThread, 'call' | 'close'> & {
  /** Runs what was published past the watches. Nobody waits for it, and it never throws. */
  readonly published: (publisher: Publisher, what: Published) => void;
  /** The watches of a peer that have matches to be seen. */
  readonly waiting: (peer: string) => Promise<readonly number[]>;
  /** Has somebody told of matches from now on. */
  readonly onNews: (listener: (news: News) => void) => void;
};

/** What took effect, or is on its way to; `revision` is the one that it has then. The bytes are copied. */
export type Published =
  | { readonly kind: 'list'; readonly fileList: Uint8Array; readonly revision: string }
  | { readonly kind: 'changes'; readonly fileList: Uint8Array; readonly before: string; readonly revision: string }
  | { readonly kind: 'part'; readonly token: string; readonly part: number; readonly fileList: Uint8Array }
  | ({ readonly kind: 'commit' } & CommittedList);

/** Bytes of lists that wait for the thread. Beyond, a publisher's list is read from the catalog once the thread has caught up. */
const WAITING_BYTES_MAX = 128 * 1024 * 1024;
const CATCH_UP_ROWS = 5_000;

export type StandingOptions = {
  /** The database, made where it is missing. */
  readonly file: string;
  readonly catalog: Pick<Catalog, 'browse' | 'listState' | 'listsInEffect'>;
  readonly log: Logger;
  readonly waitingBytesMax?: number;
};

/** @throws SwapmeetError `disk-error` */
export async function openStanding({
  file,
  catalog,
  log,
  waitingBytesMax = WAITING_BYTES_MAX,
}: StandingOptions): Promise<Standing> {
  const thread = startStandingThread(file);
  let watches = await thread.call('count', []).catch(async (error: unknown) => {
    await thread.close();
    throw error;
  });
  let tell: (news: News) => void = () => undefined;
  let waitingBytes = 0;
  let stopped = false;
  let catchingUp = false;
  /** Whose list in effect has to be read from the catalog. */
  const behind = new Map<string, Publisher>();

  /** Has the thread compare some lines, a copy of which it is given: they lie in a buffer of somebody else's. */
  async function compare<T>(lines: Uint8Array, by: (lines: Uint8Array<ArrayBuffer>) => Promise<T>): Promise<T> {
    waitingBytes += lines.length;
    try {
      return await by(new Uint8Array(lines));
    } finally {
      waitingBytes -= lines.length;
    }
  }

  async function run(publisher: Publisher, what: Published): Promise<News> {
    if (what.kind === 'commit') {
      const { token, parts, revision } = what;
      const { news, isWhole } = await thread.call('committed', [publisher, { token, parts, revision }]);
      if (!isWhole) behind.set(publisher.id, publisher);
      return news;
    }
    return compare(what.fileList, async (lines) => {
      if (what.kind === 'list') return thread.call('replaced', [publisher, lines, what.revision], [lines.buffer]);
      if (what.kind === 'changes') {
        return thread.call('changed', [publisher, lines, what.before, what.revision], [lines.buffer]);
      }
      await thread.call('staged', [publisher, what.token, what.part, lines], [lines.buffer]);
      return [];
    });
  }

  async function catchUp(): Promise<void> {
    catchingUp = true;
    try {
      for (const [id, publisher] of behind) {
        behind.delete(id);
        await readAll(publisher).catch((err: unknown) => {
          if (!stopped) log.warn({ err, id }, 'a list could not be compared with the watches');
        });
        if (stopped) return;
      }
    } finally {
      catchingUp = false;
    }
  }

  async function readAll(publisher: Publisher): Promise<void> {
    // What changes while it is read is compared by itself.
    const { revision } = await catalog.listState(publisher.id);
    let after: string | undefined;
    do {
      const page = await catalog.browse(publisher.id, undefined, { after, limit: CATCH_UP_ROWS });
      const lines = encodeFileList(page.rows);
      const news = await compare(lines, (own) => thread.call('entries', [publisher, own], [own.buffer]));
      tell(news);
      if (stopped) return;
      after = page.next;
    } while (after !== undefined);
    await thread.call('caughtUp', [publisher.id, revision]);
  }

  /** Compares what was published just before the server ended, and was not compared any more. */
  async function resume(): Promise<void> {
    for (const { id, username } of await thread.call('missed', [await catalog.listsInEffect()])) {
      behind.set(id, { id, username });
    }
    if (behind.size === 0) return;
    log.info({ peers: behind.size }, 'lists are compared with the watches that were published before the last stop');
    void catchUp();
  }

  if (watches > 0) {
    await resume().catch(async (error: unknown) => {
      await thread.close();
      throw error;
    });
  }
  return {
    waiting: async (peer) => (watches === 0 ? [] : thread.call('waiting', [peer])),
    call: async (name, args, transfer) => {
      if (name === 'watch' && watches === 0) await thread.call('begin', [await catalog.listsInEffect()]);
      const result = await thread.call(name, args, transfer);
      if (name === 'watch' || name === 'unwatch' || name === 'forget') watches = await thread.call('count', []);
      return result;
    },
    published: ({ id, username }, what) => {
      // Whoever calls may give more than can travel to a thread.
      const publisher = { id, username };
      if (watches === 0 || stopped) return;
      if ('fileList' in what && waitingBytes + what.fileList.length > waitingBytesMax) {
        // A part that is missing is noticed when its list takes effect.
        if (what.kind !== 'part') behind.set(publisher.id, publisher);
        return;
      }
      run(publisher, what)
        .then((news) => {
          tell(news);
          if (!catchingUp && behind.size > 0 && waitingBytes < waitingBytesMax / 2) void catchUp();
        })
        .catch((err: unknown) => {
          if (!stopped)
            log.error({ err, id: publisher.id }, 'what was published could not be compared with the watches');
        });
    },
    onNews: (listener) => {
      tell = listener;
    },
    close: () => {
      stopped = true;
      return thread.close();
    },
  };
}
