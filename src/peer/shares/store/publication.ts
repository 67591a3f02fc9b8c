import type Database from 'better-sqlite3';
import type { Entry } from '../../../domain/entry.ts';
import type { PendingChange, PendingUpload, Publication } from '../../link/published-list.ts';
import { FILE_STATE } from './schema.ts';

const PAGE_CHANGES = 500;
const TRIM_CHANGES_MAX = 500;

type Published = { readonly revision: string; readonly position: number };

/** What the server is known to have. Triggers note every change of the list. */
export function createPublication(database: Database.Database): Publication {
  const published = database.prepare<[], Published>('SELECT revision, position FROM publication');
  const advance = database.prepare<[string, number]>(
    'INSERT OR REPLACE INTO publication (key, revision, position) VALUES (1, ?, ?)',
  );
  // Not that of the newest row: those that the server has are gone.
  const position = database.prepare<[], number>(`SELECT seq FROM sqlite_sequence WHERE name = 'change'`).pluck();
  const trim = database.prepare<[number]>(
    `DELETE FROM change WHERE position IN
      (SELECT position FROM change WHERE position <= ? ORDER BY position LIMIT ${TRIM_CHANGES_MAX})`,
  );
  const uploads = prepareUploads(database);
  const publishedPosition = (): number => published.get()?.position ?? 0;
  const lastPosition = (): number => position.get() ?? 0;
  return {
    revision: () => published.get()?.revision,
    publishedPosition,
    position: lastPosition,
    changes: prepareChanges(database),
    advance: (revision, upTo) => void advance.run(revision, upTo),
    trim: () => trim.run(publishedPosition()).changes === TRIM_CHANGES_MAX,
    upload: uploads.find,
    beginUpload: database.transaction((token: string) => uploads.begin({ token, position: lastPosition() })),
    notePart: uploads.notePart,
    lastPathOf: uploads.lastPathOf,
    endUpload: database.transaction((upload: PendingUpload, revision: string) => {
      advance.run(revision, upload.position);
      uploads.drop();
    }),
  };
}

function prepareUploads(database: Database.Database) {
  const find = database.prepare<[], PendingUpload>('SELECT token, position FROM upload');
  const begin = database.prepare<[string, number]>('INSERT INTO upload (key, token, position) VALUES (1, ?, ?)');
  const drop = database.prepare('DELETE FROM upload');
  const notePart = database.prepare<[number, string]>(
    'INSERT OR REPLACE INTO upload_part (upload, part, last_path) VALUES (1, ?, ?)',
  );
  const lastPathOf = database.prepare<[number], string>('SELECT last_path FROM upload_part WHERE part = ?').pluck();
  return {
    find: () => find.get(),
    begin: (upload: PendingUpload): PendingUpload => {
      drop.run();
      begin.run(upload.token, upload.position);
      return upload;
    },
    notePart: (part: number, lastPath: string) => void notePart.run(part, lastPath),
    lastPathOf: (part: number) => lastPathOf.get(part),
    drop: () => void drop.run(),
  };
}

type ChangeRow = {
  readonly position: number;
  readonly path: string;
  readonly sizeBytes: number | null;
  readonly sha1: string;
  readonly root: string;
};

/** Page by page, because an open cursor would forbid every other statement until it is closed. */
function prepareChanges(database: Database.Database): Publication['changes'] {
  const page = database.prepare<[number, number], ChangeRow>(
    `SELECT change.position, change.path, file.size_bytes AS sizeBytes,
        lower(hex(content.sha1)) AS sha1, lower(hex(content.root)) AS root
      FROM change LEFT JOIN file ON file.path = change.path AND file.state = ${FILE_STATE.current}
      LEFT JOIN content ON content.id = file.content
      WHERE change.position > ? AND change.position <= ? ORDER BY change.position LIMIT ${PAGE_CHANGES}`,
  );
  return function* changes(after, upTo) {
    let rows = page.all(after, upTo);
    while (rows.length > 0) {
      yield* rows.map(toChange);
      rows = page.all(rows.at(-1)?.position ?? upTo, upTo);
    }
  };
}

function toChange({ position, path, sizeBytes, sha1, root }: ChangeRow): PendingChange {
  if (sizeBytes === null) return { position, change: { remove: path } };
  const entry: Entry = { path, sizeBytes, sha1 };
  return { position, change: { add: root === '' ? entry : { ...entry, root } } };
}
