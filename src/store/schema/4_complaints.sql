-- Readers who have complained about a letter to their mail provider: they get no automatic letters.
CREATE TABLE complaint (
  address TEXT    PRIMARY KEY,
  at      INTEGER NOT NULL,                   -- of the first one
  request INTEGER NOT NULL REFERENCES request (id)
) STRICT, WITHOUT ROWID;
