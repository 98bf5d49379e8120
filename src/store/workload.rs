//! Who is away, whose turn is next, and how many requests each engineer has.

use crate::model::policy::{Absence, Turn, Workload};
use crate::model::{ShortName, Timestamp};

use super::column::Json;
use super::sql::Row;
use super::{StoreError, Tx, View};

impl Tx<'_> {
    /// Records that an engineer is away; replaces what they said before.
    pub fn leave(&self, absence: &Absence, now: Timestamp) -> Result<(), StoreError> {
        let sql = "INSERT INTO absence (engineer, until, since) VALUES (?1, ?2, ?3)
          ON CONFLICT (engineer) DO UPDATE SET until = excluded.until";
        self.run("noting an absence", sql, &[&absence.engineer, &absence.until, &now]).map(|_| ())
    }

    /// Records that an engineer is back. Returns whether they were away.
    pub fn come_back(&self, engineer: &ShortName) -> Result<bool, StoreError> {
        let sql = "DELETE FROM absence WHERE engineer = ?1";
        self.run("ending an absence", sql, &[engineer]).map(|changed| changed == 1)
    }

    /// Records who got the latest request of a line or team.
    pub fn take_turn(&self, turn: &Turn) -> Result<(), StoreError> {
        let sql = "INSERT INTO turn (desk, place, engineer) VALUES (?1, ?2, ?3)
          ON CONFLICT (desk, place) DO UPDATE SET engineer = excluded.engineer";
        self.run("noting whose turn it was", sql, &[&turn.desk, &Json(&turn.place), &turn.engineer]).map(|_| ())
    }
}

impl View<'_> {
    /// Everybody who has said that they are away, also those whose day of return has come.
    pub fn absences(&self) -> Result<Vec<Absence>, StoreError> {
        let sql = "SELECT engineer, until FROM absence ORDER BY engineer";
        let row = |r: &Row<'_>| Ok(Absence { engineer: r.get(0)?, until: r.get(1)? });
        self.all("reading absences", sql, &[], row)
    }

    /// Who got the latest request of each line or team, and how many requests each of these engineers works on.
    pub fn workload(&self, counted: &[ShortName]) -> Result<Workload, StoreError> {
        let row = |r: &Row<'_>| {
            let Json(place) = r.get(1)?;
            Ok(Turn { desk: r.get(0)?, place, engineer: r.get(2)? })
        };
        let turns =
            self.all("reading turns", "SELECT desk, place, engineer FROM turn ORDER BY desk, place", &[], row)?;
        let loads =
            counted.iter().map(|engineer| Ok((engineer.clone(), self.load(engineer)?))).collect::<Result<_, _>>()?;
        Ok(Workload { loads, turns })
    }

    /// How many requests an engineer works on, at all desks: those that are neither planned, answered nor closed.
    fn load(&self, engineer: &ShortName) -> Result<u32, StoreError> {
        let sql =
            "SELECT coalesce(sum(n), 0) FROM request_count WHERE assignee = ?1 AND phase IN ('new', 'open', 'waiting')";
        self.one("counting an engineer's requests", sql, &[engineer], |r| r.get(0))
    }
}
