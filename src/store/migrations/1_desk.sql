-- A mailbox that has been looked at; the start mark `now` is its first look.
CREATE TABLE mailbox (
  name       TEXT PRIMARY KEY,
  first_look INTEGER NOT NULL,
  validity   INTEGER NOT NULL                 -- UIDVALIDITY at the last look
) STRICT, WITHOUT ROWID;

-- Raw messages, as fetched. One that no received row names is half-fetched, and dropped at the next start.
CREATE TABLE raw (
  id     INTEGER PRIMARY KEY AUTOINCREMENT,
  size   INTEGER NOT NULL DEFAULT 0,
  sha256 BLOB
) STRICT;
CREATE INDEX raw_same ON raw (sha256) WHERE sha256 IS NOT NULL;
CREATE TABLE raw_chunk (
  raw   INTEGER NOT NULL REFERENCES raw (id) ON DELETE CASCADE,
  seq   INTEGER NOT NULL,
  codec INTEGER NOT NULL,                     -- 0 as it is, 1 LZ4
  bytes BLOB    NOT NULL,
  PRIMARY KEY (raw, seq)
) STRICT;

-- The ledger: every message that was ever seen on a server has one row and one disposition.
--   accepted → handled      accepted → quarantined → accepted
--   skipped (from before the start mark)      listed → accepted (so too, but to be filed)      unfetchable
CREATE TABLE received (
  id          INTEGER PRIMARY KEY AUTOINCREMENT,
  mailbox     TEXT    NOT NULL,
  validity    INTEGER NOT NULL,               -- UIDVALIDITY
  uid         TEXT    NOT NULL,
  state       TEXT    NOT NULL CHECK (state IN ('listed', 'accepted', 'handled', 'quarantined', 'skipped', 'unfetchable')),
  raw         INTEGER REFERENCES raw (id),
  size        INTEGER NOT NULL,               -- on the server; more than the raw size where it was too large to fetch
  arrived_at  INTEGER,                        -- INTERNALDATE
  accepted_at INTEGER NOT NULL,
  older       INTEGER NOT NULL DEFAULT 0,     -- from before the start mark: nobody is written to
  marked      INTEGER NOT NULL DEFAULT 0,     -- moved or flagged on the server
  charges     INTEGER NOT NULL DEFAULT 0,     -- how often it broke us
  trouble     TEXT    NOT NULL DEFAULT '',    -- what it broke
  handled_at  INTEGER,
  confirmed   INTEGER REFERENCES received (id), -- the message by which its engineer confirmed it, after it was held
  desk        TEXT    NOT NULL DEFAULT '',
  message_id  TEXT,
  digest      BLOB,
  sender      TEXT    NOT NULL DEFAULT '',
  subject     TEXT    NOT NULL DEFAULT '',
  disposition TEXT,
  request     INTEGER REFERENCES request (id),
  reasons     TEXT    NOT NULL DEFAULT '[]',
  defects     TEXT    NOT NULL DEFAULT '[]',
  UNIQUE (mailbox, validity, uid),
  CHECK (message_id <> '')
) STRICT;
CREATE INDEX received_raw      ON received (raw) WHERE raw IS NOT NULL;
CREATE INDEX received_waiting  ON received (id) WHERE state = 'accepted';
CREATE INDEX received_listed   ON received (mailbox, validity) WHERE state = 'listed';
CREATE INDEX received_unmarked ON received (mailbox, validity) WHERE marked = 0 AND raw IS NOT NULL;
CREATE INDEX received_identity ON received (message_id, desk) WHERE message_id IS NOT NULL;
CREATE INDEX received_request  ON received (request) WHERE request IS NOT NULL;

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
  verdict      TEXT,                          -- what is off about it
  PRIMARY KEY (received, position)
) STRICT, WITHOUT ROWID;
CREATE INDEX attachment_same ON attachment (sha256);

