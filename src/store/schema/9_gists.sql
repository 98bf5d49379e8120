-- What each request is about, by which a new one finds those that resemble it: also those that the index does not hold yet. Requests
-- from before have none. Erasing a message of a request deletes it.
CREATE TABLE gist (
  request INTEGER PRIMARY KEY REFERENCES request (id),
  desk    TEXT NOT NULL,
  stems   BLOB NOT NULL -- a number of four bytes for each different stem of the words that opened it, ascending
) STRICT;
CREATE INDEX gist_desk ON gist (desk, request);
