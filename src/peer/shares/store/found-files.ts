import type Database from 'better-sqlite3';
import type { FileStamp } from '../hashing/file-stamp.ts';
import { FILE_STATE, PRESENT, PRESENT_STATES, type FileState } from './schema.ts';

/** A file as the scanner found it. */
export type FoundFile = {
  /** As it is published: `label/path/in/share.ext`. */
  readonly path: string;
  /** Its place below the share's folder, only where that is not what `path` says. */
  readonly disk?: string | undefined;
  readonly stamp: FileStamp;
  /** From when on it may be hashed, Unix ms; 0 for at once. */
  readonly dueMs: number;
};

/** A part of the tree: one file, or all that is below a folder. */
export type PathRange = { readonly from: string; readonly to: string };

export type KnownChild = { readonly path: string; readonly isFolder: boolean };

/** The scanner's view of the database: what was found and what is gone. */
export type FoundFiles = {
  /** The id of the row written last: what is found from now on has greater ones. */
  readonly lastId: () => number;
  /** Takes files as they are on disk now, in one transaction. Returns whether the published list changed. */
  readonly note: (files: readonly FoundFile[]) => boolean;
  /** Files that are known directly in a folder, and the folders there that known files are below of, in order. */
  readonly childrenOf: (folder: string, idMax: number) => Generator<KnownChild>;
  /**
   * Takes out at most `MARK_FILES_MAX` files of a range that are known since `idMax` or before, but keeps what is known
   * of them. `isMore`: call it again.
   */
  readonly markMissing: (range: PathRange, idMax: number, nowMs: number) => { listChanged: boolean; isMore: boolean };
};

export const MARK_FILES_MAX = 500;

export function fileRange(path: string): PathRange {
  return { from: path, to: `${path}\0` };
}

/** Everything below a folder: `/` and `0` are neighbours in ASCII, and so in the order of paths. */
export function rangeBelow(folder: string): PathRange {
  return { from: `${folder}/`, to: `${folder}0` };
}

export function createFoundFiles(database: Database.Database): FoundFiles {
  const noteOne = prepareNote(database);
  const { lastId, firstIn } = prepareReads(database);

  function* childrenOf(folder: string, idMax: number): Generator<KnownChild> {
    const { from, to } = rangeBelow(folder);
    for (let next = firstIn.get({ from, to, idMax }); typeof next === 'string';) {
      const slash = next.indexOf('/', from.length);
      const path = slash === -1 ? next : next.slice(0, slash);
      yield { path, isFolder: slash !== -1 };
      const { to: behind } = slash === -1 ? fileRange(path) : rangeBelow(path);
      next = firstIn.get({ from: behind, to, idMax });
    }
  }

  return {
    lastId: () => lastId.get() ?? 0,
    note: database.transaction((files: readonly FoundFile[]) => {
      let listChanged = false;
      for (const file of files) listChanged = noteOne(file) || listChanged;
      return listChanged;
    }),
    childrenOf,
    markMissing: prepareMarkMissing(database),
  };
}

function prepareReads(database: Database.Database) {
  return {
    lastId: database.prepare<[], number>('SELECT max(id) FROM file').pluck(),
    firstIn: database
      .prepare<{ from: string; to: string; idMax: number }, string | null>(
        `SELECT min(path) FROM (${PRESENT_STATES.map(firstInState).join(' UNION ALL ')})`,
      )
      .pluck(),
  };
}

/** State by state: an index finds the first path of each, and passes over nothing. */
function firstInState(state: FileState): string {
  return `SELECT * FROM (SELECT path FROM file INDEXED BY file_present
    WHERE ${PRESENT} AND state = ${state} AND path >= @from AND path < @to AND id <= @idMax ORDER BY path LIMIT 1)`;
}

type KnownRow = {
  readonly state: FileState;
  readonly isSame: 0 | 1;
  readonly dueMs: number;
  readonly attempts: number;
};

/** Takes one file; returns whether the published list changed. */
function prepareNote(database: Database.Database): (file: FoundFile) => boolean {
  const known = database.prepare<[number, bigint, bigint, string | null, string], KnownRow>(
    `SELECT state, size_bytes = ? AND mtime_ns = ? AND inode = ? AND disk IS ? AS isSame, due_ms AS dueMs, attempts
      FROM file WHERE path = ?`,
  );
  const hashed = database.prepare<[bigint, number, bigint], Hashed>(
    `SELECT content, good_ms AS goodMs FROM file
      WHERE inode = ? AND size_bytes = ? AND mtime_ns = ? AND content IS NOT NULL LIMIT 1`,
  );
  const damages = prepareKnownDamages(database);
  const write = prepareWrite(database);

  return (file) => {
    const { sizeBytes, mtimeNs } = file.stamp;
    const inode = BigInt.asIntN(64, file.stamp.inode);
    const row = known.get(sizeBytes, mtimeNs, inode, file.disk ?? null, file.path);
    if (row?.isSame === 1 && row.state !== FILE_STATE.missing) return false;
    // A file system that knows no inodes can't tell a file that was moved from another.
    const bytes = inode === 0n ? undefined : hashed.get(inode, sizeBytes, mtimeNs);
    const damage = bytes && damages.find(inode, sizeBytes, mtimeNs);
    write(file, bytes && { ...bytes, isDamaged: damage !== undefined }, row);
    if (damage) damages.keep(file.path, damage);
    return bytes !== undefined || row?.state === FILE_STATE.current;
  };
}

