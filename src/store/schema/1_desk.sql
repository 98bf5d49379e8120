-- Times are seconds since 1970, UTC. Booleans are 0 or 1. What SQL asks for is a column; JSON is read whole, by the program only.

-- A mailbox that has been looked at; the start mark `now` is its first look.
CREATE TABLE mailbox (
  name       TEXT PRIMARY KEY,                -- as configured
  first_look INTEGER NOT NULL,
  validity   INTEGER NOT NULL                 -- UIDVALIDITY at the last look
) STRICT, WITHOUT ROWID;

-- A folder that messages are taken from: the one that a mailbox reads, or the one that its accepted messages are moved to.
CREATE TABLE folder (
  id       INTEGER PRIMARY KEY AUTOINCREMENT,
  mailbox  TEXT NOT NULL,
  moved_to TEXT NOT NULL,                     -- the folder's name where it is the one that messages are moved to; else ''
  location TEXT NOT NULL,                     -- where it was when it was last read: imap://user@host:port/folder, a path, pipe:
  UNIQUE (mailbox, moved_to)
) STRICT;

-- Raw messages. One that no received row names is half-fetched, and dropped at the next start.
CREATE TABLE raw (
  id             INTEGER PRIMARY KEY AUTOINCREMENT,
  size           INTEGER NOT NULL DEFAULT 0,  -- of the bytes that are kept here
  sha256         BLOB,                        -- of the bytes as they were fetched: tells the same bytes again
  changed_sha256 BLOB                         -- of the bytes as they are kept, where addresses in them were replaced
) STRICT;
CREATE INDEX raw_same ON raw (sha256) WHERE sha256 IS NOT NULL;
CREATE TABLE raw_chunk (
  raw   INTEGER NOT NULL REFERENCES raw (id) ON DELETE CASCADE,
  seq   INTEGER NOT NULL,
  codec INTEGER NOT NULL,                     -- 0 as it is, 1 LZ4
  bytes BLOB    NOT NULL,
  PRIMARY KEY (raw, seq)
) STRICT;

-- The ledger: every message that was ever seen on a server has one row and one state.
--   accepted → handled      accepted → quarantined → accepted
--   skipped (from before the start mark)      listed → accepted (so too, but to be filed)      unfetchable
CREATE TABLE received (
  id          INTEGER PRIMARY KEY AUTOINCREMENT,
  mailbox     TEXT    NOT NULL,               -- as configured when it came
  folder      INTEGER NOT NULL REFERENCES folder (id),
  validity    INTEGER NOT NULL,               -- UIDVALIDITY
  uid         INTEGER NOT NULL DEFAULT 0,     -- on an IMAP server; else 0
  name        TEXT    NOT NULL DEFAULT '',    -- of the file in a Maildir, its unique part; the digest of what a pipe brought; else ''
  state       TEXT    NOT NULL CHECK (state IN ('listed', 'accepted', 'handled', 'quarantined', 'skipped', 'unfetchable')),
  raw         INTEGER REFERENCES raw (id),
  size        INTEGER NOT NULL,               -- of the whole message: more than the raw size where it was too large to fetch
  server_size INTEGER,                        -- as its server said; NULL where nobody asked
  arrived_at  INTEGER,                        -- as its server said: INTERNALDATE, or the time of the file
  accepted_at INTEGER NOT NULL,               -- by our clock
  older       INTEGER NOT NULL DEFAULT 0,     -- from before the start mark: nobody is written to
  marked      INTEGER NOT NULL DEFAULT 0,     -- moved or flagged on the server
  charges     INTEGER NOT NULL DEFAULT 0,     -- how often it broke us
  trouble     TEXT    NOT NULL DEFAULT '',    -- what it broke
  handled_at  INTEGER,
  confirmed   INTEGER REFERENCES received (id), -- the message by which its engineer confirmed it, after it was held
  settled     INTEGER REFERENCES received (id), -- the message by which its words were sent after all, dropped or replaced
  desk        TEXT    NOT NULL DEFAULT '',
  message_id  TEXT,
  digest      BLOB,
  sender      TEXT    NOT NULL DEFAULT '',
  subject     TEXT    NOT NULL DEFAULT '',
  disposition TEXT,
  request     INTEGER REFERENCES request (id),
  reasons     TEXT    NOT NULL DEFAULT '[]',  -- JSON
  defects     TEXT    NOT NULL DEFAULT '[]',  -- JSON
  repeated    INTEGER NOT NULL DEFAULT 0,     -- the original of a restored copy has handled it: nobody hears of it again
  number      INTEGER,                        -- the number that the original gave it
  flood       TEXT CHECK (flood IN ('joined', 'split')), -- it was added to the request of a flood; it is to be a request of its own
  erased_at   INTEGER,                        -- when its content was erased; the row stays
  UNIQUE (folder, validity, uid, name),
  CHECK ((uid > 0) <> (name <> '')),
  CHECK (message_id <> '')
) STRICT;
CREATE INDEX received_raw      ON received (raw) WHERE raw IS NOT NULL;
CREATE INDEX received_waiting  ON received (id) WHERE state = 'accepted';
CREATE INDEX received_listed   ON received (folder, validity) WHERE state = 'listed';
CREATE INDEX received_unmarked ON received (folder, validity) WHERE marked = 0 AND raw IS NOT NULL;
CREATE INDEX received_identity ON received (message_id, desk) WHERE message_id IS NOT NULL;
CREATE INDEX received_request  ON received (request) WHERE request IS NOT NULL;
CREATE INDEX received_stuck    ON received (mailbox)
  WHERE state IN ('accepted', 'quarantined', 'unfetchable') OR disposition = 'held';
