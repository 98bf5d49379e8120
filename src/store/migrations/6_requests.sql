-- For the operator's own SQL, and for nothing here: a row each request. Its columns stay what they are; new ones may come.
-- Times are UTC, as SQLite's functions for dates read them: `2026-11-21 09:30:00`.
CREATE VIEW requests AS
SELECT
  q.desk || '-' || q.number                                             AS number,
  q.desk                                                                AS desk,
  q.subject                                                             AS subject,
  (SELECT p.email FROM participant p WHERE p.request = q.id AND p.position = 0) AS requester,
  q.phase                                                               AS phase,        -- new, open, waiting, planned, completed, closed
  q.status                                                              AS status,       -- the desk's own, by its name in the configuration
  q.kind                                                                AS kind,         -- incident, problem, service request, change request
  q.priority                                                            AS priority,     -- low, normal, high, critical
  q.assignee                                                            AS assignee,     -- an engineer, by the name of his table
  q.place                                                               AS place,        -- JSON: the line or team that has it
  q.release ->> '$.version'                                             AS release,      -- the version that will bring it
  q.same_as                                                             AS duplicate_of,
  q.progress ->> '$.moved_to'                                           AS moved_to,     -- its number at another desk
  datetime(q.opened_at, 'unixepoch')                                    AS opened,
  datetime(q.progress ->> '$.first_response_at', 'unixepoch')                  AS reacted,      -- the first answer or assignment
  datetime(q.progress ->> '$.answered_at', 'unixepoch')                 AS answered,     -- its answer was delivered
  datetime(q.changed_at, 'unixepoch')                                   AS changed,
  (SELECT count(*) FROM entry e WHERE e.request = q.id)                 AS messages,
  (SELECT count(*) FROM received r JOIN attachment a ON a.received = r.id WHERE r.request = q.id) AS files
FROM request q;
