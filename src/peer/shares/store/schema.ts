/**
 * Where a file stands. `current`: its hash is that of the bytes on disk, it is published. `waiting`: found, not hashed
 * yet. `postponed`: tried, or still being written; tried again when it is due. `missing`: not there now; what is known
 * of it is kept, so that nothing is hashed anew when it comes back, here or under another name. `damaged`: its stamp is
 * that of the bytes that were hashed, but the bytes are others.
 */
export const FILE_STATE = { current: 0, waiting: 1, postponed: 2, missing: 3, damaged: 4 } as const;

export type FileState = (typeof FILE_STATE)[keyof typeof FILE_STATE];

/** As a condition, word for word that of the index `file_present`. */
export const PRESENT = `state <> ${FILE_STATE.missing}`;

/** The states that it allows. */
export const PRESENT_STATES = [
  FILE_STATE.current,
  FILE_STATE.waiting,
  FILE_STATE.postponed,
  FILE_STATE.damaged,
] as const;

/** As a condition, word for word that of the index `file_to_hash`: only then SQLite uses that index. */
export const TO_HASH = `state IN (${FILE_STATE.waiting}, ${FILE_STATE.postponed})`;

const LABEL = (row: string): string => `substr(${row}.path, 1, instr(${row}.path, '/') - 1)`;

const COUNT = `
  INSERT INTO tally (label, state, files, bytes) VALUES (${LABEL('NEW')}, NEW.state, 1, NEW.size_bytes)
    ON CONFLICT DO UPDATE SET files = files + 1, bytes = bytes + excluded.bytes;`;

const UNCOUNT = `
  UPDATE tally SET files = files - 1, bytes = bytes - OLD.size_bytes
    WHERE label = ${LABEL('OLD')} AND state = OLD.state;`;

const DROP_CONTENT = `
  DELETE FROM content
    WHERE id = OLD.content AND NOT EXISTS (SELECT 1 FROM file WHERE content = OLD.content);`;

/** Text compares as UTF-8 bytes, so all below `a/b` lies between `a/b/` and `a/b0`, without a gap. */
const INITIAL = `
CREATE TABLE share (
  label TEXT PRIMARY KEY,
  folder TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE content (
  id INTEGER PRIMARY KEY,
  sha1 BLOB NOT NULL,
  root BLOB NOT NULL, -- empty for an empty file
  UNIQUE (sha1, root)
) STRICT;

-- Only where there is more than one piece: the layer of one piece is the root.
CREATE TABLE layer (
  content INTEGER PRIMARY KEY REFERENCES content ON DELETE CASCADE,
  bytes BLOB NOT NULL
) STRICT;

CREATE TABLE file (
  id INTEGER PRIMARY KEY, -- grows with each time that the scanner writes the row
  path TEXT NOT NULL UNIQUE,
  disk TEXT, -- below the share's folder, where it is not what the path says
  size_bytes INTEGER NOT NULL,
  mtime_ns INTEGER NOT NULL,
  inode INTEGER NOT NULL,
  state INTEGER NOT NULL,
  content INTEGER REFERENCES content,
  due_ms INTEGER NOT NULL,
  attempts INTEGER NOT NULL,
  missing_since_ms INTEGER
) STRICT;
CREATE INDEX file_by_inode ON file (inode) WHERE content IS NOT NULL;
CREATE INDEX file_by_content ON file (content) WHERE content IS NOT NULL;
CREATE INDEX file_to_hash ON file (due_ms, id) WHERE ${TO_HASH};

CREATE TABLE tally (
  label TEXT NOT NULL,
  state INTEGER NOT NULL,
  files INTEGER NOT NULL,
  bytes INTEGER NOT NULL,
  PRIMARY KEY (label, state)
) STRICT, WITHOUT ROWID;
CREATE TRIGGER file_counted AFTER INSERT ON file BEGIN ${COUNT} END;
CREATE TRIGGER file_uncounted AFTER DELETE ON file BEGIN ${UNCOUNT} END;
CREATE TRIGGER file_recounted AFTER UPDATE OF state, size_bytes ON file
  WHEN OLD.state <> NEW.state OR OLD.size_bytes <> NEW.size_bytes BEGIN ${UNCOUNT} ${COUNT} END;

CREATE TRIGGER content_left AFTER UPDATE OF content ON file
  WHEN OLD.content IS NOT NEW.content BEGIN ${DROP_CONTENT} END;
CREATE TRIGGER content_deleted AFTER DELETE ON file BEGIN ${DROP_CONTENT} END;
`;

