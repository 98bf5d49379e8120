-- What mail servers do: copies whose original they refuse to remove, and marks that they refuse.

ALTER TABLE received ADD COLUMN copied INTEGER NOT NULL DEFAULT 0; -- it was copied to the folder that it is to be moved to

CREATE TABLE health_before AS SELECT * FROM health;
DROP TABLE health;
-- The last success and failure of each mailbox, of marking its messages, and of each transport.
CREATE TABLE health (
  part      TEXT    NOT NULL CHECK (part IN ('mailbox', 'marks', 'transport')),
  name      TEXT    NOT NULL,
  worked_at INTEGER,                          -- when it last worked
  failed_at INTEGER,                          -- when it last failed; NULL since it works
  suspect   TEXT,                             -- what is to be looked at: login, server, folder, database
  error     TEXT    NOT NULL DEFAULT '',      -- how it failed
  next_at   INTEGER,                          -- when it is tried again
  PRIMARY KEY (part, name)
) STRICT, WITHOUT ROWID;
INSERT INTO health (part, name, worked_at, failed_at, suspect, error, next_at)
  SELECT part, name, worked_at, failed_at, suspect, error, next_at FROM health_before;
DROP TABLE health_before;

-- The ledger's key is the place of a folder (server, account, folder), not the name of its mailbox.
PRAGMA defer_foreign_keys = ON;
CREATE TABLE folder_before AS SELECT * FROM folder;
DROP TABLE folder;
-- A folder that messages are taken from: the one that a mailbox reads, or the one that its accepted messages are moved to.
CREATE TABLE folder (
  id         INTEGER PRIMARY KEY AUTOINCREMENT,
  location   TEXT NOT NULL,                   -- imap://user@host:port/folder, a path, pipe:
  owner      TEXT NOT NULL,                   -- the mailbox, of a pipe and of a folder that messages are moved to; else ''
  earlier    INTEGER NOT NULL DEFAULT 0,      -- 0; of messages whose UIDs were given again under the same UIDVALIDITY: 1, 2 …
  mailbox    TEXT NOT NULL,                   -- the mailbox that last read it, as configured
  moved_to   TEXT NOT NULL,                   -- the folder's name where it is the one that messages are moved to; else ''
  first_look INTEGER,                         -- the start mark `now`; NULL before it
  validity   INTEGER,                         -- UIDVALIDITY at the last look
  UNIQUE (location, owner, earlier)
) STRICT;
INSERT INTO folder (id, location, owner, earlier, mailbox, moved_to, first_look, validity)
  SELECT f.id, f.location, CASE WHEN f.moved_to <> '' OR f.location = 'pipe:' THEN f.mailbox ELSE '' END,
    row_number() OVER (
      PARTITION BY f.location, CASE WHEN f.moved_to <> '' OR f.location = 'pipe:' THEN f.mailbox ELSE '' END
      ORDER BY f.id DESC) - 1,
    f.mailbox, f.moved_to, m.first_look, m.validity
  FROM folder_before f LEFT JOIN mailbox m ON m.name = f.mailbox AND f.moved_to = '';
DROP TABLE folder_before;