/** What is known of a file's bytes. */
type Hashed = { readonly content: number; readonly goodMs: number | null };

type DamageRow = {
  readonly sizeBytes: bigint;
  readonly mtimeNs: bigint;
  readonly inode: bigint;
  readonly rightPieces: Buffer;
  readonly foundMs: bigint;
};

/** A damaged file that is moved stays damaged. */
function prepareKnownDamages(database: Database.Database) {
  const find = database
    .prepare<[bigint, number, bigint], DamageRow>(
      `SELECT size_bytes AS sizeBytes, mtime_ns AS mtimeNs, inode, right_pieces AS rightPieces, found_ms AS foundMs
        FROM damage WHERE inode = ? AND size_bytes = ? AND mtime_ns = ? LIMIT 1`,
    )
    .safeIntegers();
  const keep = database.prepare<[DamageRow & { readonly path: string }]>(
    `INSERT OR REPLACE INTO damage (path, size_bytes, mtime_ns, inode, right_pieces, found_ms)
      VALUES (@path, @sizeBytes, @mtimeNs, @inode, @rightPieces, @foundMs)`,
  );
  return {
    find: (inode: bigint, sizeBytes: number, mtimeNs: bigint) => find.get(inode, sizeBytes, mtimeNs),
    keep: (path: string, damage: DamageRow) => void keep.run({ path, ...damage }),
  };
}

/**
 * Writes a file that is new or changed. With a hash (its own from before it was missing, or that of the name it had, or
 * has also) it is current, or as damaged as it was. A file that changed again before it was hashed is postponed: it
 * keeps its attempts and does not become due earlier, so that one that never rests costs ever less.
 */
function prepareWrite(database: Database.Database) {
  const write = database.prepare<
    [string, string | null, number, bigint, bigint, FileState, number | null, number | null, number, number]
  >(
    `INSERT INTO file (path, disk, size_bytes, mtime_ns, inode, state, content, good_ms, due_ms, attempts)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
      ON CONFLICT (path) DO UPDATE SET id = (SELECT max(id) + 1 FROM file), disk = excluded.disk,
        size_bytes = excluded.size_bytes, mtime_ns = excluded.mtime_ns, inode = excluded.inode, state = excluded.state,
        content = excluded.content, good_ms = excluded.good_ms, due_ms = excluded.due_ms, attempts = excluded.attempts,
        missing_since_ms = NULL`,
  );
  return (file: FoundFile, bytes: KnownBytes | undefined, row: KnownRow | undefined): void => {
    const { sizeBytes, mtimeNs, inode } = file.stamp;
    const wasToHash = row?.state === FILE_STATE.waiting || row?.state === FILE_STATE.postponed;
    const stateToHash = wasToHash ? FILE_STATE.postponed : FILE_STATE.waiting;
    const state = bytes ? stateOfBytes(bytes) : stateToHash;
    const dueMs = wasToHash ? Math.max(row.dueMs, file.dueMs) : file.dueMs;
    const attempts = wasToHash ? row.attempts : 0;
    const inode64 = BigInt.asIntN(64, inode);
    const { content = null, goodMs = null } = bytes ?? {};
    write.run(file.path, file.disk ?? null, sizeBytes, mtimeNs, inode64, state, content, goodMs, dueMs, attempts);
  };
}

type KnownBytes = Hashed & { readonly isDamaged: boolean };

function stateOfBytes({ isDamaged }: KnownBytes): FileState {
  return isDamaged ? FILE_STATE.damaged : FILE_STATE.current;
}

function prepareMarkMissing(database: Database.Database): FoundFiles['markMissing'] {
  const select = database.prepare<[string, string, number], { readonly id: number; readonly state: FileState }>(
    `SELECT id, state FROM file INDEXED BY file_present
      WHERE ${PRESENT} AND state IN (${PRESENT_STATES.join(', ')}) AND path >= ? AND path < ? AND id <= ? LIMIT ${MARK_FILES_MAX}`,
  );
  const mark = database.prepare<[number, number]>(
    `UPDATE file SET state = ${FILE_STATE.missing}, missing_since_ms = ? WHERE id = ?`,
  );
  return database.transaction(({ from, to }: PathRange, idMax: number, nowMs: number) => {
    const rows = select.all(from, to, idMax);
    for (const row of rows) mark.run(nowMs, row.id);
    const listChanged = rows.some((row) => row.state === FILE_STATE.current);
    return { listChanged, isMore: rows.length === MARK_FILES_MAX };
  });
}
