import type { Entry } from '../../domain/entry.ts';
import { encodeFileLine } from '../../protocol/codecs/file-list.ts';
import {
  MATCHES_A_MESSAGE_MAX,
  MATCHES_TOLD_MAX,
  MATCHES_WAITING_MAX,
  PEER_TOLD_MAX,
  PEER_WAITING_MAX,
} from '../../protocol/limits.ts';
import { openDatabase } from '../../storage/database.ts';
import { createComparedStore } from './compared-store.ts';
import { MIGRATIONS } from './schema.ts';
import { createToldMemory } from './told-memory.ts';

/** A watch as it is kept; `peer` is the id of the registration that left it. */
export type StoredWatch = { readonly key: number; readonly peer: string; readonly query: string };

/** Who published something. */
export type Publisher = { readonly id: string; readonly username: string };

/** A match that its peer has not seen. */
export type Unseen = {
  readonly mark: number;
  readonly holder: string;
  readonly username: string;
  readonly line: string;
};

/** Whether matches were dropped that the peer did not see, as it is kept: some that can be looked for, or only told of. */
const NO_MORE = 0;
const MORE = 1;
const MORE_UNKNOWN = 2;

/** What a peer with so many watches has for each of them: the more there are, the less. */
function roomOf(watches: number): { readonly waiting: number; readonly told: number } {
  return {
    waiting: Math.min(MATCHES_WAITING_MAX, Math.floor(PEER_WAITING_MAX / watches)),
    told: Math.min(MATCHES_TOLD_MAX, Math.floor(PEER_TOLD_MAX / watches)),
  };
}

export type StandingStore = ReturnType<typeof openStandingStore>;

const SHA1_BYTES = 20;
const SIZE_BYTES = 8;
const ROOT_BYTES = 32;

/** What a watch remembers a content by: all that makes it one, in bytes. */
export function contentId({ sha1, sizeBytes, root }: Pick<Entry, 'sha1' | 'sizeBytes' | 'root'>): Uint8Array {
  const bytes = Buffer.alloc(SHA1_BYTES + SIZE_BYTES + (root === undefined ? 0 : ROOT_BYTES));
  bytes.write(sha1, 'hex');
  bytes.writeDoubleBE(sizeBytes, SHA1_BYTES);
  if (root !== undefined) bytes.write(root, SHA1_BYTES + SIZE_BYTES, 'hex');
  return bytes;
}

/** More than are ever told in one, on average. */
const MARKS_A_MS = 1_000;

/**
 * Has a table count from a number on, or from where it is. Counted by the clock, ids and marks are above those of before also
 * where the database was lost or restored: peers take what they heard before for told.
 */
function countFrom(database: ReturnType<typeof openDatabase>, table: 'watch' | 'told', from: number): void {
  database.transaction(() => {
    const { changes } = database
      .prepare<[number, string]>('UPDATE sqlite_sequence SET seq = max(seq, ?) WHERE name = ?')
      .run(from, table);
    if (changes === 0) database.prepare('INSERT INTO sqlite_sequence (name, seq) VALUES (?, ?)').run(table, from);
  })();
}

