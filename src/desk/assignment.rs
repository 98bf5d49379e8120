//! Adds to the asks of people what the desk's rules say, above all which engineer gets a request where no engineer was named.

use super::basis::Basis;
use super::intake::PROBLEM;
use super::revision::Revision;
use super::roster::Roster;
use crate::model::policy::{Assignment, Desk, Engineer, Turn, Workload};
use crate::model::{Ask, Change, Kind, Phase, Place, Priority, Request, ShortName};

/// The engineer whom a desk's rule has chosen for a request.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Chosen {
    /// The engineer.
    engineer: ShortName,
    /// The name of the rule, as the proof of the event.
    proof: &'static str,
    /// The turn that is thereby taken.
    turn: Turn,
}

/// Chooses an engineer for a request among those of its line or team who are not away. `None` where the desk assigns nobody by
/// itself, where the request has an assignee, or where it is over.
fn choose(roster: &Roster<'_>, request: &Request, workload: &Workload) -> Option<Chosen> {
    if request.assignee.is_some() || matches!(request.standing.phase, Phase::Completed | Phase::Closed) {
        return None;
    }
    let (desk, place) = (roster.desk(), request.place.as_ref());
    let waiting = in_turn(roster, place, workload);
    let (chosen, proof) = match desk.assignment {
        Assignment::Nobody => return None,
        Assignment::InTurn => (waiting.first()?, "in turn"),
        // Of several who have as few requests, the one whose turn it is.
        Assignment::LeastLoaded => (waiting.iter().min_by_key(|engineer| load(engineer, workload))?, "least loaded"),
    };
    let engineer = chosen.name.clone();
    let turn = Turn { desk: desk.key.clone(), place: place.cloned(), engineer: engineer.clone() };
    Some(Chosen { engineer, proof, turn })
}

/// Adds what the desk's rules say to a request of which this was asked: a problem becomes critical, unless a priority was asked
/// for; a request that was passed on gets an engineer of its line or team. Returns the turn that was taken; `None` where no
/// engineer was chosen.
pub fn add(basis: &Basis<'_>, asks: &[Ask], revision: &mut Revision) -> Option<Turn> {
    let asks_for_priority = asks.iter().any(|ask| matches!(ask, Ask::Priority(_)));
    if asks.contains(&Ask::Kind(Kind::Problem)) && !asks_for_priority {
        add_urgency(basis, Kind::Problem, revision);
    }
    let is_passed_on = asks.iter().any(|ask| matches!(ask, Ask::PassOn(Place::Line(_) | Place::Team(_))));
    if is_passed_on { assign(basis, basis.desk, revision) } else { None }
}

/// Makes a problem critical, if the desk is set to do so.
pub fn add_urgency(basis: &Basis<'_>, kind: Kind, revision: &mut Revision) {
    let (from, to) = (revision.request().priority, Priority::Critical);
    if basis.desk_of(&revision.request().number).urgent_problems && kind == Kind::Problem && from != to {
        revision.change(&basis.by_rule(PROBLEM), Change::PrioritySet { from, to });
    }
}

/// Assigns a request to the engineer whom the desk's rule chooses. Returns the turn that was taken; `None` where no engineer
/// was chosen.
pub fn assign<'a>(basis: &Basis<'a>, desk: &'a Desk, revision: &mut Revision) -> Option<Turn> {
    let Chosen { engineer, proof, turn } = choose(&basis.roster(desk), revision.request(), &basis.facts.desk.workload)?;
    revision.change(&basis.by_rule(proof), Change::Assigned { from: None, to: Some(engineer) });
    Some(turn)
}

/// The members of a line or team who are not away, the longest without a turn first: in the order of the configuration,
/// beginning behind the one who had the last turn.
fn in_turn<'a>(roster: &Roster<'a>, place: Option<&Place>, workload: &Workload) -> Vec<&'a Engineer> {
    let desk = roster.desk();
    let is_here = |turn: &&Turn| turn.desk == desk.key && turn.place.as_ref() == place;
    let last = workload.turns.iter().find(is_here).map(|turn| &turn.engineer);
    let mut all = desk.members(place);
    let next = all.iter().position(|engineer| Some(&engineer.name) == last).map_or(0, |last| last + 1);
    all.rotate_left(next);
    all.retain(|engineer| roster.absence(&engineer.name).is_none());
    all
}

