//! What engineers' e-mail commands need in the database: used-up tokens, personal addresses, messages that wait for a
//! confirmation.

use serde::Serialize;

use crate::model::{ReceivedId, ShortName, Signed, Timestamp};

use super::sql::{Row, columns};
use super::{StoreError, Tx, View};

/// A personal address of an engineer, for people.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct PersonalAddressRow {
    /// Its serial number, from which the address is made.
    pub serial: u32,
    /// The engineer who may use it.
    pub engineer: ShortName,
    /// When it was given.
    pub made_at: Timestamp,
    /// When it was revoked; `None` while it is valid.
    pub revoked_at: Option<Timestamp>,
    /// Why it was revoked; empty while it is valid.
    pub why: String,
}

impl Tx<'_> {
    /// Records that a token was used up and proves nothing any more.
    pub fn burn(&self, signed: &Signed, received: ReceivedId, now: Timestamp) -> Result<(), StoreError> {
        let sql = "INSERT INTO burnt (anchor, sequence, at, received) VALUES (?1, ?2, ?3, ?4) ON CONFLICT DO NOTHING";
        let anchor = signed.anchor.to_string();
        self.run("burning a token", sql, &[&anchor, &signed.sequence, &now, &received]).map(|_| ())
    }

    /// Takes the next serial number for a personal address of an engineer.
    pub fn invite(&self, engineer: &ShortName, now: Timestamp) -> Result<u32, StoreError> {
        let sql = "INSERT INTO personal_address (engineer, made_at) VALUES (?1, ?2) RETURNING serial";
        self.one("inviting an engineer", sql, &[engineer, &now], |r| r.get(0))
    }

    /// Revokes a personal address. Returns whether it was valid until now.
    pub fn revoke(&self, serial: u32, why: &str, now: Timestamp) -> Result<bool, StoreError> {
        let sql = "UPDATE personal_address SET revoked_at = ?2, why = ?3 WHERE serial = ?1 AND revoked_at IS NULL";
        self.run("revoking a personal address", sql, &[&serial, &now, &why]).map(|changed| changed == 1)
    }

    /// Puts a held message back in line, as confirmed by another message. Returns whether it was held. Where a lost
    /// installation has handled that confirmation already, nobody is told of the held message again.
    pub fn release(&self, held: ReceivedId, confirmed_by: ReceivedId) -> Result<bool, StoreError> {
        let doing = "releasing a held message";
        self.run(doing, "DELETE FROM attachment WHERE received = ?1", &[&held])?;
        self.waits_no_more(held)?;
        let repeated = "UPDATE letter SET repeated = 1 WHERE cause = ?1 AND kind = 'question' AND state = 'due'
          AND (SELECT repeated FROM received WHERE id = ?2) = 1";
        self.run(doing, repeated, &[&held, &confirmed_by])?;
        let sql = "UPDATE received SET state = 'accepted', confirmed = ?2, disposition = NULL, request = NULL,
            repeated = (SELECT repeated FROM received WHERE id = ?2)
          WHERE id = ?1 AND state = 'handled' AND disposition = 'held'";
        self.run(doing, sql, &[&held, &confirmed_by]).map(|changed| changed == 1)
    }

    /// Records that a message waits no longer for its engineer's yes, because of another message.
    pub fn settle(&self, held: ReceivedId, by: ReceivedId) -> Result<(), StoreError> {
        let sql = "UPDATE received SET settled = ?2 WHERE id = ?1 AND settled IS NULL";
        self.run("settling a message", sql, &[&held, &by])?;
        self.waits_no_more(held)
    }
}

impl View<'_> {
    /// All personal addresses that were ever given, the oldest first.
    pub fn personal_addresses(&self) -> Result<Vec<PersonalAddressRow>, StoreError> {
        let sql = "SELECT serial, engineer, made_at, revoked_at, why FROM personal_address ORDER BY serial";
        let row = |r: &Row<'_>| columns!(r => PersonalAddressRow { serial, engineer, made_at, revoked_at, why });
        self.all("reading personal addresses", sql, &[], row)
    }
}
