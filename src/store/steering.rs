//! What engineers steer by: burnt tokens, personal addresses, messages that wait for a confirmation.

use rusqlite::params;
use serde::Serialize;

use crate::model::{ReceivedId, ShortName, Signed, Timestamp};

use super::column::Word;
use super::error::During;
use super::{StoreError, Tx, View};

/// A personal address, for people.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct PersonalAddressRow {
    /// Its serial number, which the address is made from.
    pub serial: u32,
    /// Whose it is.
    pub engineer: ShortName,
    /// When it was given.
    pub made_at: Timestamp,
    /// When it was revoked, if it was.
    pub revoked_at: Option<Timestamp>,
    /// Why.
    pub why: String,
}

impl Tx<'_> {
    /// Notes that a token is no proof any more.
    pub fn burn(&self, signed: &Signed, received: ReceivedId, now: Timestamp) -> Result<(), StoreError> {
        self.connection
            .prepare_cached(
                "INSERT INTO burnt (anchor, sequence, at, received) VALUES (?1, ?2, ?3, ?4) ON CONFLICT DO NOTHING",
            )
            .and_then(|mut insert| {
                insert.execute(params![signed.anchor.to_string(), signed.sequence, now.unix(), received.0])
            })
            .during("burning a token")
            .map(|_| ())
    }

    /// Takes the next serial number for an engineer's personal address.
    pub fn invite(&self, engineer: &ShortName, now: Timestamp) -> Result<u32, StoreError> {
        self.connection
            .query_row(
                "INSERT INTO personal_address (engineer, made_at) VALUES (?1, ?2) RETURNING serial",
                params![engineer.as_str(), now.unix()],
                |r| r.get(0),
            )
            .during("inviting an engineer")
    }

    /// Revokes a personal address. Answers whether it was good until now.
    pub fn revoke(&self, serial: u32, why: &str, now: Timestamp) -> Result<bool, StoreError> {
        self.connection
            .execute(
                "UPDATE personal_address SET revoked_at = ?2, why = ?3 WHERE serial = ?1 AND revoked_at IS NULL",
                params![serial, now.unix(), why],
            )
            .during("revoking a personal address")
            .map(|changed| changed == 1)
    }

    /// Puts a held message back in line, confirmed by another one. Only what was confirmed before a restore went out before it.
    pub fn release(&self, held: ReceivedId, confirmed_by: ReceivedId) -> Result<bool, StoreError> {
        let run = |sql: &str, values: &[&dyn rusqlite::ToSql]| {
            self.connection.execute(sql, values).during("releasing a held message")
        };
        run("DELETE FROM attachment WHERE received = ?1", &[&held.0])?;
        run(
            "UPDATE letter SET repeated = 1 WHERE cause = ?1 AND kind = 'question' AND state = 'due'
               AND (SELECT repeated FROM received WHERE id = ?2) = 1",
            &[&held.0, &confirmed_by.0],
        )?;
        self.connection
            .execute(
                "UPDATE received SET state = 'accepted', confirmed = ?2, disposition = NULL, request = NULL,
                   repeated = (SELECT repeated FROM received WHERE id = ?2)
                 WHERE id = ?1 AND state = 'handled' AND disposition = 'held'",
                params![held.0, confirmed_by.0],
            )
            .during("releasing a held message")
            .map(|changed| changed == 1)
    }
}

impl View<'_> {
    /// All personal addresses ever given, the newest last.
    pub fn personal_addresses(&self) -> Result<Vec<PersonalAddressRow>, StoreError> {
        let mut query = self
            .connection
            .prepare_cached("SELECT serial, engineer, made_at, revoked_at, why FROM personal_address ORDER BY serial")
            .during("reading personal addresses")?;
        let rows = query
            .query_map([], |r| {
                Ok(PersonalAddressRow {
                    serial: r.get(0)?,
                    engineer: r.get::<_, Word<ShortName>>(1)?.0,
                    made_at: Timestamp::from_unix(r.get(2)?),
                    revoked_at: r.get::<_, Option<i64>>(3)?.map(Timestamp::from_unix),
                    why: r.get(4)?,
                })
            })
            .during("reading personal addresses")?;
        rows.collect::<Result<_, _>>().during("reading personal addresses")
    }
}