CREATE INDEX received_kept     ON received (desk, accepted_at)
  WHERE request IS NULL AND erased_at IS NULL AND state = 'handled' AND raw IS NOT NULL;

-- Messages that their server lists and has not delivered so far: how often they were asked for in vain.
CREATE TABLE suspect (
  folder   INTEGER NOT NULL REFERENCES folder (id),
  validity INTEGER NOT NULL,
  uid      INTEGER NOT NULL DEFAULT 0,
  name     TEXT    NOT NULL DEFAULT '',
  absent   INTEGER NOT NULL,                  -- good answers that it was not in
  broke    INTEGER NOT NULL,                  -- fetches of it alone that ended in an error
  next_at  INTEGER,                           -- when it is asked for again
  PRIMARY KEY (folder, validity, uid, name)
) STRICT, WITHOUT ROWID;

CREATE TABLE attachment (
  received     INTEGER NOT NULL REFERENCES received (id),
  position     INTEGER NOT NULL,
  part         INTEGER NOT NULL,              -- which part of the raw message
  filename     TEXT    NOT NULL,
  content_type TEXT    NOT NULL,
  size         INTEGER NOT NULL,
  sha256       BLOB    NOT NULL,
  inline       INTEGER NOT NULL,
  content_id   TEXT,
  facts        TEXT,                          -- JSON; what was read in the file
  pixels       INTEGER NOT NULL DEFAULT 0,    -- of a picture: width times height
  verdict      TEXT,                          -- what is off about it
  PRIMARY KEY (received, position)
) STRICT, WITHOUT ROWID;
CREATE INDEX attachment_same ON attachment (sha256);

