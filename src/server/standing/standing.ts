import type { Logger } from 'pino';
import type { Catalog } from '../../catalog/catalog.ts';
import { encodeFileList } from '../../protocol/codecs/file-list.ts';
import type { News } from './standing-work.ts';
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

/** What took effect, or is on its way to. The bytes are copied. */
export type Published =
  | { readonly kind: 'list' | 'entries' | 'changes'; readonly fileList: Uint8Array }
  | { readonly kind: 'part'; readonly token: string; readonly fileList: Uint8Array }
  | { readonly kind: 'commit'; readonly token: string };

/** Bytes of lists that wait for the thread. Beyond, a publisher's list is read from the catalog once the thread has caught up. */
const WAITING_BYTES_MAX = 128 * 1024 * 1024;
const CATCH_UP_ROWS = 5_000;

export type StandingOptions = {
  /** The database, made where it is missing. */
  readonly file: string;
  readonly catalog: Pick<Catalog, 'browse'>;
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
  /** Whose list in effect has to be read from the catalog, and whose will have to be once it takes effect. */
  const behind = new Map<string, Publisher>();
  const behindInParts = new Set<string>();

  function postpone(publisher: Publisher, what: Published): void {
    if (what.kind === 'part') behindInParts.add(publisher.id);
    else behind.set(publisher.id, publisher);
  }

  async function run(publisher: Publisher, what: Published): Promise<News> {
    if (what.kind === 'commit') return thread.call('committed', [publisher, what.token]);
    // The list lies in the middle of a connection's buffer, which stays with the connection.
    const fileList = new Uint8Array(what.fileList);
    const sizeBytes = fileList.length;
    waitingBytes += sizeBytes;
    try {
      if (what.kind !== 'part') {
        return await thread.call('published', [publisher, fileList, what.kind], [fileList.buffer]);
      }
      await thread.call('staged', [publisher, what.token, fileList], [fileList.buffer]);
      return [];
    } finally {
      waitingBytes -= sizeBytes;
    }
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
    let after: string | undefined;
    do {
      const page = await catalog.browse(publisher.id, undefined, { after, limit: CATCH_UP_ROWS });
      tell(await run(publisher, { kind: 'entries', fileList: encodeFileList(page.rows) }));
      after = page.next;
    } while (after !== undefined && !stopped);
  }

  return {
    waiting: async (peer) => (watches === 0 ? [] : thread.call('waiting', [peer])),
    call: async (name, args, transfer) => {
      const result = await thread.call(name, args, transfer);
      if (name === 'watch' || name === 'unwatch' || name === 'forget') watches = await thread.call('count', []);
      return result;
    },
    published: ({ id, username }, what) => {
      // Whoever calls may give more than can travel to a thread.
      const publisher = { id, username };
      if (watches === 0 || stopped) return;
      if (what.kind === 'commit' && behindInParts.delete(publisher.id)) behind.set(publisher.id, publisher);
      if ('fileList' in what && waitingBytes + what.fileList.length > waitingBytesMax) {
        postpone(publisher, what);
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
