//! Who is away, whose turn it is, and how much everybody has.

use jiff::civil::Date;
use rusqlite::{Row, params};

use crate::model::policy::{Absence, Workload, Turn};
use crate::model::{DeskKey, ShortName, Timestamp};

use super::column::{Json, Word};
use super::error::During;
use super::{StoreError, Tx, View};

impl Tx<'_> {
    /// Notes that an engineer is away; what he said before does not count any more.
    pub fn leave(&self, absence: &Absence, now: Timestamp) -> Result<(), StoreError> {
        self.connection
            .execute(
                "INSERT INTO absence (engineer, until, since) VALUES (?1, ?2, ?3)
                 ON CONFLICT (engineer) DO UPDATE SET until = excluded.until",
                params![absence.engineer.as_str(), absence.until.map(Word), now.unix()],
            )
            .during("noting an absence")
            .map(|_| ())
    }

    /// Notes that an engineer is back. Answers whether he was away.
    pub fn come_back(&self, engineer: &ShortName) -> Result<bool, StoreError> {
        self.connection
            .execute("DELETE FROM absence WHERE engineer = ?1", [engineer.as_str()])
            .during("ending an absence")
            .map(|changed| changed == 1)
    }

    /// Notes who got the last request of a line or team.
    pub fn take_turn(&self, turn: &Turn) -> Result<(), StoreError> {
        self.connection
            .prepare_cached(
                "INSERT INTO turn (desk, place, engineer) VALUES (?1, ?2, ?3)
                 ON CONFLICT (desk, place) DO UPDATE SET engineer = excluded.engineer",
            )
            .and_then(|mut insert| {
                insert.execute(params![turn.desk.as_str(), Json(&turn.place), turn.engineer.as_str()])
            })
            .during("noting whose turn it was")
            .map(|_| ())
    }
}

impl View<'_> {
    /// Who has said that he is away, also those whose day of return has come.
    pub fn absences(&self) -> Result<Vec<Absence>, StoreError> {
        let mut query = self
            .connection
            .prepare_cached("SELECT engineer, until FROM absence ORDER BY engineer")
            .during("reading absences")?;
        let row = |r: &Row<'_>| {
            let until = r.get::<_, Option<Word<Date>>>(1)?.map(|word| word.0);
            Ok(Absence { engineer: r.get::<_, Word<ShortName>>(0)?.0, until })
        };
        query.query_map([], row).and_then(Iterator::collect).during("reading absences")
    }

    /// Whose turn it was last, and how many requests each of these engineers works on.
    pub fn workload(&self, counted: &[ShortName]) -> Result<Workload, StoreError> {
        let mut query =
            self.connection.prepare_cached("SELECT desk, place, engineer FROM turn").during("reading turns")?;
        let row = |r: &Row<'_>| {
            Ok(Turn {
                desk: r.get::<_, Word<DeskKey>>(0)?.0,
                place: r.get::<_, Json<_>>(1)?.0,
                engineer: r.get::<_, Word<ShortName>>(2)?.0,
            })
        };
        let turns = query.query_map([], row).and_then(Iterator::collect).during("reading turns")?;
        let loads =
            counted.iter().map(|engineer| Ok((engineer.clone(), self.load(engineer)?))).collect::<Result<_, _>>()?;
        Ok(Workload { loads, turns })
    }

    /// How many requests an engineer works on, at all desks: neither planned, nor answered, nor closed.
    fn load(&self, engineer: &ShortName) -> Result<u32, StoreError> {
        self.connection
            .prepare_cached("SELECT count(*) FROM request WHERE assignee = ?1 AND phase IN ('new', 'open', 'waiting')")
            .and_then(|mut query| query.query_row([engineer.as_str()], |r| r.get(0)))
            .during("counting an engineer's requests")
    }
}
