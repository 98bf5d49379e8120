-- How each mailbox and transport fares: what an operator asks first.
CREATE TABLE health_record (
  part      TEXT    NOT NULL CHECK (part IN ('mailbox', 'transport')),
  name      TEXT    NOT NULL,
  worked_at INTEGER,                          -- when it last worked
  failed_at INTEGER,                          -- when it last failed; NULL since it works
  suspect   TEXT,                             -- what is to be looked at: login, server, folder, database
  words     TEXT    NOT NULL DEFAULT '',      -- how it failed
  next_at   INTEGER,                          -- when it is tried again
  PRIMARY KEY (part, name)
) STRICT, WITHOUT ROWID;
CREATE INDEX received_stuck ON received (mailbox)
  WHERE state IN ('accepted', 'quarantined', 'unfetchable') OR disposition = 'held';
CREATE INDEX letter_failed ON letter (desk, ended_at) WHERE state = 'failed';