fn load(engineer: &Engineer, workload: &Workload) -> u32 {
    workload.loads.iter().find(|(name, _)| *name == engineer.name).map_or(0, |(_, load)| *load)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::policy::{Absence, Line};
    use crate::model::samples::{self, engineer, name};
    use crate::model::{Language, RequestNumber, Status, Timestamp};

    fn desk(assignment: Assignment) -> Desk {
        let mut desk = samples::desk();
        desk.engineers = ["anna", "boris", "vera"].map(engineer).to_vec();
        desk.lines = vec![Line { number: 1, members: ["anna", "boris", "vera"].map(name).to_vec() }];
        desk.assignment = assignment;
        desk
    }

    fn request() -> Request {
        let at = Timestamp::from_unix(1_795_253_400);
        Request::opened(RequestNumber::parse("OTK-1").unwrap(), String::new(), Language::En, None, at)
    }

    fn away(who: &str) -> Absence {
        Absence { engineer: name(who), until: None }
    }

    fn roster<'a>(desk: &'a Desk, absences: &'a [Absence]) -> Roster<'a> {
        Roster::new(desk, absences, Timestamp::from_unix(1_795_253_400))
    }

    /// Who is chosen after `last`, when these engineers are away and have so many requests.
    fn chosen(assignment: Assignment, last: &str, absent: &[&str], loads: &[(&str, u32)]) -> Option<String> {
        let desk = desk(assignment);
        let absences: Vec<Absence> = absent.iter().map(|who| away(who)).collect();
        let loads = loads.iter().map(|(who, load)| (name(who), *load)).collect();
        let turn = |who| Turn { desk: desk.key.clone(), place: None, engineer: name(who) };
        let other = Turn { place: Some(Place::Line(2)), ..turn("vera") };
        let turns = [other].into_iter().chain(Some(last).filter(|last| !last.is_empty()).map(turn)).collect();
        choose(&roster(&desk, &absences), &request(), &Workload { loads, turns })
            .map(|chosen| chosen.engineer.to_string())
    }

    #[test]
    fn the_members_of_a_line_take_turns() {
        for (last, absent, next) in [
            ("", &[][..], Some("anna")),
            ("anna", &[], Some("boris")),
            ("vera", &[], Some("anna")),
            ("anna", &["boris"], Some("vera")),
            ("boris", &["boris"], Some("vera")),
            ("vera", &["anna", "vera"], Some("boris")),
            ("gone", &[], Some("anna")),
            ("anna", &["anna", "boris", "vera"], None),
        ] {
            assert_eq!(chosen(Assignment::InTurn, last, absent, &[]).as_deref(), next, "{last} {absent:?}");
        }
    }

    #[test]
    fn the_least_loaded_is_chosen_and_equals_take_turns() {
        for (last, absent, loads, next) in [
            ("", &[][..], &[][..], "anna"),
            ("anna", &[], &[], "boris"),
            ("", &[], &[("anna", 2), ("boris", 1), ("vera", 3)], "boris"),
            ("", &["boris"], &[("anna", 2), ("boris", 1), ("vera", 3)], "anna"),
            ("anna", &[], &[("anna", 1), ("boris", 1), ("vera", 1)], "boris"),
            ("vera", &[], &[("anna", 4), ("boris", 1)], "vera"),
        ] {
            assert_eq!(chosen(Assignment::LeastLoaded, last, absent, loads).as_deref(), Some(next), "{last} {loads:?}");
        }
        assert_eq!(chosen(Assignment::Nobody, "", &[], &[]), None);
    }

    #[test]
    fn what_somebody_has_or_what_is_over_is_not_assigned() {
        let desk = desk(Assignment::InTurn);
        let mut theirs = request();
        theirs.assignee = Some(name("vera"));
        let mut closed = request();
        closed.standing = desk.standing(&Status::Closed);
        for request in [theirs, closed] {
            assert_eq!(choose(&roster(&desk, &[]), &request, &Workload::default()), None);
        }
    }
}
