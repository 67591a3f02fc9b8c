import type Database from 'better-sqlite3';
import type { FileStamp } from '../hashing/file-stamp.ts';
import type { FileHash } from '../hashing/hash-pool.ts';
import { HASH_BYTES } from '../../../domain/merkle.ts';
import { FILE_STATE, TO_HASH, type FileState } from './schema.ts';

export type FileToHash = {
  readonly id: number;
  readonly path: string;
  /** Its place below the share's folder, only where that is not what `path` says. */
  readonly disk: string | null;
  readonly stamp: FileStamp;
  /** Unix ms. */
  readonly dueMs: number;
  /** How often it was tried already. */
  readonly attempts: number;
};

export type HashedFile = { readonly file: FileToHash; readonly hash: FileHash };

/** The hash queue's view of the database. */
export type FilesToHash = {
  /** The first that are to be hashed: those that are due first, and of these those that were found first. */
  readonly next: (limit: number) => FileToHash[];
  /**
   * Stores hashes, in one transaction. Returns those that were stored: the others' files are not the ones any more that were to
   * be hashed.
   */
  readonly complete: (hashed: readonly HashedFile[], nowMs: number) => HashedFile[];
  readonly postpone: (file: FileToHash, dueMs: number) => void;
  /** How many files have not been tried yet. */
  readonly waitingCount: () => number;
  /** Whether a file with at most this id has not been tried yet. */
  readonly isWaiting: (idMax: number) => boolean;
};

export function createFilesToHash(database: Database.Database): FilesToHash {
  const postpone = database.prepare<[number, number]>(
    `UPDATE file SET state = ${FILE_STATE.postponed}, due_ms = ?, attempts = attempts + 1 WHERE id = ? AND ${TO_HASH}`,
  );
  const waitingCount = database
    .prepare<[], number>(`SELECT ifnull(sum(files), 0) FROM tally WHERE state = ${FILE_STATE.waiting}`)
    .pluck();
  const isWaiting = database
    .prepare<[number], 0 | 1>(
      `SELECT EXISTS (SELECT 1 FROM file INDEXED BY file_to_hash WHERE ${TO_HASH} AND state = ${FILE_STATE.waiting} AND id <= ?)`,
    )
    .pluck();
  return {
    next: prepareNext(database),
    complete: prepareComplete(database),
    postpone: (file, dueMs) => void postpone.run(Math.ceil(dueMs), file.id),
    waitingCount: () => waitingCount.get() ?? 0,
    isWaiting: (idMax) => isWaiting.get(idMax) === 1,
  };
}

type RowToHash = {
  readonly id: bigint;
  readonly path: string;
  readonly disk: string | null;
  readonly sizeBytes: bigint;
  readonly mtimeNs: bigint;
  readonly inode: bigint;
  readonly dueMs: bigint;
  readonly attempts: bigint;
};

function prepareNext(database: Database.Database): FilesToHash['next'] {
  const select = database
    .prepare<[number], RowToHash>(
      `SELECT id, path, disk, size_bytes AS sizeBytes, mtime_ns AS mtimeNs, inode, due_ms AS dueMs, attempts
        FROM file WHERE ${TO_HASH} ORDER BY due_ms, id LIMIT ?`,
    )
    .safeIntegers();
  return (limit) =>
    select.all(limit).map((row) => ({
      id: Number(row.id),
      path: row.path,
      disk: row.disk,
      stamp: { sizeBytes: Number(row.sizeBytes), mtimeNs: row.mtimeNs, inode: BigInt.asUintN(64, row.inode) },
      dueMs: Number(row.dueMs),
      attempts: Number(row.attempts),
    }));
}

function prepareComplete(database: Database.Database): FilesToHash['complete'] {
  const state = database.prepare<[number, string], FileState>(
    `SELECT 1 FROM file WHERE id = ? AND path = ? AND ${TO_HASH}`,
  );
  const addContent = database
    .prepare<[Buffer, Buffer], number>(
      `INSERT INTO content (sha1, root) VALUES (?, ?) ON CONFLICT DO UPDATE SET sha1 = excluded.sha1 RETURNING id`,
    )
    .pluck();
  const addLayer = database.prepare<[number, Uint8Array]>(
    'INSERT INTO layer (content, bytes) VALUES (?, ?) ON CONFLICT DO NOTHING',
  );
  const update = database.prepare<[number, number, number]>(
    `UPDATE file SET state = ${FILE_STATE.current}, content = ?, good_ms = ?, attempts = 0 WHERE id = ?`,
  );
  const completeOne = ({ file, hash }: HashedFile, nowMs: number): boolean => {
    if (state.get(file.id, file.path) === undefined) return false;
    const content = addContent.get(Buffer.from(hash.sha1, 'hex'), Buffer.from(hash.root ?? '', 'hex'));
    if (content === undefined) return false;
    if (hash.layer.length > HASH_BYTES) addLayer.run(content, hash.layer);
    update.run(content, nowMs, file.id);
    return true;
  };
  return database.transaction((hashed: readonly HashedFile[], nowMs: number) =>
    hashed.filter((one) => completeOne(one, nowMs)),
  );
}