-- A counter of its own, so that a number is never given twice, whatever happens to the requests.
CREATE TABLE desk (
  key         TEXT PRIMARY KEY,
  last_number INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- What replaying the events gives.
CREATE TABLE request (
  id         INTEGER PRIMARY KEY AUTOINCREMENT,
  desk       TEXT    NOT NULL,
  number     INTEGER NOT NULL CHECK (number > 0),
  subject    TEXT    NOT NULL,
  phase      TEXT    NOT NULL,
  status     TEXT    NOT NULL,
  kind       TEXT,
  priority   TEXT    NOT NULL,
  assignee   TEXT,                            -- the engineer who works on it
  place      TEXT,                            -- JSON; the line or team that it was passed on to
  release    TEXT,                            -- JSON; the version that will bring it
  same_as    TEXT,                            -- the number of the request that is the same
  watchers   TEXT    NOT NULL DEFAULT '[]',   -- JSON
  language   TEXT    NOT NULL,
  progress   TEXT    NOT NULL,                -- JSON; what time has to do with it
  look_at    INTEGER,                         -- when the clock looks at it; by the settings of the day, no event's matter
  opened_at  INTEGER NOT NULL,
  changed_at INTEGER NOT NULL,
  letters    INTEGER NOT NULL DEFAULT 0,      -- letters written so far
  UNIQUE (desk, number)
) STRICT;
CREATE INDEX request_look     ON request (look_at) WHERE look_at IS NOT NULL;
CREATE INDEX request_assignee ON request (assignee, phase) WHERE assignee IS NOT NULL;
CREATE INDEX request_release  ON request (release) WHERE release IS NOT NULL;
CREATE INDEX request_same     ON request (same_as) WHERE same_as IS NOT NULL;
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
CREATE TABLE event (
  id       INTEGER PRIMARY KEY AUTOINCREMENT,
  request  INTEGER NOT NULL REFERENCES request (id),
  at       INTEGER NOT NULL,
  who      TEXT    NOT NULL,
  proof    TEXT    NOT NULL,
  received INTEGER REFERENCES received (id),
  change   TEXT    NOT NULL                   -- JSON
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
  visibility TEXT    NOT NULL                 -- correspondence, or internal: engineers only
) STRICT;
CREATE INDEX entry_request ON entry (request);

--   due → inflight → sent      due → due (later)      due → failed      inflight → inflight (again, after a wait)
--   due → cancelled (what it told of was taken back in time)
CREATE TABLE letter (
  id          INTEGER PRIMARY KEY AUTOINCREMENT,
  request     INTEGER REFERENCES request (id),
  desk        TEXT    NOT NULL,
  cause       INTEGER REFERENCES received (id),
  kind        TEXT    NOT NULL,
  recipient   TEXT    NOT NULL,
  domain      TEXT    NOT NULL,
  message_id  TEXT    NOT NULL UNIQUE,
  manifest    TEXT    NOT NULL,               -- JSON; all that the bytes are made from
  digest      BLOB,                           -- of the bytes that went out first
  state       TEXT    NOT NULL CHECK (state IN ('due', 'inflight', 'sent', 'failed', 'cancelled')),
  created_at  INTEGER NOT NULL,
  due_at      INTEGER NOT NULL,
  attempts    INTEGER NOT NULL DEFAULT 0,
  resent      INTEGER NOT NULL DEFAULT 0,     -- tries after one whose end is unknown
  answer      TEXT    NOT NULL DEFAULT '',    -- the server's last words, or ours
  ended_at    INTEGER
) STRICT;
CREATE UNIQUE INDEX letter_once ON letter (cause, kind, recipient, coalesce(request, 0));
CREATE INDEX letter_due       ON letter (due_at) WHERE state IN ('due', 'inflight');
CREATE INDEX letter_recipient ON letter (recipient, created_at);
CREATE INDEX letter_domain    ON letter (domain, created_at);
CREATE INDEX letter_created   ON letter (created_at);
CREATE INDEX letter_request   ON letter (request, recipient);

-- Tokens that were seen where they should not have been: no proof any more.
CREATE TABLE burnt (
  anchor   TEXT    NOT NULL,                  -- otk-1042, or m-57 for a message
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

-- One row: whether the last process ended by itself.
CREATE TABLE process (
  one   INTEGER PRIMARY KEY CHECK (one = 1),
  clean INTEGER NOT NULL
) STRICT;
INSERT INTO process (one, clean) VALUES (1, 1);
