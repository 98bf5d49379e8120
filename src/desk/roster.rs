//! Who of a desk's engineers is here today.

use jiff::civil::Date;

use crate::model::policy::{Absence, Desk, Engineer};
use crate::model::{Place, Request, ShortName, Timestamp};

use super::calendar::day_of;

/// A desk's engineers at a time, with what they have said about being away.
#[derive(Clone, Copy)]
pub struct Roster<'a> {
    desk: &'a Desk,
    /// What engineers of all desks have said.
    absences: &'a [Absence],
    /// The day at the desk.
    today: Date,
}

impl<'a> Roster<'a> {
    /// The engineers of a desk now, by all that engineers of any desk have said.
    pub fn new(desk: &'a Desk, absences: &'a [Absence], now: Timestamp) -> Self {
        Self { desk, absences, today: day_of(&desk.calendar, now) }
    }

    /// The desk.
    pub fn desk(&self) -> &'a Desk {
        self.desk
    }

    /// Until when an engineer of the desk is away; none where they are here.
    pub fn absence(&self, engineer: &ShortName) -> Option<&'a Absence> {
        let is_away = |absence: &&Absence| absence.until.is_none_or(|back| self.today < back);
        let absence = self.absences.iter().find(|absence| absence.engineer == *engineer);
        absence.filter(is_away).filter(|_| self.desk.engineer(engineer).is_some())
    }

    /// The engineers of a line or team who are here.
    pub fn present(&self, place: Option<&Place>) -> Vec<&'a Engineer> {
        let members = self.desk.members(place).into_iter();
        members.filter(|engineer| self.absence(&engineer.name).is_none()).collect()
    }

    /// Who is told what happens in a request: its assignee, or else the line or team that it is with. While the assignee is
    /// away both are. Of a line those who are here are told; all of them, where nobody is.
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
