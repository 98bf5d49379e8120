-- What messages of engineers ended with, below other words, by digest: what has ended several of them is a signature. Of each ending
-- no more requests are kept than it takes to know it, and of each engineer the latest endings.
CREATE TABLE ending (
  engineer TEXT    NOT NULL,
  digest   BLOB    NOT NULL,
  request  INTEGER NOT NULL REFERENCES request (id),
  at       INTEGER NOT NULL,
  PRIMARY KEY (engineer, digest, request)
) STRICT, WITHOUT ROWID;
