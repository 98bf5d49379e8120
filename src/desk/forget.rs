//! What is left of an event when people are forgotten: what happened and when stays, who they were goes.

use crate::model::{Actor, Change, Copied, EmailAddress, Event, Participant, Redaction};

/// The subject of a request whose content was erased.
const NO_SUBJECT: &str = "(forgotten)";

/// An event of a request that loses all of its content.
pub fn erased(event: Event, redaction: &Redaction) -> Event {
    forgetting(event, redaction, true)
}

/// An event of a request that stays, in which a forgotten person took part.
pub fn redacted(event: Event, redaction: &Redaction) -> Event {
    forgetting(event, redaction, false)
}

fn forgetting(event: Event, redaction: &Redaction, whole: bool) -> Event {
    let who = match event.who {
        Actor::Person(address) => Actor::Person(redaction.address(&address)),
        who @ (Actor::Engineer(_) | Actor::Unknown | Actor::Maildesk | Actor::Operator) => who,
    };
    let proof = redaction.text(&event.proof);
    Event { who, proof, change: change(event.change, redaction, whole), ..event }
}

/// A change without personal data: all words go if the `whole` request is erased, else only addresses in them.
fn change(change: Change, redaction: &Redaction, whole: bool) -> Change {
    let words = |text: Option<String>| text.filter(|_| !whole).map(|text| redaction.text(&text));
    match change {
        Change::Opened { subject, language, requester } => Change::Opened {
            subject: words(Some(subject)).unwrap_or_else(|| NO_SUBJECT.to_owned()),
            language,
            requester: requester.map(|person| participant(person, redaction)),
        },
        Change::RequesterSet { from, to } => {
            let redacted = |person: Option<Participant>| person.map(|person| participant(person, redaction));
            Change::RequesterSet { from: redacted(from), to: redacted(to) }
        }
        Change::SplitOff { received, to, standing, mut progress } => {
            progress.environment = words(progress.environment.take());
            progress.period = words(progress.period.take());
            Change::SplitOff { received, to, standing, progress }
        }
        Change::Watching { watcher, watches } => Change::Watching { watcher: redaction.address(&watcher), watches },
        Change::WithThirdParties { people } => {
            Change::WithThirdParties { people: people.iter().map(|person| redaction.address(person)).collect() }
        }
        Change::InCopy { people, is_known } => {
            let person = |person: Copied| Copied {
                name: if redaction.covers(&person.email) { String::new() } else { redaction.text(&person.name) },
                email: redaction.address(&person.email),
            };
            Change::InCopy { people: people.into_iter().map(person).collect(), is_known }
        }
        Change::HandedOver { to } => Change::HandedOver { to: redaction.address(&to) },
        Change::Proven { participant } => Change::Proven { participant: redaction.address(&participant) },
        Change::Described { environment, period, missing } => {
            Change::Described { environment: words(environment), period: words(period), missing }
        }
        Change::LetterFailed { letter, to, why } => {
            Change::LetterFailed { letter, to: redaction.address(&to), why: words(Some(why)).unwrap_or_default() }
        }
        Change::Complained { letter, by, kind } => Change::Complained { letter, by: redaction.address(&by), kind },
        Change::Appended
        | Change::Answered
        | Change::Noted
        | Change::Moved { .. }
        | Change::Assigned { .. }
        | Change::PassedOn { .. }
        | Change::KindSet { .. }
        | Change::PrioritySet { .. }
        | Change::ReleaseSet { .. }
        | Change::DuplicateSet { .. }
        | Change::Delivered { .. }
        | Change::Reminded { .. }
        | Change::Filed
        | Change::MovedTo { .. }
        | Change::MovedFrom { .. }
        | Change::Undone { .. }
        | Change::AppendedFromOutside
        | Change::AppendedAutomatic
        | Change::Linked { .. }
        | Change::Forgotten { .. } => change,
    }
}

fn participant(person: Participant, redaction: &Redaction) -> Participant {
    if !redaction.covers(&person.email) {
        return Participant { name: redaction.text(&person.name), ..person };
    }
    Participant { email: redaction.address(&person.email), name: String::new(), ..person }
}

