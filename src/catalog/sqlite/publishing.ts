import { SwapmeetError, type ErrorCode } from '../../domain/errors.ts';
import { createKeyedLock } from '../../domain/keyed-lock.ts';
import type { Catalog } from '../catalog.ts';
import type { Resident } from '../segment/segment-file.ts';
import { createBatches } from './batches.ts';
import type { ListTotals, ListToStore, StoredList } from './index/building.ts';
import { checkUpload, nextPart, wrongRevision, type WaitingList } from './index/list-writer.ts';
import type { IndexerHandlers } from './indexer-thread.ts';
import type { ReaderHandlers } from './reader-thread.ts';
import type { Thread } from './threads.ts';
import type { WriterHandlers } from './writer-thread.ts';

/** The threads that publishing needs. */
export type PublishingThreads = {
  readonly writer: Thread<WriterHandlers>;
  readonly builder: Thread<IndexerHandlers>;
  readonly lookup: Thread<ReaderHandlers>;
};

/** What keeps segments from being merged, and is told when there may be something to merge. */
export type Pins = {
  /** Numbers for peers, lists and segments, each given once. */
  nextNumber(): number;
  /** While it runs, the segment is not merged: those who put its lists into effect have not all done so. */
  hold<T>(segment: number, use: () => Promise<T>): Promise<T>;
  readonly published: () => void;
  /** Gives all threads what is in memory of a segment. */
  readonly share: (segment: number, resident: Resident) => Promise<void>;
  /** Removes a segment that no transaction named, and none will. */
  readonly discard: (segment: number) => Promise<void>;
};

/** Bytes of lists that are stored together in one segment: many small lists come at a time, and each segment has its price. */
const TOGETHER_BYTES = 4 * 1024 * 1024;
/** So often changes are found anew because segments were merged under them. */
const CHANGE_TRIES = 5;

type Publishing = Pick<
  Catalog,
  'register' | 'replaceEntries' | 'listState' | 'stagePart' | 'commitList' | 'applyDelta'
>;

