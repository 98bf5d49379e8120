ALTER TABLE received ADD COLUMN erased_at INTEGER; -- when its content was erased; its row stays
ALTER TABLE letter   ADD COLUMN erased_at INTEGER; -- the same

-- A number for each person that was forgotten, and for nobody again.
CREATE TABLE pseudonym (
  number  INTEGER PRIMARY KEY AUTOINCREMENT,
  made_at INTEGER NOT NULL
) STRICT;

-- What a desk that keeps content only for some time looks through.
CREATE INDEX request_kept  ON request (desk, changed_at) WHERE phase = 'closed' AND progress ->> '$.erased_at' IS NULL;
CREATE INDEX received_kept ON received (desk, accepted_at)
  WHERE request IS NULL AND erased_at IS NULL AND state = 'handled' AND raw IS NOT NULL;
CREATE INDEX letter_kept   ON letter (desk, created_at) WHERE request IS NULL AND erased_at IS NULL;
