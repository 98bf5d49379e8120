//! What the desk's rules add to what people ask: above all who becomes the assignee where nobody was named.

use super::intake::PROBLEM;
use crate::model::policy::{Assignment, Desk, Engineer, Workload, Turn};
use crate::model::{Ask, Change, Kind, Phase, Place, Priority, Request, ShortName};

/// Whom the desk's rule has chosen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Chosen {
    /// Who.
    pub engineer: ShortName,
    /// By which rule, as an event's proof.
    pub proof: &'static str,
    /// Whose turn it was.
    pub turn: Turn,
}

/// Chooses the assignee of a request among those of its line or team who are here; nobody where the desk leaves it to them,
/// or where somebody has it.
pub fn choose(desk: &Desk, request: &Request, workload: &Workload) -> Option<Chosen> {
    if request.assignee.is_some() || matches!(request.standing.phase, Phase::Completed | Phase::Closed) {
        return None;
    }
    let place = request.place.as_ref();
    let waiting = in_turn(desk, place, workload);
    let (chosen, proof) = match desk.assignment {
        Assignment::Nobody => return None,
        Assignment::InTurn => (waiting.first()?, "in turn"),
        // Of several with as few requests the one whose turn it is.
        Assignment::LeastLoaded => (waiting.iter().min_by_key(|engineer| load(engineer, workload))?, "least loaded"),
    };
    let engineer = chosen.name.clone();
    let turn = Turn { desk: desk.key.clone(), place: place.cloned(), engineer: engineer.clone() };
    Some(Chosen { engineer, proof, turn })
}

/// What the desk's rules add to what somebody has asked of a request.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Added {
    /// What changes, each with its proof.
    pub changes: Vec<(Change, &'static str)>,
    /// Whose turn it was, if an assignee was chosen.
    pub turn: Option<Turn>,
}

/// Adds to what was asked of a request what the desk's rules say: a problem is urgent at once, unless its urgency was asked
/// for; and a line or team that it was passed on to has an assignee chosen.
pub fn add(desk: &Desk, asks: &[Ask], request: &mut Request, workload: &Workload) -> Added {
    let mut added = Added::default();
    let asks_for_priority = asks.iter().any(|ask| matches!(ask, Ask::Priority(_)));
    let (from, to) = (request.priority, Priority::Critical);
    let is_problem = asks.contains(&Ask::Kind(Kind::Problem));
    if is_problem && desk.urgent_problems && !asks_for_priority && from != to {
        request.priority = to;
        added.changes.push((Change::PrioritySet { from, to }, PROBLEM));
    }
    let is_passed_on = asks.iter().any(|ask| matches!(ask, Ask::PassOn(Place::Line(_) | Place::Team(_))));
    if let Some(chosen) = choose(desk, request, workload).filter(|_| is_passed_on) {
        request.assignee = Some(chosen.engineer.clone());
        added.changes.push((Change::Assigned { from: None, to: Some(chosen.engineer) }, chosen.proof));
        added.turn = Some(chosen.turn);
    }
    added
}

/// Those who are here, whoever has waited longest first: behind the last one in the order of the line, and round.
fn in_turn<'a>(desk: &'a Desk, place: Option<&Place>, workload: &Workload) -> Vec<&'a Engineer> {
    let is_here = |turn: &&Turn| turn.desk == desk.key && turn.place.as_ref() == place;
    let last = workload.turns.iter().find(is_here).map(|turn| &turn.engineer);
    let mut all = desk.members(place);
    let next = all.iter().position(|engineer| Some(&engineer.name) == last).map_or(0, |last| last + 1);
    all.rotate_left(next);
    all.retain(|engineer| desk.absence(&engineer.name).is_none());
    all
}

fn load(engineer: &Engineer, workload: &Workload) -> u32 {
    workload.loads.iter().find(|(name, _)| *name == engineer.name).map_or(0, |(_, load)| *load)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::policy::{Absence, Line};
    use crate::model::{DeskKey, EmailAddress, Language, RequestNumber, Status, Timestamp};

    fn name(text: &str) -> ShortName {
        ShortName::parse(text).unwrap()
    }

    fn desk(assignment: Assignment) -> Desk {
        let key = DeskKey::parse("OTK").unwrap();
        let address = EmailAddress::parse("support@example.org").unwrap();
        let mut desk = Desk::new(key, "Support".into(), address, "out".into());
        let engineer = |short: &str| Engineer {
            name: name(short),
            full_name: short.into(),
            address: EmailAddress::parse(&format!("{short}@example.org")).unwrap(),
            aliases: Vec::new(),
            language: None,
            words: Vec::new(),
        };
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

    /// Whom the desk chooses after this one, when these are away and these have so many requests.
    fn chosen(assignment: Assignment, last: &str, absent: &[&str], loads: &[(&str, u32)]) -> Option<String> {
        let mut desk = desk(assignment);
        desk.away = absent.iter().map(|who| away(who)).collect();
        let loads = loads.iter().map(|(who, load)| (name(who), *load)).collect();
        let turn = |who| Turn { desk: desk.key.clone(), place: None, engineer: name(who) };
        let other = Turn { place: Some(Place::Line(2)), ..turn("vera") };
        let turns = [other].into_iter().chain(Some(last).filter(|last| !last.is_empty()).map(turn)).collect();
        choose(&desk, &request(), &Workload { loads, turns }).map(|chosen| chosen.engineer.to_string())
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
            assert_eq!(choose(&desk, &request, &Workload::default()), None);
        }
    }
}