/** Takes lists: a thread puts their entries into segments, another one puts them into effect. */
export function createPublishing({ writer, builder, lookup }: PublishingThreads, pins: Pins): Publishing {
  const storeTogether = createBatches(
    (lists: readonly ListToStore[]) => storeAll(lists),
    ({ fileList }) => fileList.length,
    TOGETHER_BYTES,
  );

  /** A part that is sent a second time is not stored beside the first: nothing but its list’s number would tell that it is not in effect. */
  const uploads = createKeyedLock();

  type Stored = {
    readonly result: StoredList;
    readonly segment: number;
    readonly entries: number;
    /** The list is done with; `isNamed` says whether a transaction named the segment. */
    readonly release: (isNamed: boolean) => void;
  };

  /** Stores lists in one segment, which stays pinned until each of them was released. */
  async function storeAll(lists: readonly ListToStore[]): Promise<readonly Stored[]> {
    const segment = pins.nextNumber();
    const releases = lists.map(() => Promise.withResolvers<boolean>());
    void pins.hold(segment, async () => {
      const named = await Promise.all(releases.map(({ promise }) => promise));
      if (!named.includes(true)) await pins.discard(segment);
    });
    try {
      const buffers = lists.map(({ fileList }) => fileList.buffer as ArrayBuffer);
      const { stored, entries, resident } = await builder.call('storeLists', [segment, lists], buffers);
      if (resident !== undefined) await pins.share(segment, resident);
      return stored.map((result, at) => ({
        result,
        segment,
        entries,
        release: (isNamed) => {
          releases[at]?.resolve(isNamed);
        },
      }));
    } catch (error) {
      for (const { resolve } of releases) resolve(false);
      throw error;
    }
  }

  /** Stores a list, and has it put into effect, or kept. */
  async function store<T>(
    list: Omit<ListToStore, 'fileList'> & { readonly fileList: Uint8Array },
    use: (waiting: WaitingList) => Promise<T>,
  ): Promise<T> {
    const { result, entries, release } = await storeTogether({ ...list, fileList: ownCopy(list.fileList) });
    let isNamed = true;
    try {
      if ('refused' in result) throw new SwapmeetError(result.refused.code, result.refused.sentence);
      return await use({ ...result, list: list.list, entries });
    } catch (error) {
      isNamed = !isRefusal(error);
      throw error;
    } finally {
      release(isNamed);
      pins.published();
    }
  }

  /** Holds a segment for one use; it is removed where that is refused, or gives nothing. */
  async function holdOnce<T>(segment: number, use: () => Promise<T>): Promise<T> {
    return pins.hold(segment, async () => {
      try {
        const result = await use();
        if (result === undefined) await pins.discard(segment);
        return result;
      } catch (error) {
        if (isRefusal(error)) await pins.discard(segment);
        throw error;
      }
    });
  }

  async function applyOnce(id: string, revision: string, changes: Uint8Array): Promise<string | undefined> {
    const effect = await lookup.call('listOf', [id]);
    if (effect.revision !== revision) throw wrongRevision();
    const segment = pins.nextNumber();
    return holdOnce(segment, async () => {
      const given = ownCopy(changes);
      const { peer, list } = effect;
      const stored = await builder.call('storeChanges', [{ peer, list, segment, changes: given }], [given.buffer]);
      const totals = effect.sizeBytes === Number.MAX_SAFE_INTEGER ? await recount(peer, stored) : undefined;
      return writer.call('applyChanges', [id, revision, stored, totals]);
    });
  }

  /** The totals where those before do not say enough, because they were more than a number holds. */
  async function recount(
    peer: number,
    grown: { readonly files: number; readonly sizeBytes: bigint },
  ): Promise<ListTotals> {
    const before = await builder.call('totalsOf', [peer]);
    const sizeBytes = before.sizeBytes + grown.sizeBytes;
    return {
      files: before.files + grown.files,
      sizeBytes: Number(sizeBytes < Number.MAX_SAFE_INTEGER ? sizeBytes : Number.MAX_SAFE_INTEGER),
    };
  }

  return {
    register: async ({ fileList, ...registration }, nowMs) => {
      // Before the list is stored, for nothing.
      await lookup.call('checkName', [registration.username, registration.replacesId]);
      const replaced =
        registration.replacesId === undefined ? undefined : await lookup.call('findKey', [registration.replacesId]);
      const peer = replaced ?? pins.nextNumber();
      return store({ peer, list: pins.nextNumber(), fileList, isStrict: true }, (waiting) =>
        writer.call('register', [{ ...registration, peer, waiting }, nowMs]),
      );
    },
    replaceEntries: async (id, fileList) => {
      const { peer } = await lookup.call('listOf', [id]);
      return store({ peer, list: pins.nextNumber(), fileList, isStrict: true }, (waiting) =>
        writer.call('replaceEntries', [id, waiting]),
      );
    },
    listState: (id) => lookup.call('listState', [id]),
    stagePart: (id, token, part, fileList) =>
      uploads.run(id, async () => {
        const { peer, upload } = await lookup.call('listOf', [id]);
        const before = nextPart(upload, token, part);
        if (before === undefined) return;
        const list = before.list ?? pins.nextNumber();
        await store({ peer, list, fileList, isStrict: false }, (waiting) =>
          writer.call('stagePart', [id, token, part, waiting]),
        );
      }),
    commitList: (id, token, parts) =>
      uploads.run(id, async () => {
        try {
          if (parts === 1) return await writer.call('commitOnlyPart', [id, token]);
          const { upload } = await lookup.call('listOf', [id]);
          const { list } = checkUpload(upload, token, parts);
          return await writer.call('commitList', [id, token, parts, list, await builder.call('joinParts', [list])]);
        } finally {
          pins.published();
        }
      }),
    applyDelta: async (id, revision, changes) => {
      for (let tries = 0; tries < CHANGE_TRIES; tries += 1) {
        const renewed = await applyOnce(id, revision, changes);
        pins.published();
        if (renewed !== undefined) return renewed;
      }
      throw new SwapmeetError('busy', 'the catalog is being put in order: try again in a moment');
    },
  };
}

/** Errors after which nobody knows whether a transaction was made: its segment stays, and the next start tells. */
const UNCERTAIN: ReadonlySet<ErrorCode> = new Set<ErrorCode>(['internal', 'shutting-down', 'disk-full', 'disk-error']);

/** Whether an error says that nothing was changed. */
function isRefusal(error: unknown): boolean {
  return error instanceof SwapmeetError && !UNCERTAIN.has(error.code);
}

/** A list lies in the middle of a connection's buffer, which stays with the connection; the copy can be given away. */
function ownCopy(list: Uint8Array): Uint8Array<ArrayBuffer> {
  return new Uint8Array(list);
}