-- The last number of each desk, so that a number is never given twice, whatever happens to the requests.
CREATE TABLE desk (
  key         TEXT PRIMARY KEY,
  last_number INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- How much there ever was, counted in the transactions that add it: `received`, `letter`.
CREATE TABLE counter (
  name  TEXT PRIMARY KEY,
  value INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
INSERT INTO counter (name, value) VALUES ('received', 0), ('letter', 0);

-- What replaying the events gives.
CREATE TABLE request (
  id                INTEGER PRIMARY KEY AUTOINCREMENT,
  desk              TEXT    NOT NULL,
  number            INTEGER NOT NULL CHECK (number > 0),
  subject           TEXT    NOT NULL,
  phase             TEXT    NOT NULL,
  status            TEXT    NOT NULL,
  kind              TEXT,
  priority          TEXT    NOT NULL,
  assignee          TEXT,                     -- the engineer who works on it
  place             TEXT,                     -- JSON; the line or team that it was passed on to
  release           TEXT,                     -- the version that will bring it
  release_date      TEXT,                     -- the day of that release
  duplicate_of      TEXT,                     -- the number of the request that is the same
  watchers          TEXT    NOT NULL DEFAULT '[]', -- JSON
  language          TEXT    NOT NULL,
  progress          TEXT    NOT NULL,         -- JSON; what time has to do with it. Of this, what SQL asks for:
  first_response_at INTEGER,                  -- the first answer or assignment
  answered_at       INTEGER,                  -- when its answer was delivered
  moved_to          TEXT,                     -- its number at another desk
  erased_at         INTEGER,                  -- when all that it holds was erased, and nothing has come since
  look_at           INTEGER,                  -- when the clock looks at it; by the settings of the day, no event's matter
  opened_at         INTEGER NOT NULL,
  changed_at        INTEGER NOT NULL,
  letters           INTEGER NOT NULL DEFAULT 0, -- letters written so far
  UNIQUE (desk, number)
) STRICT;
CREATE INDEX request_look      ON request (look_at) WHERE look_at IS NOT NULL;
CREATE INDEX request_assignee  ON request (assignee, phase) WHERE assignee IS NOT NULL;
CREATE INDEX request_release   ON request (release) WHERE release IS NOT NULL;
CREATE INDEX request_duplicate ON request (duplicate_of) WHERE duplicate_of IS NOT NULL;
CREATE INDEX request_kept      ON request (desk, changed_at) WHERE phase = 'closed' AND erased_at IS NULL;
CREATE TABLE participant (
  request  INTEGER NOT NULL REFERENCES request (id),
  position INTEGER NOT NULL,                  -- 0 is the requester
  email    TEXT    NOT NULL,
  name     TEXT    NOT NULL,
  proven   INTEGER NOT NULL,
  PRIMARY KEY (request, email)
) STRICT, WITHOUT ROWID;
CREATE INDEX participant_email ON participant (email);
CREATE TABLE link (
  request INTEGER NOT NULL REFERENCES request (id),
  other   INTEGER NOT NULL REFERENCES request (id),
  PRIMARY KEY (request, other)
) STRICT, WITHOUT ROWID;

-- What changed. The columns behind `change` say of it what SQL asks for; one mapping writes them: store/event_columns.rs.
CREATE TABLE event (
  id         INTEGER PRIMARY KEY AUTOINCREMENT,
  request    INTEGER NOT NULL REFERENCES request (id),
  at         INTEGER NOT NULL,
  who        TEXT    NOT NULL,                -- as people read it
  actor      TEXT    NOT NULL CHECK (actor IN ('engineer', 'person', 'unknown', 'maildesk', 'operator')),
  engineer   TEXT,                            -- the engineer who it was
  proof      TEXT    NOT NULL,
  received   INTEGER REFERENCES received (id),
  change     TEXT    NOT NULL,                -- JSON
  kind       TEXT    NOT NULL,                -- what changed, in a word
  from_phase TEXT,                            -- of a request that stands elsewhere now: where it stood
  to_phase   TEXT,                            -- and where it stands
  other      TEXT,                            -- the number of the other request that it is about
  undoes     INTEGER REFERENCES received (id) -- the message whose changes it took back
) STRICT;
CREATE INDEX event_request  ON event (request);
CREATE INDEX event_received ON event (received) WHERE received IS NOT NULL;

-- Correspondence, readable without parsing.
CREATE TABLE entry (
  id         INTEGER PRIMARY KEY AUTOINCREMENT,
  request    INTEGER NOT NULL REFERENCES request (id),
  received   INTEGER NOT NULL UNIQUE REFERENCES received (id),
  at         INTEGER NOT NULL,
  author     TEXT    NOT NULL,
  text       TEXT    NOT NULL,
  reply_text TEXT,                            -- the new words; NULL where they are the whole text
  signature  TEXT    NOT NULL DEFAULT '',     -- set apart from the words
  earlier    TEXT    NOT NULL DEFAULT '',     -- earlier conversation that came with them
  form       TEXT,                            -- JSON: the form of the new words; NULL where it is that of plain text
  visibility TEXT    NOT NULL                 -- correspondence, or internal: engineers only
) STRICT;
CREATE INDEX entry_request ON entry (request);

--   due → inflight → sent      due → due (later)      due → failed      inflight → inflight (again, after a wait)
--   due → cancelled (what it told of was taken back in time, or it waited because of a cap and is not needed any more)
CREATE TABLE letter (
  id          INTEGER PRIMARY KEY AUTOINCREMENT,
  request     INTEGER REFERENCES request (id),
  desk        TEXT    NOT NULL,
  cause       INTEGER REFERENCES received (id),
  kind        TEXT    NOT NULL,
  recipient   TEXT    NOT NULL,
  domain      TEXT    NOT NULL,
  engineer    TEXT,                           -- who reads it, where that is an engineer
  subject     TEXT    NOT NULL,
  message_id  TEXT    NOT NULL UNIQUE,
  manifest    TEXT    NOT NULL,               -- JSON; all that the bytes are made from
  digest      BLOB,                           -- of the bytes that went out first
  state       TEXT    NOT NULL CHECK (state IN ('due', 'inflight', 'sent', 'failed', 'cancelled')),
  created_at  INTEGER NOT NULL,
  due_at      INTEGER NOT NULL,
  attempts    INTEGER NOT NULL DEFAULT 0,
  resent      INTEGER NOT NULL DEFAULT 0,     -- tries after one whose end is unknown
  answer      TEXT    NOT NULL DEFAULT '',    -- the server's last words, or ours
  ended_at    INTEGER,
  repeated    INTEGER NOT NULL DEFAULT 0,     -- the original of a restored copy has sent it
  asks_about  INTEGER REFERENCES received (id), -- the message that its reader's yes confirms, or sends after all
  erased_at   INTEGER                         -- when its content was erased; the row stays
) STRICT;
CREATE UNIQUE INDEX letter_once ON letter (cause, kind, recipient, coalesce(request, 0));
CREATE INDEX letter_asks      ON letter (asks_about) WHERE asks_about IS NOT NULL;
CREATE INDEX letter_due       ON letter (due_at) WHERE state IN ('due', 'inflight');
CREATE INDEX letter_recipient ON letter (recipient, created_at);
CREATE INDEX letter_created   ON letter (created_at);
CREATE INDEX letter_request   ON letter (request, recipient);
CREATE INDEX letter_failed    ON letter (desk, ended_at) WHERE state = 'failed';
CREATE INDEX letter_kept      ON letter (desk, created_at) WHERE request IS NULL AND erased_at IS NULL;

-- Engineers' messages that wait for a yes or no: in their name without proof, or given back. Dropped when they have answered.
CREATE TABLE unsent (
  received INTEGER PRIMARY KEY REFERENCES received (id),
  desk     TEXT    NOT NULL,
  engineer TEXT    NOT NULL,
  at       INTEGER NOT NULL,                  -- when they were first told
  letter   INTEGER REFERENCES letter (id),    -- the last letter that asks about it; NULL where they get too many: they get a list
  due_at   INTEGER                            -- when the letter is repeated, or the list is written; NULL once that is done
) STRICT;
CREATE INDEX unsent_due ON unsent (due_at) WHERE due_at IS NOT NULL;

-- What the caps are held against: how often something happened, by minute since 1970; or will happen, as letters wait. Dropped
-- after 24 hours.
CREATE TABLE tally (
  kind   TEXT    NOT NULL,                    -- what is counted
  key    TEXT    NOT NULL,                    -- whose: a domain, or a digest where it would name a person; '' for everybody
  minute INTEGER NOT NULL,
  n      INTEGER NOT NULL,
  last   INTEGER NOT NULL,                    -- when it happened last in that minute
  PRIMARY KEY (kind, key, minute)
) STRICT, WITHOUT ROWID;
CREATE INDEX tally_minute ON tally (minute);

-- Floods of alike messages: the request to which those that follow are added. Dropped after 24 hours.
CREATE TABLE flood (
  key      TEXT    PRIMARY KEY,               -- under which they are counted as alike
  request  INTEGER NOT NULL REFERENCES request (id),
  began_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Tokens that were seen where they should not have been: no proof any more.
CREATE TABLE burnt (
  anchor   TEXT    NOT NULL,                  -- otk-1042, m-57 for a message, a button's action
  sequence INTEGER NOT NULL,
  at       INTEGER NOT NULL,
  received INTEGER NOT NULL REFERENCES received (id),
  PRIMARY KEY (anchor, sequence)
) STRICT, WITHOUT ROWID;

-- Personal addresses that engineers were given; the address itself is made from serial and key ring.
CREATE TABLE personal_address (
  serial     INTEGER PRIMARY KEY AUTOINCREMENT,
  engineer   TEXT    NOT NULL,
  made_at    INTEGER NOT NULL,
  revoked_at INTEGER,
  why        TEXT    NOT NULL DEFAULT ''      -- why it was revoked
) STRICT;

-- Engineers who are away.
CREATE TABLE absence (
  engineer TEXT PRIMARY KEY,
  until    TEXT,                              -- the first day back, if it is known
  since    INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Who got the last request of a line or team, where they take turns.
CREATE TABLE turn (
  desk     TEXT NOT NULL,
  place    TEXT NOT NULL,                     -- JSON; null: the desk's beginning
  engineer TEXT NOT NULL,
  PRIMARY KEY (desk, place)
) STRICT, WITHOUT ROWID;

-- On which day each engineer got the last digest of a desk.
CREATE TABLE digest (
  desk     TEXT NOT NULL,
  engineer TEXT NOT NULL,
  day      TEXT NOT NULL,
  PRIMARY KEY (desk, engineer)
) STRICT, WITHOUT ROWID;

-- The health of each mailbox and transport: what an operator asks first.
CREATE TABLE health (
  part      TEXT    NOT NULL CHECK (part IN ('mailbox', 'transport')),
  name      TEXT    NOT NULL,
  worked_at INTEGER,                          -- when it last worked
  failed_at INTEGER,                          -- when it last failed; NULL since it works
  suspect   TEXT,                             -- what is to be looked at: login, server, folder, database
  error     TEXT    NOT NULL DEFAULT '',      -- how it failed
  next_at   INTEGER,                          -- when it is tried again
  PRIMARY KEY (part, name)
) STRICT, WITHOUT ROWID;

-- One row: whether the last process ended by itself.
CREATE TABLE process (
  one   INTEGER PRIMARY KEY CHECK (one = 1),
  clean INTEGER NOT NULL
) STRICT;
INSERT INTO process (one, clean) VALUES (1, 1);

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

-- A number for each person that was forgotten, and for nobody again.
CREATE TABLE pseudonym (
  number  INTEGER PRIMARY KEY AUTOINCREMENT,
  made_at INTEGER NOT NULL
) STRICT;

-- What can be found: a row for the words of each message of a request, and one for each of its files whose text was read.
-- Both indexes hold no text, only where words stand: what was written is read where it is kept. Stems come ready-made, so the
-- simplest tokenizer keeps them whole: it divides at blanks, and knows nothing of scripts.
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

-- Entries that are not in the index, because they have changed since they were indexed.
CREATE TABLE unindexed (
  entry INTEGER PRIMARY KEY REFERENCES entry (id)
) STRICT;

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
  q.assignee                                                            AS assignee,     -- an engineer, by the name of their table
  q.place                                                               AS place,        -- JSON: the line or team that has it
  q.release                                                             AS release,      -- the version that will bring it
  q.duplicate_of                                                        AS duplicate_of,
  q.moved_to                                                            AS moved_to,     -- its number at another desk
  datetime(q.opened_at, 'unixepoch')                                    AS opened,
  datetime(q.first_response_at, 'unixepoch')                            AS first_response, -- the first answer or assignment
  datetime(q.answered_at, 'unixepoch')                                  AS answered,     -- its answer was delivered
  datetime(q.changed_at, 'unixepoch')                                   AS changed,
  (SELECT count(*) FROM entry e WHERE e.request = q.id)                 AS messages,
  (SELECT count(*) FROM received r JOIN attachment a ON a.received = r.id WHERE r.request = q.id) AS files
FROM request q;
