//! Which engineers of a desk are present today, and who of them is notified about a request.

use jiff::civil::Date;

use crate::model::policy::{Absence, Desk, Engineer};
use crate::model::{Place, Request, ShortName, Timestamp};

use super::calendar::day_of;

/// The engineers of a desk at a time, with the absences that they have announced.
#[derive(Clone, Copy)]
pub struct Roster<'a> {
    desk: &'a Desk,
    /// The absences of engineers of all desks, past ones too.
    absences: &'a [Absence],
    /// The day at the desk.
    today: Date,
}

impl<'a> Roster<'a> {
    /// The engineers of a desk now. `absences` may hold those of other desks and past ones.
    pub fn new(desk: &'a Desk, absences: &'a [Absence], now: Timestamp) -> Self {
        Self { desk, absences, today: day_of(&desk.calendar, now) }
    }

    /// The desk whose engineers these are.
    pub fn desk(&self) -> &'a Desk {
        self.desk
    }

    /// The absence of an engineer of the desk; `None` if they are present.
    pub fn absence(&self, engineer: &ShortName) -> Option<&'a Absence> {
        let is_away = |absence: &&Absence| absence.until.is_none_or(|back| self.today < back);
        let absence = self.absences.iter().find(|absence| absence.engineer == *engineer);
        absence.filter(is_away).filter(|_| self.desk.engineer(engineer).is_some())
    }

    /// The engineers of a line or team who are not away.
    pub fn present(&self, place: Option<&Place>) -> Vec<&'a Engineer> {
        let members = self.desk.members(place).into_iter();
        members.filter(|engineer| self.absence(&engineer.name).is_none()).collect()
    }

    /// The engineers who are notified about a request: its assignee, or else the line or team that it is with; both while the
    /// assignee is away. Of a line or team, those who are present; all of them if nobody is.
    pub fn responsible(&self, request: &Request) -> Vec<&'a Engineer> {
        let assignee = request.assignee.as_ref().and_then(|name| self.desk.engineer(name));
        let mut told: Vec<&Engineer> = assignee.into_iter().collect();
        if assignee.is_none_or(|assignee| self.absence(&assignee.name).is_some()) {
            let others =
                self.present(request.place.as_ref()).into_iter().filter(|e| request.assignee.as_ref() != Some(&e.name));
            told.extend(others);
        }
        if told.is_empty() { self.desk.members(request.place.as_ref()) } else { told }
    }
}
