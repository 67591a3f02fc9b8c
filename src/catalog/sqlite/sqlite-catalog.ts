import { extname, join } from 'node:path';
import { lockDataFolder } from '../../storage/data-folder-lock.ts';
import type { Catalog } from '../catalog.ts';
import { createQueryLanes } from '../query-lanes.ts';
import type { ReaderHandlers } from './reader-thread.ts';
import { startThreads, type Threads } from './threads.ts';
import type { WriterHandlers } from './writer-thread.ts';

const DATABASE_FILE = 'catalog.db';
type Writer = Threads<WriterHandlers>;
type Reader = Threads<ReaderHandlers>;

/**
 * Opens the embedded catalog: an SQLite database, written by one thread and read by three, none of them the caller's.
 *
 * @param folder the data folder, made where it is missing and kept for this process until `close`
 * @throws SwapmeetError `already-running` when another process has the folder; `disk-error`
 */
export async function openSqliteCatalog({ folder }: { readonly folder: string }): Promise<Catalog> {
  const lock = lockDataFolder(folder);
  const file = join(folder, DATABASE_FILE);
  const writer: Writer = startThreads(workerModule('writer-thread'), file, 1);
  // What takes long has a thread of its own, for others not to wait for it; so have queries, which may.
  const readers = { lookup: startReader(file), quick: startReader(file), slow: startReader(file) };
  const close = async (): Promise<void> => {
    await Promise.all([writer, ...Object.values(readers)].map((threads) => threads.close()));
    lock.release();
  };
  try {
    await writer.call('open', []);
  } catch (error) {
    await close();
    throw error;
  }
  return { ...writing(writer), ...reading(readers.lookup), ...searching(readers), close };
}

function workerModule(name: string): URL {
  return new URL(`./${name}${extname(import.meta.url)}`, import.meta.url);
}

function startReader(file: string): Reader {
  return startThreads(workerModule('reader-thread'), file, 1);
}

function writing(writer: Writer) {
  return {
    register: (registration, nowMs) => {
      const fileList = ownCopy(registration.fileList);
      return writer.call('register', [{ ...registration, fileList }, nowMs], [fileList.buffer]);
    },
    replaceEntries: (id, list) => {
      const fileList = ownCopy(list);
      return writer.call('replaceEntries', [id, fileList], [fileList.buffer]);
    },
    stagePart: (id, token, part, list) => {
      const fileList = ownCopy(list);
      return writer.call('stagePart', [id, token, part, fileList], [fileList.buffer]);
    },
    commitList: (id, token, parts) => writer.call('commitList', [id, token, parts]),
    applyDelta: (id, revision, lines) => {
      const changes = ownCopy(lines);
      return writer.call('applyDelta', [id, revision, changes], [changes.buffer]);
    },
    beginSession: (session, nowMs) => writer.call('beginSession', [session, nowMs]),
    setAddress: (id, address) => writer.call('setAddress', [id, address]),
    touch: (id, nowMs) => writer.call('touch', [id, nowMs]),
    endSession: (id, options) => writer.call('endSession', [id, options]),
    endAllSessions: () => writer.call('endAllSessions', []),
    expire: (nowMs) => writer.call('expire', [nowMs]),
  } satisfies Partial<Catalog>;
}

function reading(reader: Reader) {
  return {
    findByUsername: (username) => reader.call('findByUsername', [username]),
    findById: (id) => reader.call('findById', [id]),
    listState: (id) => reader.call('listState', [id]),
    findSession: (id) => reader.call('findSession', [id]),
    listPeers: (filter, page, nowMs) => reader.call('listPeers', [filter, page, nowMs]),
    browse: (id, path, page) => reader.call('browse', [id, path, page]),
    folder: (id, path, page) => reader.call('folder', [id, path, page]),
    sources: (sha1, root, nowMs) => reader.call('sources', [sha1, root, nowMs]),
  } satisfies Partial<Catalog>;
}

function searching({ quick, slow }: { readonly quick: Reader; readonly slow: Reader }) {
  const lanes = createQueryLanes({ quick, slow });
  return {
    search: (query, page, nowMs, signal) =>
      lanes.run((lane, pass) => lane.call('search', [query, page, nowMs, pass]), signal),
    find: (query, page, nowMs, signal) =>
      lanes.run((lane, pass) => lane.call('find', [query, page, nowMs, pass]), signal),
    network: (nowMs) => slow.call('network', [nowMs]),
  } satisfies Partial<Catalog>;
}

/** A list lies in the middle of a connection's buffer, which stays with the connection; the copy can be given away. */
function ownCopy(list: Uint8Array): Uint8Array<ArrayBuffer> {
  return new Uint8Array(list);
}
