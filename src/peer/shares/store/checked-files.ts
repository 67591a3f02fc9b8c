import type Database from 'better-sqlite3';
import { FILE_COLUMNS, storedFile, type FileRow, type StoredFile } from './file-row.ts';
import type { PathRange } from './found-files.ts';
import { FILE_STATE } from './schema.ts';

/** A file whose bytes are known by their hashes, as it is verified. */
export type CheckedFile = StoredFile & {
  /** Unix ms: when its bytes last had its hash; absent where that is not known. */
  readonly goodMs?: number;
  readonly isDamaged: boolean;
};

/** What is damaged, and which of its pieces are right: a bitfield. */
export type StoredDamage = CheckedFile & { readonly rightPieces: Uint8Array; readonly foundMs: number };

/** Since a verification began. What was seen later than now, under a clock that was ahead, was not seen. */
export type Meanwhile = { readonly beganMs: number; readonly nowMs: number };

export type FileCount = { readonly files: number; readonly bytes: number };

/** The database as it is seen by who verifies and repairs. Times are Unix ms. */
export type CheckedFiles = {
  /** Whether a range has any file that is current or damaged. */
  readonly hasAny: (range: PathRange) => boolean;
  /** Files of a range, that are damaged, or current and were not seen to be good meanwhile, in order of path: the first ones. */
  readonly next: (range: PathRange, meanwhile: Meanwhile) => CheckedFile[];
  /** How many files of a range are current or damaged, and their bytes. */
  readonly count: (range: PathRange) => FileCount;
  /** The file has its hash. Returns whether the published list changed: it was damaged. */
  readonly markGood: (file: CheckedFile, nowMs: number) => boolean;
  /** The file has it not, though it has its stamp. Returns whether the published list changed. */
  readonly markDamaged: (file: CheckedFile, rightPieces: Uint8Array, nowMs: number) => boolean;
  /** What is damaged and there, in a range behind a path, in order of path. */
  readonly damages: (range: PathRange, after: string, limit: number) => StoredDamage[];
  /** When the verification of a scope began: now, unless one that is not over began at `oldestMs` or since. */
  readonly begin: (scope: string, oldestMs: number, nowMs: number) => number;
  /** It is over, unless another one began meanwhile. */
  readonly finish: (scope: string, beganMs: number) => void;
};

const PAGE_FILES = 64;

const COLUMNS = `${FILE_COLUMNS}, file.good_ms AS goodMs, file.state`;

type CheckedRow = FileRow & { readonly goodMs: bigint | null; readonly state: bigint };

type DamagedRow = CheckedRow & { readonly rightPieces: Buffer; readonly foundMs: bigint };

/** The stamp under which a file was read, as the database has it. */
const IS_SAME = 'path = @path AND size_bytes = @sizeBytes AND mtime_ns = @mtimeNs AND inode = @inode';

/** As a condition: its bytes are known by their hashes. */
const IS_HASHED = `state IN (${FILE_STATE.current}, ${FILE_STATE.damaged})`;

/** As a condition: it was not seen to be good meanwhile, or was seen to be damaged after that. */
const IS_DUE = `(state = ${FILE_STATE.damaged} OR ifnull(good_ms, 0) NOT BETWEEN @beganMs + 1 AND @nowMs)`;

type Stamped = { readonly path: string; readonly sizeBytes: number; readonly mtimeNs: bigint; readonly inode: bigint };

export function createCheckedFiles(database: Database.Database): CheckedFiles {
  return { ...prepareReads(database), ...prepareMarks(database), ...prepareRuns(database) };
}

