//! The names of the configuration that mail and requests rest on, and a mailbox's change of name.

use crate::model::{DeskKey, Phase, Place, RequestNumber, ShortName, Status, Timestamp};

use super::column::Json;
use super::sql::{Row, columns};
use super::{StoreError, Tx, View};

/// How many requests of a desk, not closed, an engineer or nobody has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OpenRequests {
    /// The desk.
    pub desk: DeskKey,
    /// Who works on them; `None`: nobody.
    pub assignee: Option<ShortName>,
    /// Their phase.
    pub phase: Phase,
    /// How many they are.
    pub count: u64,
}

/// A place and a status of requests that are not closed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OpenStanding {
    /// The desk.
    pub desk: DeskKey,
    /// The line or team that has them; `None`: none.
    pub place: Option<Place>,
    /// Their status.
    pub status: Status,
    /// How many they are.
    pub count: u64,
}

/// A mailbox that was read before.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KnownMailbox {
    /// Its name when it was last read.
    pub name: String,
    /// Where it was; `None` where that is not known.
    pub location: Option<String>,
    /// When it was last read with success.
    pub read_at: Option<Timestamp>,
}

impl View<'_> {
    /// The requests that are not closed, by desk, engineer and phase.
    pub fn open_requests(&self) -> Result<Vec<OpenRequests>, StoreError> {
        let sql = "SELECT desk, nullif(assignee, ''), phase, n FROM request_count WHERE phase <> 'closed' AND n > 0
          ORDER BY desk, assignee, phase";
        self.all("counting requests", sql, &[], |r| columns!(r => OpenRequests { desk, assignee, phase, count }))
    }

    /// How many letters of each desk are not sent yet.
    pub fn unsent_letters(&self) -> Result<Vec<(DeskKey, u64)>, StoreError> {
        let sql = "SELECT desk, sum(n) FROM letter_count WHERE state IN ('due', 'inflight') AND n > 0 GROUP BY desk";
        self.all("counting letters", sql, &[], |r| Ok((r.get(0)?, r.get(1)?)))
    }

    /// How many accepted messages of each mailbox are not handled yet.
    pub fn unhandled_messages(&self) -> Result<Vec<(String, u64)>, StoreError> {
        let sql = "SELECT mailbox, count(*) FROM received WHERE state = 'accepted' GROUP BY mailbox ORDER BY mailbox";
        self.all("counting messages", sql, &[], |r| Ok((r.get(0)?, r.get(1)?)))
    }

    /// The places and statuses of all requests that are not closed. Reads all requests.
    pub fn open_standings(&self) -> Result<Vec<OpenStanding>, StoreError> {
        let sql = "SELECT desk, place, status, count(*) FROM request WHERE phase <> 'closed'
          GROUP BY desk, place, status ORDER BY desk, place, status";
        let row = |r: &Row<'_>| {
            let place: Option<Json<Place>> = r.get(1)?;
            let place = place.map(|Json(place)| place);
            Ok(OpenStanding { desk: r.get(0)?, place, status: r.get(2)?, count: r.get(3)? })
        };
        self.all("counting requests", sql, &[], row)
    }

    /// All mailboxes that were ever read, each where it was read last.
    pub fn known_mailboxes(&self) -> Result<Vec<KnownMailbox>, StoreError> {
        let sql = "SELECT m.name, (SELECT f.location FROM folder f
              WHERE f.mailbox = m.name AND f.moved_to = '' AND f.earlier = 0 ORDER BY f.id DESC LIMIT 1),
            (SELECT h.worked_at FROM health h WHERE h.part = 'mailbox' AND h.name = m.name)
          FROM mailbox m ORDER BY m.name";
        self.all("reading mailboxes", sql, &[], |r| columns!(r => KnownMailbox { name, location, read_at }))
    }

    /// The requests of a desk that an engineer has, neither answered nor closed. Reads the desk's requests.
    pub fn assigned_to(&self, desk: &DeskKey, engineer: &ShortName) -> Result<Vec<RequestNumber>, StoreError> {
        let sql = "SELECT desk || '-' || number FROM request
          WHERE desk = ?1 AND assignee = ?2 AND phase NOT IN ('completed', 'closed') ORDER BY id";
        self.all("looking for requests", sql, &[desk, engineer], |r| r.get(0))
    }
}

impl Tx<'_> {
    /// Gives what is stored of a mailbox to another name. Returns whether there was anything.
    pub fn rename_mailbox(&self, old: &str, new: &str) -> Result<bool, StoreError> {
        let doing = "renaming a mailbox";
        if !self.exists(doing, "SELECT 1 FROM folder WHERE mailbox = ?1 OR owner = ?1", &[&old])? {
            return Ok(false);
        }
        for sql in [
            "UPDATE OR IGNORE folder SET owner = ?2 WHERE owner = ?1",
            "UPDATE folder SET mailbox = ?2 WHERE mailbox = ?1",
            "UPDATE OR REPLACE mailbox SET name = ?2 WHERE name = ?1",
            "UPDATE OR REPLACE health SET name = ?2 WHERE name = ?1 AND part IN ('mailbox', 'marks')",
            "UPDATE received SET mailbox = ?2 WHERE mailbox = ?1",
        ] {
            self.run(doing, sql, &[&old, &new])?;
        }
        Ok(true)
    }
}
