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
];
