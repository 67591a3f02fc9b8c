/** In order; a database's `user_version` is how many of them it has. */
export const MIGRATIONS: readonly string[] = [
  `
CREATE TABLE watch (
  key INTEGER PRIMARY KEY AUTOINCREMENT,
  peer TEXT NOT NULL,
  query TEXT NOT NULL,
  -- Rows of "told", and whether some were dropped that the peer did not see.
  told INTEGER NOT NULL DEFAULT 0,
  more INTEGER NOT NULL DEFAULT 0,
  UNIQUE (peer, query)
) STRICT;

-- The contents that a watch was told of. The line is there until the peer has seen it.
CREATE TABLE told (
  mark INTEGER PRIMARY KEY AUTOINCREMENT,
  watch INTEGER NOT NULL REFERENCES watch ON DELETE CASCADE,
  content BLOB NOT NULL,
  holder TEXT,
  username TEXT,
  line TEXT,
  UNIQUE (watch, content)
) STRICT;
CREATE INDEX told_in_order ON told (watch, mark);
CREATE INDEX told_unseen ON told (watch, mark) WHERE line IS NOT NULL;

-- Matches in parts of a list that has not taken effect.
CREATE TABLE held (
  holder TEXT NOT NULL,
  token TEXT NOT NULL,
  watch INTEGER NOT NULL REFERENCES watch ON DELETE CASCADE,
  content BLOB NOT NULL,
  username TEXT NOT NULL,
  line TEXT NOT NULL,
  UNIQUE (holder, watch, content)
) STRICT;
CREATE INDEX held_watch ON held (watch);
`,
  `
-- Which revision of each publisher's list was compared with the watches last, and how many parts of one that is being sent.
CREATE TABLE compared (
  publisher TEXT PRIMARY KEY,
  revision TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE staged (
  publisher TEXT PRIMARY KEY,
  token TEXT NOT NULL,
  parts INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Whether there was more when it was left than it remembers: then nobody knows which of what is there appeared since.
ALTER TABLE watch ADD COLUMN overfull INTEGER NOT NULL DEFAULT 0;
`,
];
