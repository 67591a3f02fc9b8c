/** In order; a database's `user_version` is how many of them it has. */
export const MIGRATIONS: readonly string[] = [
  `
CREATE TABLE download (
  id TEXT PRIMARY KEY,
  added_ms INTEGER NOT NULL,
  name TEXT NOT NULL,
  sha1 TEXT NOT NULL,
  root TEXT,
  size_bytes INTEGER NOT NULL,
  folder TEXT NOT NULL,
  path TEXT NOT NULL, -- where the file will be, or is
  part_path TEXT, -- where it grows, once that exists
  outcome TEXT NOT NULL CHECK (outcome IN ('open', 'done', 'failed')),
  error_code TEXT,
  error_message TEXT
) STRICT;
CREATE UNIQUE INDEX download_by_content ON download (sha1, ifnull(root, ''), size_bytes, folder);

-- Verified against the root before it is stored.
CREATE TABLE layer (
  download TEXT PRIMARY KEY REFERENCES download ON DELETE CASCADE,
  bytes BLOB NOT NULL
) STRICT;

CREATE TABLE liar (
  download TEXT NOT NULL REFERENCES download ON DELETE CASCADE,
  key TEXT NOT NULL,
  username TEXT NOT NULL,
  PRIMARY KEY (download, key)
) STRICT, WITHOUT ROWID;
`,
  // The queue has an order, and rows that are not at work now; layers and liars may belong to a file of a folder, too.
  `
ALTER TABLE download RENAME TO download_1;
ALTER TABLE layer RENAME TO layer_1;
ALTER TABLE liar RENAME TO liar_1;
DROP INDEX download_by_content;

CREATE TABLE download (
  number INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  position INTEGER NOT NULL, -- in the queue, the least first; equal ones by number
  due_ms REAL NOT NULL DEFAULT 0, -- may be tried from then on, by a clock that begins anew with the process
  name TEXT NOT NULL,
  sha1 TEXT NOT NULL,
  root TEXT,
  size_bytes INTEGER NOT NULL,
  verified_bytes INTEGER NOT NULL DEFAULT 0, -- when it was last at work; its hashes tell whether that is still so
  folder TEXT NOT NULL,
  path TEXT NOT NULL, -- where the file will be, or is
  part_path TEXT, -- where it grows, once that exists
  outcome TEXT NOT NULL CHECK (outcome IN ('open', 'paused', 'done', 'failed')),
  error_code TEXT, -- why it failed or, while it is open, why it waits
  error_message TEXT
) STRICT;
CREATE TABLE layer (download TEXT PRIMARY KEY, bytes BLOB NOT NULL) STRICT;
CREATE TABLE liar (
  download TEXT NOT NULL,
  key TEXT NOT NULL,
  username TEXT NOT NULL,
  PRIMARY KEY (download, key)
) STRICT, WITHOUT ROWID;

INSERT INTO download
  SELECT row_number() OVER queue, id, row_number() OVER queue * 1048576, 0, name, sha1, root, size_bytes,
    CASE outcome WHEN 'done' THEN size_bytes ELSE 0 END, folder, path, part_path, outcome, error_code, error_message
  FROM download_1 WINDOW queue AS (ORDER BY added_ms, rowid);
INSERT INTO layer SELECT download, bytes FROM layer_1;
INSERT INTO liar SELECT download, key, username FROM liar_1;
DROP TABLE layer_1;
DROP TABLE liar_1;
DROP TABLE download_1;

CREATE UNIQUE INDEX download_by_content ON download (sha1, ifnull(root, ''), size_bytes, folder);
CREATE INDEX download_by_position ON download (position, number);
CREATE INDEX download_by_outcome ON download (outcome, position, number);
CREATE INDEX download_by_due ON download (due_ms, position, number) WHERE outcome = 'open';
`,
  // Folders: one download each, with its files as a list of its own.
  `
ALTER TABLE download ADD COLUMN is_folder INTEGER NOT NULL DEFAULT 0;
DROP INDEX download_by_content;
CREATE UNIQUE INDEX download_by_content ON download (sha1, ifnull(root, ''), size_bytes, folder) WHERE NOT is_folder;

CREATE TABLE folder (
  number INTEGER PRIMARY KEY REFERENCES download ON DELETE CASCADE,
  origin TEXT NOT NULL, -- what was asked for, as JSON
  listed_to TEXT, -- the cursor of the page that comes next
  is_listed INTEGER NOT NULL DEFAULT 0,
  files INTEGER NOT NULL DEFAULT 0,
  files_done INTEGER NOT NULL DEFAULT 0,
  files_failed INTEGER NOT NULL DEFAULT 0
) STRICT;

CREATE TABLE folder_file (
  folder INTEGER NOT NULL REFERENCES folder ON DELETE CASCADE,
  number INTEGER NOT NULL,
  path TEXT NOT NULL, -- below the target, "/"-separated
  placed TEXT, -- where the file is below the target, if not there
  part_path TEXT,
  sha1 TEXT NOT NULL,
  root TEXT,
  size_bytes INTEGER NOT NULL,
  state INTEGER NOT NULL DEFAULT 0, -- 0 missing, 1 there, 2 there and flushed to the disk, 3 failed
  error_code TEXT,
  error_message TEXT,
  PRIMARY KEY (folder, number)
) STRICT, WITHOUT ROWID;
CREATE INDEX folder_file_by_state ON folder_file (folder, state, number);
`,
  // What was fetched is found by its content; many may have one SHA-1, and none of them is looked at for another.
  `
CREATE INDEX folder_file_by_content ON folder_file (sha1, root, size_bytes, state, folder, number);
`,
];
