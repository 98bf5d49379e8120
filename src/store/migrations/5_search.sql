-- Both indexes hold no text, only where words stand: what was written is read where it is kept. Stems come ready-made, so the
-- simplest tokenizer keeps them whole: it divides at blanks, and knows nothing of scripts.

-- What can be found: a row for the words of each message of a request, and one for each of its files whose text was read.
CREATE TABLE findable (
  id       INTEGER PRIMARY KEY AUTOINCREMENT, -- that of its row in both indexes
  request  INTEGER NOT NULL REFERENCES request (id),
  received INTEGER NOT NULL REFERENCES received (id),
  file     INTEGER                            -- its position among the message's attachments; NULL for the message itself
) STRICT;
CREATE INDEX findable_request ON findable (request);
CREATE VIRTUAL TABLE findable_stem USING fts5
  (subject, text, names, file, content = '', contentless_delete = 1, tokenize = 'ascii');
CREATE VIRTUAL TABLE findable_fragment USING fts5
  (words, content = '', contentless_delete = 1, tokenize = 'trigram case_sensitive 1');

-- Entries that are not in the index yet: written before there was one, or changed since they were indexed.
CREATE TABLE unindexed (
  entry INTEGER PRIMARY KEY REFERENCES entry (id)
) STRICT;
INSERT INTO unindexed (entry) SELECT id FROM entry;
