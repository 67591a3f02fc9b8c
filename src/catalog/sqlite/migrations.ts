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
];
