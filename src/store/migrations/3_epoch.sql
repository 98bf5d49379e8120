-- Each time that a copy was brought into use.
CREATE TABLE epoch (
  serial      INTEGER PRIMARY KEY,
  copied_at   INTEGER NOT NULL,
  restored_at INTEGER,                        -- NULL: this file is a copy, and not in use
  lost_at     INTEGER,                        -- until then the original is taken to have answered everything
  accepted_at INTEGER                         -- NULL: nothing is filed or sent yet
) STRICT;

-- Numbers that the original may have given after the copy was made.
CREATE TABLE gap (
  desk  TEXT    NOT NULL,
  first INTEGER NOT NULL,
  last  INTEGER NOT NULL,
  epoch INTEGER NOT NULL REFERENCES epoch (serial),
  PRIMARY KEY (desk, first)
) STRICT, WITHOUT ROWID;

ALTER TABLE received ADD COLUMN repeated INTEGER NOT NULL DEFAULT 0;  -- the original has handled it: nobody hears of it again
ALTER TABLE received ADD COLUMN number   INTEGER;                     -- the number that the original gave it
ALTER TABLE letter   ADD COLUMN repeated INTEGER NOT NULL DEFAULT 0;  -- the original has sent it

-- Acknowledgements are counted for every message, and a letter's row is long.
CREATE INDEX acknowledged_sender ON letter (recipient, created_at) WHERE kind = 'acknowledgement' AND repeated = 0;
CREATE INDEX acknowledged_domain ON letter (domain, created_at)    WHERE kind = 'acknowledgement' AND repeated = 0;
CREATE INDEX acknowledged_ever   ON letter (created_at)            WHERE kind = 'acknowledgement' AND repeated = 0;
DROP INDEX letter_domain;