/** Watches and what they were told, in a database of their own. What a call stored survives kill -9 and power cuts. */
export function openStandingStore(file: string, now: () => number) {
  const database = openDatabase(file, { migrations: MIGRATIONS, synchronous: 'FULL' });
  countFrom(database, 'watch', now());
  countFrom(database, 'told', now() * MARKS_A_MS);
  const sql = {
    all: database.prepare<[], StoredWatch>('SELECT key, peer, query FROM watch ORDER BY key'),
    ofPeer: database.prepare<[string, number, number], StoredWatch>(
      'SELECT key, peer, query FROM watch WHERE peer = ? AND key > ? ORDER BY key LIMIT ?',
    ),
    find: database.prepare<[string, string], number>('SELECT key FROM watch WHERE peer = ? AND query = ?').pluck(),
    query: database.prepare<[number], string>('SELECT query FROM watch WHERE key = ?').pluck(),
    add: database.prepare<[string, string]>('INSERT INTO watch (peer, query) VALUES (?, ?)'),
    remove: database.prepare<[number, string]>('DELETE FROM watch WHERE key = ? AND peer = ?'),
    tell: database.prepare<[number, Uint8Array, string | null, string | null, string | null]>(
      'INSERT OR IGNORE INTO told (watch, content, holder, username, line) VALUES (?, ?, ?, ?, ?)',
    ),
    count: database.prepare<[number, number]>('UPDATE watch SET told = told + ? WHERE key = ?'),
    counted: database.prepare<[number], number>('SELECT told FROM watch WHERE key = ?').pluck(),
    forgetOldest: database
      .prepare<[number, number], Buffer>(
        'DELETE FROM told WHERE mark IN (SELECT mark FROM told WHERE watch = ? ORDER BY mark LIMIT ?) RETURNING content',
      )
      .pluck(),
    dropOldest: database.prepare<[number, number, number]>(
      `UPDATE told SET holder = NULL, username = NULL, line = NULL WHERE watch = ? AND line IS NOT NULL AND mark <=
        (SELECT mark FROM told WHERE watch = ? AND line IS NOT NULL ORDER BY mark DESC LIMIT 1 OFFSET ?)`,
    ),
    setOverfull: database.prepare<[number]>('UPDATE watch SET overfull = 1 WHERE key = ?'),
    isOverfull: database.prepare<[number], number>('SELECT overfull FROM watch WHERE key = ?').pluck(),
    countOfPeer: database.prepare<[string], number>('SELECT count(*) FROM watch WHERE peer = ?').pluck(),
    countBeside: database
      .prepare<[number], number>('SELECT count(*) FROM watch WHERE peer = (SELECT peer FROM watch WHERE key = ?)')
      .pluck(),
    countUnseen: database
      .prepare<[number], number>('SELECT count(*) FROM told WHERE watch = ? AND line IS NOT NULL')
      .pluck(),
    countHeld: database
      .prepare<[string, number], number>('SELECT count(*) FROM held WHERE holder = ? AND watch = ?')
      .pluck(),
    setMore: database.prepare<[number, number]>('UPDATE watch SET more = ? WHERE key = ?'),
    more: database.prepare<[number], number>('SELECT more FROM watch WHERE key = ?').pluck(),
    isTold: database.prepare<[number, Uint8Array], 1>('SELECT 1 FROM told WHERE watch = ? AND content = ?').pluck(),
    hold: database.prepare<[string, string, number, Uint8Array, string, string]>(
      'INSERT OR IGNORE INTO held VALUES (?, ?, ?, ?, ?, ?)',
    ),
    held: database.prepare<[string, string], { watch: number; content: Buffer; username: string; line: string }>(
      'SELECT watch, content, username, line FROM held WHERE holder = ? AND token = ? ORDER BY rowid',
    ),
    dropHeld: database.prepare<[string]>('DELETE FROM held WHERE holder = ?'),
    dropOtherHeld: database.prepare<[string, string]>('DELETE FROM held WHERE holder = ? AND token <> ?'),
    seen: database.prepare<[number, number]>(
      'UPDATE told SET holder = NULL, username = NULL, line = NULL WHERE watch = ? AND mark <= ? AND line IS NOT NULL',
    ),
    unseen: database.prepare<[number, number, number], Unseen>(
      'SELECT mark, holder, username, line FROM told WHERE watch = ? AND mark > ? AND line IS NOT NULL ORDER BY mark LIMIT ?',
    ),
    waiting: database
      .prepare<[string], number>(
        `SELECT key FROM watch WHERE peer = ? AND EXISTS (SELECT 1 FROM told WHERE watch = key AND line IS NOT NULL)`,
      )
      .pluck(),
  };

  /** Keeps a watch within its bounds after `added` matches. */
  function trim(watch: number, added: number): void {
    sql.count.run(added, watch);
    const { waiting, told } = roomOf(sql.countBeside.get(watch) ?? 1);
    if (sql.dropOldest.run(watch, watch, waiting).changes > 0) sql.setMore.run(MORE, watch);
    const surplus = (sql.counted.get(watch) ?? 0) - told;
    if (surplus > 0) forgetOldest(watch, surplus);
  }

  function forgetOldest(watch: number, count: number): void {
    const forgotten = sql.forgetOldest.all(watch, count);
    for (const content of forgotten) remembered.remove(watch, content);
    sql.count.run(-forgotten.length, watch);
  }

  const remembered = createToldMemory();
  // An entry that many watches match comes for one after the other.
  let last: { readonly entry: Entry; readonly id: Uint8Array; readonly contentNumber: number } | undefined;

  function contentOf(entry: Entry): { readonly id: Uint8Array; readonly contentNumber: number } {
    if (last?.entry === entry) return last;
    const id = contentId(entry);
    last = { entry, id, contentNumber: remembered.numberOf(id) };
    return last;
  }

  function isTold(watch: number, entry: Entry): boolean {
    const { id, contentNumber } = contentOf(entry);
    if (remembered.has(watch, contentNumber)) return true;
    const isSo = sql.isTold.get(watch, id) !== undefined;
    if (isSo) remembered.add(watch, contentNumber);
    return isSo;
  }

  /** Runs a change whole or not at all. */
  function atomically<T>(work: () => T): T {
    try {
      return database.transaction(work)();
    } catch (error) {
      // Some of it may be of what did not come to be.
      remembered.clear();
      last = undefined;
      throw error;
    }
  }

  return {
    compared: createComparedStore(database),
    all: () => sql.all.all(),
    ofPeer: (peer: string, afterKey: number, limit: number) => sql.ofPeer.all(peer, afterKey, limit),
    countOfPeer: (peer: string) => sql.countOfPeer.get(peer) ?? 0,
    find: (peer: string, query: string) => sql.find.get(peer, query),
    query: (key: number) => sql.query.get(key),
    add: (peer: string, query: string) => Number(sql.add.run(peer, query).lastInsertRowid),
    /** Whether the peer had it. */
    remove: (peer: string, key: number) => sql.remove.run(key, peer).changes > 0,
    /** Makes the contents count as told. */
    know: (watch: number, contents: readonly Uint8Array[]) => {
      const added = contents.filter((content) => sql.tell.run(watch, content, null, null, null).changes > 0);
      trim(watch, added.length);
    },
    /** Of a list that is published again all is told already: to look costs less than to try. */
    isTold,
    /** Whether the content is new to the watch. */
    tell: (watch: number, { id, username }: Publisher, entry: Entry) => {
      if (isTold(watch, entry)) return false;
      sql.tell.run(watch, contentOf(entry).id, id, username, encodeFileLine(entry));
      return true;
    },
    /** Whether the content, which the watch was not told of, is new to what is held. */
    hold: (watch: number, { id, username }: Publisher, token: string, entry: Entry) =>
      sql.hold.run(id, token, watch, contentOf(entry).id, username, encodeFileLine(entry)).changes > 0,
    /** Tells what was held under a token. Returns how much that is of each watch. */
    release: (holder: string, token: string): ReadonlyMap<number, number> => {
      const added = new Map<number, number>();
      for (const { watch, content, username, line } of sql.held.all(holder, token)) {
        const isNew = sql.tell.run(watch, content, holder, username, line).changes > 0;
        if (isNew) added.set(watch, (added.get(watch) ?? 0) + 1);
      }
      sql.dropHeld.run(holder);
      return added;
    },
    /** Drops what is held of a publisher, but for what is under the token, if one is given. */
    dropHeld: (holder: string, token?: string) => {
      if (token === undefined) sql.dropHeld.run(holder);
      else sql.dropOtherHeld.run(holder, token);
    },
    trim,
    setMore: (watch: number) => void sql.setMore.run(MORE, watch),
    /** It was looked for what had been dropped: all is told, or nobody can say which of it is new. */
    endLooking: (watch: number, isAllTold: boolean) => void sql.setMore.run(isAllTold ? NO_MORE : MORE_UNKNOWN, watch),
    /** There was more when it was left than it remembers. */
    setOverfull: (watch: number) => void sql.setOverfull.run(watch),
    /** Whether all is seen, but for some that were dropped and can be looked for. */
    seen: (watch: number, mark: number) => {
      sql.seen.run(watch, mark);
      if (sql.unseen.get(watch, 0, 1)) return false;
      if (sql.more.get(watch) === MORE && sql.isOverfull.get(watch) === 0) return true;
      sql.setMore.run(NO_MORE, watch);
      return false;
    },
    /** How many matches of a watch may wait beside those that do. */
    roomToTell: (watch: number) =>
      Math.max(0, roomOf(sql.countBeside.get(watch) ?? 1).waiting - (sql.countUnseen.get(watch) ?? 0)),
    /** How much more may be held of a publisher for a watch: no more than could wait to be seen. */
    roomToHold: (holder: string, watch: number) =>
      roomOf(sql.countBeside.get(watch) ?? 1).waiting - (sql.countHeld.get(holder, watch) ?? 0),
    /** The first matches after a mark, as many as one event carries, and whether some were dropped. */
    unseen: (watch: number, afterMark: number) => ({
      matches: sql.unseen.all(watch, afterMark, MATCHES_A_MESSAGE_MAX),
      more: sql.more.get(watch) !== NO_MORE,
    }),
    /** The peer's watches that have matches to be seen. */
    waiting: (peer: string) => sql.waiting.all(peer),
    atomically,
    close: () => {
      database.close();
    },
  };
}
