/**
 * The schema, as the steps that led to it: migration n (counting from 1) takes a database from version n - 1 to n. A step that
 * was released is never changed; what is to be different comes as a further one. The reasons are in docs/adr/0004-store.md.
 *
 * Times are Unix milliseconds; hashes of entries are BLOBs, those of sessions, of which there are few, hex.
 */
export const MIGRATIONS: readonly string[] = [
  `
  CREATE TABLE setting (
    name TEXT PRIMARY KEY,
    value TEXT NOT NULL
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE peer (
    key INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    username TEXT NOT NULL UNIQUE,
    password_hash TEXT NOT NULL,
    -- The last login or, before any, REGISTER.
    login_at_ms INTEGER NOT NULL,
    files INTEGER NOT NULL,
    size_bytes INTEGER NOT NULL
  ) STRICT;

  -- A peer's one session. It outlives the connection, for its resume token.
  CREATE TABLE session (
    peer INTEGER PRIMARY KEY REFERENCES peer ON DELETE CASCADE,
    resume_token_hash TEXT NOT NULL,
    key TEXT,
    online INTEGER NOT NULL,
    alive_at_ms INTEGER NOT NULL,
    address TEXT,
    port INTEGER,
    address_key TEXT
  ) STRICT;

  -- A content is here once, however many entries have it, and goes with the last of them.
  CREATE TABLE content (
    key INTEGER PRIMARY KEY,
    sha1 BLOB NOT NULL,
    size_bytes INTEGER NOT NULL,
    root BLOB
  ) STRICT;
  -- All of what makes a content: one SHA-1 may be claimed with any number of sizes and roots.
  CREATE INDEX content_identity ON content (sha1, size_bytes, root);
  CREATE INDEX content_root ON content (root) WHERE root IS NOT NULL;

  -- The path of an entry is its folder's and its name. '' is the folder of a path that has none.
  CREATE TABLE folder (
    key INTEGER PRIMARY KEY,
    peer INTEGER NOT NULL REFERENCES peer,
    path TEXT NOT NULL,
    UNIQUE (peer, path)
  ) STRICT;

  CREATE TABLE entry (
    key INTEGER PRIMARY KEY,
    folder INTEGER NOT NULL REFERENCES folder,
    name TEXT NOT NULL,
    content INTEGER NOT NULL REFERENCES content,
    UNIQUE (folder, name)
  ) STRICT;
  CREATE INDEX entry_content ON entry (content);

  -- The trigrams of each entry's folded path, by entry.key: which entries may contain a text, not where.
  CREATE VIRTUAL TABLE entry_text USING fts5 (
    path, content = '', columnsize = 0, detail = none, tokenize = 'trigram case_sensitive 1'
  );
  `,
  `
  ALTER TABLE peer ADD COLUMN revision TEXT NOT NULL DEFAULT '';
  UPDATE peer SET revision = lower(hex(randomblob(12)));

  -- A list that is being sent in parts, to take the place of the peer's list when all are there.
  CREATE TABLE upload (
    peer INTEGER PRIMARY KEY REFERENCES peer ON DELETE CASCADE,
    token TEXT NOT NULL,
    parts INTEGER NOT NULL
  ) STRICT;
  CREATE TABLE upload_part (
    upload INTEGER NOT NULL REFERENCES upload ON DELETE CASCADE,
    part INTEGER NOT NULL,
    file_list BLOB NOT NULL,
    UNIQUE (upload, part)
  ) STRICT;
  `,
  `
  -- Entries lie in segments from now on, which are files (docs/adr/0007-segments.md). Peers send their lists again.
  DROP TABLE entry_text;
  DROP TABLE entry;
  DROP TABLE folder;
  DROP TABLE content;
  DROP TABLE upload_part;
  DROP TABLE upload;
  DELETE FROM setting WHERE name = 'folding';

  -- The number of the list that is in effect: entries in segments name the list that they belong to.
  ALTER TABLE peer ADD COLUMN list INTEGER NOT NULL DEFAULT 0;
  UPDATE peer SET files = 0, size_bytes = 0, revision = lower(hex(randomblob(12)));

  CREATE TABLE segment (
    key INTEGER PRIMARY KEY,
    entries INTEGER NOT NULL
  ) STRICT;
  -- Entries of a segment that were removed or replaced since: their places, 32 bits each.
  CREATE TABLE dead (
    change INTEGER PRIMARY KEY AUTOINCREMENT,
    segment INTEGER NOT NULL REFERENCES segment ON DELETE CASCADE,
    entries BLOB NOT NULL
  ) STRICT;
  CREATE INDEX dead_segment ON dead (segment);

  -- A list that is being sent in parts, to take the place of the peer's list when all are there. Its entries are in segments.
  CREATE TABLE upload (
    peer INTEGER PRIMARY KEY REFERENCES peer ON DELETE CASCADE,
    token TEXT NOT NULL,
    parts INTEGER NOT NULL,
    list INTEGER NOT NULL,
    -- Of all parts together; an entry that is in two of them counts twice.
    files INTEGER NOT NULL,
    size_bytes INTEGER NOT NULL
  ) STRICT;

  -- What those who answer queries have to know of a peer. Each change has a number, so that they read only what is new.
  CREATE TABLE peer_state (
    change INTEGER PRIMARY KEY AUTOINCREMENT,
    peer INTEGER NOT NULL UNIQUE,
    list INTEGER NOT NULL,
    -- When a peer that is online and has an address was last heard of; NULL for one that can't be fetched from.
    reachable_at_ms INTEGER
  ) STRICT;
  CREATE VIEW current_state AS
    SELECT peer.key AS peer, peer.list,
      iif(session.online = 1 AND session.address IS NOT NULL, session.alive_at_ms, NULL) AS reachable_at_ms
    FROM peer LEFT JOIN session ON session.peer = peer.key;
  INSERT INTO peer_state (peer, list, reachable_at_ms) SELECT peer, list, reachable_at_ms FROM current_state;
  CREATE TRIGGER peer_added AFTER INSERT ON peer BEGIN
    INSERT OR REPLACE INTO peer_state (peer, list, reachable_at_ms) VALUES (NEW.key, NEW.list, NULL);
  END;
  CREATE TRIGGER peer_list AFTER UPDATE OF list, id, username ON peer BEGIN
    INSERT OR REPLACE INTO peer_state (peer, list, reachable_at_ms)
    SELECT peer, list, reachable_at_ms FROM current_state WHERE peer = NEW.key;
  END;
  CREATE TRIGGER peer_gone AFTER DELETE ON peer BEGIN
    INSERT OR REPLACE INTO peer_state (peer, list, reachable_at_ms) VALUES (OLD.key, 0, NULL);
  END;
  CREATE TRIGGER session_begun AFTER INSERT ON session BEGIN
    INSERT OR REPLACE INTO peer_state (peer, list, reachable_at_ms)
    SELECT peer, list, reachable_at_ms FROM current_state WHERE peer = NEW.peer;
  END;
  CREATE TRIGGER session_changed AFTER UPDATE ON session BEGIN
    INSERT OR REPLACE INTO peer_state (peer, list, reachable_at_ms)
    SELECT peer, list, reachable_at_ms FROM current_state WHERE peer = NEW.peer;
  END;
  CREATE TRIGGER session_gone AFTER DELETE ON session BEGIN
    INSERT OR REPLACE INTO peer_state (peer, list, reachable_at_ms)
    SELECT peer, list, reachable_at_ms FROM current_state WHERE peer = OLD.peer;
  END;
  `,
  `
  -- The username as it is compared: no two peers have names that look alike. NULL until the next start of the writer.
  ALTER TABLE peer ADD COLUMN folded_username TEXT;
  CREATE INDEX peer_folded_username ON peer (folded_username);
  `,
  `
  -- When a peer that is online and showed a key was last heard of: it can be met in one way or another. NULL for others.
  ALTER TABLE peer_state ADD COLUMN meetable_at_ms INTEGER;
  DROP TRIGGER peer_list;
  DROP TRIGGER session_begun;
  DROP TRIGGER session_changed;
  DROP TRIGGER session_gone;
  DROP VIEW current_state;
  CREATE VIEW current_state AS
    SELECT peer.key AS peer, peer.list,
      iif(session.online = 1 AND session.address IS NOT NULL, session.alive_at_ms, NULL) AS reachable_at_ms,
      iif(session.online = 1 AND session.key IS NOT NULL, session.alive_at_ms, NULL) AS meetable_at_ms
    FROM peer LEFT JOIN session ON session.peer = peer.key;
  INSERT OR REPLACE INTO peer_state (peer, list, reachable_at_ms, meetable_at_ms)
    SELECT peer, list, reachable_at_ms, meetable_at_ms FROM current_state;
  CREATE TRIGGER peer_list AFTER UPDATE OF list, id, username ON peer BEGIN
    INSERT OR REPLACE INTO peer_state (peer, list, reachable_at_ms, meetable_at_ms)
    SELECT peer, list, reachable_at_ms, meetable_at_ms FROM current_state WHERE peer = NEW.key;
  END;
  CREATE TRIGGER session_begun AFTER INSERT ON session BEGIN
    INSERT OR REPLACE INTO peer_state (peer, list, reachable_at_ms, meetable_at_ms)
    SELECT peer, list, reachable_at_ms, meetable_at_ms FROM current_state WHERE peer = NEW.peer;
  END;
  CREATE TRIGGER session_changed AFTER UPDATE ON session BEGIN
    INSERT OR REPLACE INTO peer_state (peer, list, reachable_at_ms, meetable_at_ms)
    SELECT peer, list, reachable_at_ms, meetable_at_ms FROM current_state WHERE peer = NEW.peer;
  END;
  CREATE TRIGGER session_gone AFTER DELETE ON session BEGIN
    INSERT OR REPLACE INTO peer_state (peer, list, reachable_at_ms, meetable_at_ms)
    SELECT peer, list, reachable_at_ms, meetable_at_ms FROM current_state WHERE peer = OLD.peer;
  END;
  `,
];