function prepareReads(database: Database.Database): Pick<CheckedFiles, 'hasAny' | 'next' | 'count' | 'damages'> {
  const any = database
    .prepare<[PathRange], 1>(`SELECT 1 FROM file WHERE path >= @from AND path < @to AND ${IS_HASHED} LIMIT 1`)
    .pluck();
  // State by state, since an index has them so.
  const inState = (state: number): string => `SELECT * FROM (SELECT ${COLUMNS}
    FROM file INDEXED BY file_present JOIN content ON content.id = file.content
    WHERE state <> ${FILE_STATE.missing} AND file.state = ${state} AND file.path >= @from
      AND file.path < @to AND ${IS_DUE} ORDER BY file.path LIMIT ${PAGE_FILES})`;
  const next = database
    .prepare<[PathRange & Meanwhile], CheckedRow>(
      `${inState(FILE_STATE.current)} UNION ALL ${inState(FILE_STATE.damaged)} ORDER BY 1 LIMIT ${PAGE_FILES}`,
    )
    .safeIntegers();
  const count = database.prepare<[PathRange], FileCount>(
    `SELECT count(*) AS files, ifnull(sum(size_bytes), 0) AS bytes FROM file
      WHERE path >= @from AND path < @to AND ${IS_HASHED}`,
  );
  const damages = database
    .prepare<[PathRange & { after: string; limit: number }], DamagedRow>(
      `SELECT ${COLUMNS}, damage.right_pieces AS rightPieces, damage.found_ms AS foundMs
        FROM damage JOIN file ON file.path = damage.path AND file.state = ${FILE_STATE.damaged}
        JOIN content ON content.id = file.content
        WHERE damage.path > @after AND damage.path >= @from AND damage.path < @to ORDER BY damage.path LIMIT @limit`,
    )
    .safeIntegers();
  return {
    hasAny: (range) => any.get(range) !== undefined,
    next: (range, meanwhile) => next.all({ ...range, ...meanwhile }).map(fromRow),
    count: (range) => count.get(range) ?? { files: 0, bytes: 0 },
    damages: (range, after, limit) =>
      damages.all({ ...range, after, limit }).map((row) => ({
        ...fromRow(row),
        rightPieces: Uint8Array.from(row.rightPieces),
        foundMs: Number(row.foundMs),
      })),
  };
}

function fromRow(row: CheckedRow): CheckedFile {
  return {
    ...storedFile(row),
    ...(row.goodMs !== null && { goodMs: Number(row.goodMs) }),
    isDamaged: Number(row.state) === FILE_STATE.damaged,
  };
}

function prepareMarks(database: Database.Database): Pick<CheckedFiles, 'markGood' | 'markDamaged'> {
  const good = database.prepare<[Stamped & { nowMs: number }]>(
    `UPDATE file SET state = ${FILE_STATE.current}, good_ms = @nowMs
      WHERE ${IS_SAME} AND ${IS_HASHED}`,
  );
  const forget = database.prepare<[string]>('DELETE FROM damage WHERE path = ?');
  const damaged = database.prepare<[Stamped]>(
    `UPDATE file SET state = ${FILE_STATE.damaged}
      WHERE ${IS_SAME} AND ${IS_HASHED}`,
  );
  const note = database.prepare<[Stamped & { rightPieces: Uint8Array; nowMs: number }]>(
    `INSERT INTO damage (path, size_bytes, mtime_ns, inode, right_pieces, found_ms)
      VALUES (@path, @sizeBytes, @mtimeNs, @inode, @rightPieces, @nowMs)
      ON CONFLICT DO UPDATE SET right_pieces = excluded.right_pieces`,
  );
  return {
    markGood: database.transaction((file: CheckedFile, nowMs: number) => {
      if (good.run({ ...stampedOf(file), nowMs }).changes === 0) return false;
      // Another run may have found it damaged since this one looked.
      return forget.run(file.path).changes > 0;
    }),
    markDamaged: database.transaction((file: CheckedFile, rightPieces: Uint8Array, nowMs: number) => {
      const stamped = stampedOf(file);
      if (damaged.run(stamped).changes === 0) return false;
      note.run({ ...stamped, rightPieces, nowMs });
      return !file.isDamaged;
    }),
  };
}

function stampedOf({ path, sizeBytes, mtimeNs, inode }: CheckedFile): Stamped {
  return { path, sizeBytes, mtimeNs, inode: BigInt.asIntN(64, inode) };
}

function prepareRuns(database: Database.Database): Pick<CheckedFiles, 'begin' | 'finish'> {
  const begin = database
    .prepare<[{ readonly scope: string; readonly oldestMs: number; readonly nowMs: number }], number>(
      `INSERT INTO verification VALUES (@scope, @nowMs) ON CONFLICT DO UPDATE
        SET began_ms = iif(began_ms BETWEEN @oldestMs AND @nowMs, began_ms, @nowMs) RETURNING began_ms`,
    )
    .pluck();
  const finish = database.prepare<[string, number]>('DELETE FROM verification WHERE scope = ? AND began_ms = ?');
  return {
    begin: (scope, oldestMs, nowMs) => begin.get({ scope, oldestMs, nowMs }) ?? nowMs,
    finish: (scope, beganMs) => void finish.run(scope, beganMs),
  };
}