const NOTE_CHANGE = (path: string): string => `
  DELETE FROM change WHERE path = ${path};
  INSERT INTO change (path) VALUES (${path});`;

/** What was published, and the paths whose entries have changed since. */
const PUBLICATION = `
CREATE TABLE change (
  position INTEGER PRIMARY KEY AUTOINCREMENT,
  path TEXT NOT NULL UNIQUE
) STRICT;
CREATE TRIGGER entry_appeared AFTER INSERT ON file
  WHEN NEW.state = ${FILE_STATE.current} BEGIN ${NOTE_CHANGE('NEW.path')} END;
CREATE TRIGGER entry_disappeared AFTER DELETE ON file
  WHEN OLD.state = ${FILE_STATE.current} BEGIN ${NOTE_CHANGE('OLD.path')} END;
CREATE TRIGGER entry_changed AFTER UPDATE OF state, content, size_bytes ON file
  WHEN (OLD.state = ${FILE_STATE.current} OR NEW.state = ${FILE_STATE.current})
    AND (OLD.state <> NEW.state OR OLD.content IS NOT NEW.content OR OLD.size_bytes <> NEW.size_bytes)
  BEGIN ${NOTE_CHANGE('NEW.path')} END;

-- The server's revision of the list that has all changes up to the position; one row or none.
CREATE TABLE publication (
  key INTEGER PRIMARY KEY CHECK (key = 1),
  revision TEXT NOT NULL,
  position INTEGER NOT NULL
) STRICT;

-- The whole list on its way; one row or none.
CREATE TABLE upload (
  key INTEGER PRIMARY KEY CHECK (key = 1),
  token TEXT NOT NULL,
  position INTEGER NOT NULL
) STRICT;
CREATE TABLE upload_part (
  upload INTEGER NOT NULL REFERENCES upload ON DELETE CASCADE,
  part INTEGER PRIMARY KEY,
  last_path TEXT NOT NULL
) STRICT;
`;

/** What the known files were chosen by; one row or none. */
const PATTERNS = `
CREATE TABLE patterns (
  key INTEGER PRIMARY KEY CHECK (key = 1),
  text TEXT NOT NULL
) STRICT;
`;

/** No statement is to pass over a million files that are in another state than those it looks for. */
const BY_STATE = `
CREATE INDEX file_present ON file (state, path) WHERE ${PRESENT};
CREATE INDEX file_missing ON file (missing_since_ms) WHERE state = ${FILE_STATE.missing};
`;

/**
 * What verifying found. A damage is that of a path and a stamp, also while the file is missing; a changed file is another one.
 * Milliseconds are Unix time.
 */
const DAMAGE = `
ALTER TABLE file ADD COLUMN good_ms INTEGER; -- when its bytes last had its hash; NULL where that is not known

CREATE TABLE damage (
  path TEXT PRIMARY KEY,
  size_bytes INTEGER NOT NULL,
  mtime_ns INTEGER NOT NULL,
  inode INTEGER NOT NULL,
  right_pieces BLOB NOT NULL, -- a bitfield: piece 0 is the high bit of byte 0
  found_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX damage_by_inode ON damage (inode);
CREATE TRIGGER damage_forgotten AFTER DELETE ON file BEGIN DELETE FROM damage WHERE path = OLD.path; END;
CREATE TRIGGER damage_outdated AFTER UPDATE OF size_bytes, mtime_ns, inode, content ON file
  WHEN OLD.size_bytes <> NEW.size_bytes OR OLD.mtime_ns <> NEW.mtime_ns OR OLD.inode <> NEW.inode
    OR OLD.content IS NOT NEW.content
  BEGIN DELETE FROM damage WHERE path = OLD.path; END;

-- Since when a part of the shares is being verified, where that was interrupted.
CREATE TABLE verification (scope TEXT PRIMARY KEY, began_ms INTEGER NOT NULL) STRICT, WITHOUT ROWID;

-- Files that repairs left behind, if they are still there when a process begins.
CREATE TABLE repair_part (path TEXT PRIMARY KEY) STRICT, WITHOUT ROWID;
`;

/** In order; a database's `user_version` is how many of them it has. */
export const MIGRATIONS: readonly string[] = [INITIAL, PUBLICATION, PATTERNS, BY_STATE, DAMAGE];
