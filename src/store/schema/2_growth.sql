-- What is asked all the time costs the same however much there is: rows that are kept in the transactions that change them.

-- Of `progress`, what SQL asks for: whether the first line was last reminded of the silence of whoever has the request.
ALTER TABLE request ADD COLUMN silent INTEGER NOT NULL DEFAULT 0;
UPDATE request SET silent = 1
  WHERE EXISTS (SELECT 1 FROM json_each(progress, '$.reminded') WHERE value ->> '$.of' = 'silent');
-- When its next deadline passes; by the settings of the day, like look_at.
ALTER TABLE request ADD COLUMN overdue_at INTEGER;
CREATE INDEX request_overdue ON request (desk, overdue_at) WHERE overdue_at IS NOT NULL;

-- How many requests there are of each sort.
CREATE TABLE request_count (
  assignee TEXT    NOT NULL,                  -- '' for nobody
  desk     TEXT    NOT NULL,
  phase    TEXT    NOT NULL,
  silent   INTEGER NOT NULL,
  n        INTEGER NOT NULL,
  PRIMARY KEY (assignee, desk, phase, silent)
) STRICT, WITHOUT ROWID;
INSERT INTO request_count (assignee, desk, phase, silent, n)
  SELECT coalesce(assignee, ''), desk, phase, silent, count(*) FROM request GROUP BY 1, 2, 3, 4;
CREATE TRIGGER request_counted AFTER INSERT ON request BEGIN
  INSERT INTO request_count (assignee, desk, phase, silent, n) VALUES (coalesce(new.assignee, ''), new.desk, new.phase, new.silent, 1)
    ON CONFLICT (assignee, desk, phase, silent) DO UPDATE SET n = n + 1;
END;
CREATE TRIGGER request_counted_anew AFTER UPDATE OF assignee, desk, phase, silent ON request
  WHEN old.phase <> new.phase OR old.assignee IS DISTINCT FROM new.assignee OR old.silent <> new.silent OR old.desk <> new.desk
BEGIN
  UPDATE request_count SET n = n - 1
    WHERE assignee = coalesce(old.assignee, '') AND desk = old.desk AND phase = old.phase AND silent = old.silent;
  INSERT INTO request_count (assignee, desk, phase, silent, n) VALUES (coalesce(new.assignee, ''), new.desk, new.phase, new.silent, 1)
    ON CONFLICT (assignee, desk, phase, silent) DO UPDATE SET n = n + 1;
END;

-- How many letters each desk has in each state.
CREATE TABLE letter_count (
  desk  TEXT    NOT NULL,
  state TEXT    NOT NULL,
  n     INTEGER NOT NULL,
  PRIMARY KEY (desk, state)
) STRICT, WITHOUT ROWID;
INSERT INTO letter_count (desk, state, n) SELECT desk, state, count(*) FROM letter GROUP BY desk, state;
CREATE TRIGGER letter_counted AFTER INSERT ON letter BEGIN
  INSERT INTO letter_count (desk, state, n) VALUES (new.desk, new.state, 1) ON CONFLICT (desk, state) DO UPDATE SET n = n + 1;
END;
CREATE TRIGGER letter_counted_anew AFTER UPDATE OF state, desk ON letter WHEN old.state <> new.state OR old.desk <> new.desk
BEGIN
  UPDATE letter_count SET n = n - 1 WHERE desk = old.desk AND state = old.state;
  INSERT INTO letter_count (desk, state, n) VALUES (new.desk, new.state, 1) ON CONFLICT (desk, state) DO UPDATE SET n = n + 1;
END;

-- Whether a customer's own request is spam, and who is proven: found without reading all that they have written.
ALTER TABLE participant ADD COLUMN spam INTEGER NOT NULL DEFAULT 0;
UPDATE participant SET spam = 1
  WHERE position = 0 AND EXISTS (SELECT 1 FROM request q WHERE q.id = participant.request AND q.status = 'spam');
CREATE INDEX participant_spam   ON participant (email) WHERE spam = 1;
CREATE INDEX participant_proven ON participant (email) WHERE proven = 1;

-- Raw messages that are half-fetched: SHA-256 is set when a message is complete.
CREATE INDEX raw_unfinished ON raw (id) WHERE sha256 IS NULL;

-- The settings by which look_at and overdue_at were last computed for all requests: a digest; NULL where they are to be computed.
ALTER TABLE process ADD COLUMN planned_by BLOB;

-- No statement reads these any more.
DROP INDEX request_assignee;
DROP INDEX participant_email;
DROP INDEX letter_recipient;
DROP INDEX letter_created;
