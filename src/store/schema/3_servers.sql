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
