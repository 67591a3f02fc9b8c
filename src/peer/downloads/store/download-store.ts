import type Database from 'better-sqlite3';
import { isErrorCode, SwapmeetError } from '../../../domain/errors.ts';
import { openDatabase } from '../../../storage/database.ts';
import { diskFailure } from '../../../storage/disk-failure.ts';
import { MIGRATIONS } from './schema.ts';

export type Outcome = { readonly kind: 'open' | 'done' } | { readonly kind: 'failed'; readonly error: SwapmeetError };

/** A download as it is kept. */
export type StoredDownload = {
  readonly id: string;
  readonly name: string;
  readonly sha1: string;
  readonly root?: string | undefined;
  readonly sizeBytes: number;
  /** Absolute. */
  readonly folder: string;
  readonly path: string;
  readonly partPath?: string | undefined;
  readonly outcome: Outcome;
};

/** A source that sent wrong bytes. */
export type Liar = { readonly key: string; readonly username: string };

/**
 * The queue on disk: when a call returns, what it stored survives kill -9 and a power cut. Used on the main thread, since a
 * download has some ten statements in its whole life. Every call throws SwapmeetError `disk-full` or `disk-error`.
 */
export type DownloadStore = {
  /** In the order in which they were added. */
  all(): StoredDownload[];
  add(download: StoredDownload, nowMs: number): void;
  setPaths(id: string, paths: Pick<StoredDownload, 'path' | 'partPath'>): void;
  setOutcome(id: string, outcome: Outcome): void;
  layer(id: string): Uint8Array | undefined;
  setLayer(id: string, layer: Uint8Array): void;
  liars(id: string): Liar[];
  addLiar(id: string, liar: Liar): void;
  /** A person starts it again: everybody gets another chance. */
  clearLiars(id: string): void;
  close(): void;
};

type Row = {
  readonly id: string;
  readonly name: string;
  readonly sha1: string;
  readonly root: string | null;
  readonly sizeBytes: number;
  readonly folder: string;
  readonly path: string;
  readonly partPath: string | null;
  readonly outcome: Outcome['kind'];
  readonly errorCode: string | null;
  readonly errorMessage: string | null;
};

/** @throws SwapmeetError `disk-error` where the file is broken or of a newer version, `disk-full` */
export function openDownloadStore(file: string): DownloadStore {
  const database = guarded(file, () => openDatabase(file, { migrations: MIGRATIONS, synchronous: 'FULL' }));
  const statements = prepare(database);
  const run = <T>(work: () => T): T => guarded(file, work);
  return {
    all: () => run(() => statements.all.all().map(fromRow)),
    add: (download, nowMs) => void run(() => statements.add.run({ ...toRow(download), nowMs })),
    setPaths: (id, { path, partPath }) => void run(() => statements.setPaths.run(path, partPath ?? null, id)),
    setOutcome: (id, outcome) => void run(() => statements.setOutcome.run({ id, ...outcomeColumns(outcome) })),
    layer: (id) => run(() => statements.layer.get(id)),
    setLayer: (id, layer) => void run(() => statements.setLayer.run(id, layer)),
    liars: (id) => run(() => statements.liars.all(id)),
    addLiar: (id, { key, username }) => void run(() => statements.addLiar.run(id, key, username)),
    clearLiars: (id) => void run(() => statements.clearLiars.run(id)),
    close: () => {
      database.close();
    },
  };
}

function guarded<T>(file: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw diskFailure(error, file);
  }
}

function prepare(database: Database.Database) {
  return {
    all: database.prepare<[], Row>(
      `SELECT id, name, sha1, root, size_bytes AS sizeBytes, folder, path, part_path AS partPath, outcome,
        error_code AS errorCode, error_message AS errorMessage FROM download ORDER BY added_ms, rowid`,
    ),
    add: database.prepare<[Row & { nowMs: number }]>(
      `INSERT INTO download VALUES (@id, @nowMs, @name, @sha1, @root, @sizeBytes, @folder, @path, @partPath,
        @outcome, @errorCode, @errorMessage)`,
    ),
    setPaths: database.prepare<[string, string | null, string]>(
      'UPDATE download SET path = ?, part_path = ? WHERE id = ?',
    ),
    setOutcome: database.prepare<[Pick<Row, 'id' | 'outcome' | 'errorCode' | 'errorMessage'>]>(
      `UPDATE download SET outcome = @outcome, error_code = @errorCode, error_message = @errorMessage WHERE id = @id`,
    ),
    layer: database.prepare<[string], Buffer>('SELECT bytes FROM layer WHERE download = ?').pluck(),
    setLayer: database.prepare<[string, Uint8Array]>('INSERT OR REPLACE INTO layer VALUES (?, ?)'),
    liars: database.prepare<[string], Liar>('SELECT key, username FROM liar WHERE download = ? ORDER BY username'),
    addLiar: database.prepare<[string, string, string]>('INSERT OR IGNORE INTO liar VALUES (?, ?, ?)'),
    clearLiars: database.prepare<[string]>('DELETE FROM liar WHERE download = ?'),
  };
}

function fromRow({ root, partPath, outcome, errorCode, errorMessage, ...row }: Row): StoredDownload {
  return {
    ...row,
    root: root ?? undefined,
    partPath: partPath ?? undefined,
    outcome: outcome === 'failed' ? { kind: outcome, error: errorOf(errorCode, errorMessage) } : { kind: outcome },
  };
}

function errorOf(code: string | null, message: string | null): SwapmeetError {
  return new SwapmeetError(code !== null && isErrorCode(code) ? code : 'internal', message ?? '');
}

function toRow({ outcome, root, partPath, ...download }: StoredDownload): Row {
  return { ...download, root: root ?? null, partPath: partPath ?? null, ...outcomeColumns(outcome) };
}

function outcomeColumns(outcome: Outcome): Pick<Row, 'outcome' | 'errorCode' | 'errorMessage'> {
  const error = outcome.kind === 'failed' ? outcome.error : undefined;
  return { outcome: outcome.kind, errorCode: error?.code ?? null, errorMessage: error?.message ?? null };
}
