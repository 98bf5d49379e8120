-- How often letters of each desk have failed for good: it never goes down, also where one is sent again.
CREATE TABLE letter_failures (
  desk TEXT    PRIMARY KEY,
  n    INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
INSERT INTO letter_failures (desk, n) SELECT desk, count(*) FROM letter WHERE state = 'failed' GROUP BY desk;
CREATE TRIGGER letter_failure_counted AFTER UPDATE OF state ON letter WHEN new.state = 'failed' AND old.state <> 'failed' BEGIN
  INSERT INTO letter_failures (desk, n) VALUES (new.desk, 1) ON CONFLICT (desk) DO UPDATE SET n = n + 1;
END;