/// Everybody whom the events of a request name by an address, each once, except by pseudonyms.
pub fn outsiders<'e>(events: &'e [Event]) -> Vec<EmailAddress> {
    let mut found: Vec<EmailAddress> = Vec::new();
    let named = events.iter().flat_map(|event| {
        let who = match &event.who {
            Actor::Person(address) => Some(address),
            Actor::Engineer(_) | Actor::Unknown | Actor::Maildesk | Actor::Operator => None,
        };
        let email = |person: &'e Option<Participant>| person.as_ref().map(|person| &person.email);
        let in_change = match &event.change {
            Change::Opened { requester, .. } => email(requester).into_iter().collect(),
            Change::RequesterSet { from, to } => email(from).into_iter().chain(email(to)).collect(),
            Change::WithThirdParties { people } => people.iter().collect(),
            Change::InCopy { people, .. } => people.iter().map(|person| &person.email).collect(),
            Change::Watching { watcher: address, .. }
            | Change::HandedOver { to: address }
            | Change::Proven { participant: address }
            | Change::Complained { by: address, .. }
            | Change::LetterFailed { to: address, .. } => vec![address],
            _ => Vec::new(),
        };
        in_change.into_iter().chain(who)
    });
    for address in named {
        if !address.is_forgotten() && !found.contains(address) {
            found.push(address.clone());
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::policy::Needed;
    use crate::model::samples::address;
    use crate::model::{Language, LetterId, Request, RequestNumber, Timestamp};

    fn event(who: Actor, change: Change) -> Event {
        let request = RequestNumber::parse("OTK-1").unwrap();
        Event {
            request,
            at: Timestamp::from_unix(5),
            who,
            proof: "from ivan@example.com".into(),
            received: None,
            change,
        }
    }

    /// Events with everything that can name a person.
    fn life() -> Vec<Event> {
        let (ivan, olga) = (address("ivan@example.com"), address("olga@example.com"));
        let requester = Participant { email: ivan.clone(), name: "Ivan Ivanov".into(), proven: false };
        let opened = Change::Opened { subject: "Invoice".into(), language: Language::En, requester: Some(requester) };
        let period = Some("since ivan@example.com wrote".to_owned());
        [
            (Actor::Person(ivan.clone()), opened),
            (Actor::Person(ivan.clone()), Change::Proven { participant: ivan.clone() }),
            (
                Actor::Person(ivan.clone()),
                Change::Described { environment: Some("prod".into()), period, missing: vec![Needed::Logs] },
            ),
            (Actor::Operator, Change::Watching { watcher: olga.clone(), watches: true }),
            (Actor::Operator, Change::Watching { watcher: ivan.clone(), watches: true }),
            (Actor::Operator, Change::HandedOver { to: ivan.clone() }),
            (
                Actor::Maildesk,
                Change::LetterFailed { letter: LetterId(3), to: ivan, why: "<ivan@example.com> is unknown".into() },
            ),
            (Actor::Person(olga), Change::AppendedFromOutside),
        ]
        .map(|(who, change)| event(who, change))
        .to_vec()
    }

    #[test]
    fn no_event_names_who_is_forgotten_and_replaying_leaves_nobody_of_that_name() {
        let redaction = Redaction::of(address("ivan@example.com"), EmailAddress::forgotten(7));
        for (whole, forget) in [(false, redacted as fn(Event, &Redaction) -> Event), (true, erased)] {
            let mut events: Vec<Event> = life().into_iter().map(|event| forget(event, &redaction)).collect();
            let text = serde_json::to_string(&events).unwrap();
            assert!(!text.contains("ivan@") && !text.contains("Ivanov"), "{text}");
            assert_eq!(
                text.contains("Invoice") || text.contains("is unknown") || text.contains("since"),
                !whole,
                "{text}"
            );
            events.push(event(Actor::Operator, Change::Forgotten { whole, messages: 1, files: 0, letters: 2 }));
            let request = Request::replay(&events).unwrap();
            assert_eq!(request.participants, []);
            assert_eq!(request.watchers, [address("olga@example.com")], "who else took part still does");
            assert_eq!(request.progress.erased_at.is_some(), whole);
        }
    }

    #[test]
    fn everybody_is_found_once_and_no_pseudonym() {
        assert_eq!(outsiders(&life()), [address("ivan@example.com"), address("olga@example.com")]);
        let redaction = Redaction::of_all(1, outsiders(&life()));
        let events: Vec<Event> = life().into_iter().map(|event| erased(event, &redaction)).collect();
        assert_eq!(outsiders(&events), []);
    }
}
