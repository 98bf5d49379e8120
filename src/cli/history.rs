//! Describes a request's present state and its events in words.

use std::fmt::Display;

use serde::Serialize;

use crate::model::{Change, Copied, EmailAddress, Event, Participant, Request, Standing};

use super::print;

/// A request's present state, one line for each topic: status, assignee, kind, priority, line, version, links, …
pub fn standing(request: &Request) -> Vec<String> {
    let mut lines = vec![
        format!("status {}, assignee {}", status(&request.standing), or(request.assignee.as_ref(), "nobody")),
        format!("kind {}, priority {}", or(request.kind, "not set"), request.priority),
    ];
    lines.extend(request.place.as_ref().map(|place| format!("passed on to {place}")));
    lines.extend(request.release.as_ref().map(|release| format!("comes with version {release}")));
    lines.extend(request.duplicate_of.as_ref().map(|other| format!("duplicate of {other}")));
    lines.extend(
        request.progress.environment.as_ref().map(|environment| format!("environment {}", print::clean(environment))),
    );
    lines.extend(request.progress.period.as_ref().map(|period| format!("period {}", print::clean(period))));
    if !request.progress.missing.is_empty() {
        let missing: Vec<String> = request.progress.missing.iter().map(word).collect();
        lines.push(format!("missing {}", missing.join(", ")));
    }
    if !request.progress.in_copy.is_empty() {
        lines.push(format!("in copy {}", in_copy(&request.progress.in_copy)));
    }
    if !request.watchers.is_empty() {
        lines.push(format!("watched by {}", listed(&request.watchers)));
    }
    if !request.linked.is_empty() {
        lines.push(format!("linked with {}", listed(&request.linked)));
    }
    lines
}

/// A status, with its phase in brackets where the two words differ.
fn status(standing: &Standing) -> String {
    let (status, phase) = (standing.status.to_string(), standing.phase.to_string());
    if status == phase { status } else { format!("{status} ({phase})") }
}

/// A participant's name and address, whether the address is proven, and whether they want no automatic e-mails.
pub fn person(participant: &Participant, is_silenced: bool) -> String {
    let proven = if participant.proven { " (has answered our e-mail)" } else { "" };
    let silenced = if is_silenced { " (has complained: gets no automatic e-mails)" } else { "" };
    match print::clean(&participant.name) {
        name if name.is_empty() => format!("{}{proven}{silenced}", participant.email),
        name => format!("{name} <{}>{proven}{silenced}", participant.email),
    }
}

/// Events, grouped: one heading with time, actor, message and proof, and below it a line for each change.
pub fn events(events: &[Event]) -> Vec<String> {
    let is_same = |one: &Event, next: &Event| {
        (one.at, &one.who, &one.proof, one.received) == (next.at, &next.who, &next.proof, next.received)
    };
    events
        .chunk_by(is_same)
        .flat_map(|same| same.first().map(who_and_why).into_iter().flatten().chain(same.iter().map(change_line)))
        .collect()
}

fn who_and_why(event: &Event) -> Vec<String> {
    let cause = event.received.map(|id| format!(", message {id}")).unwrap_or_default();
    vec![
        format!("  {}  by {}{cause}", print::local(event.at), event.who),
        format!("    proof: {}", print::clean(&event.proof)),
    ]
}

fn change_line(event: &Event) -> String {
    format!("    {}", print::clean(&change(&event.change)))
}

/// One change in words.
fn change(change: &Change) -> String {
    match change {
        Change::Opened { requester: Some(requester), .. } => format!("opened for {}", requester.email),
        Change::Opened { requester: None, .. } => "opened; there is no address to answer to".to_owned(),
        Change::Appended => "message of a participant added".to_owned(),
        Change::Answered => "answer to the requester added".to_owned(),
        Change::Noted => "internal note added".to_owned(),
        Change::WithThirdParties { people } => {
            let people: Vec<&str> = people.iter().map(EmailAddress::as_str).collect();
            format!("message with third parties added, internal: {}", people.join(", "))
        }
        Change::Moved { from, to } => format!("status {} → {}", status(from), status(to)),
        Change::Assigned { from, to } => between("assignee", from.as_ref(), to.as_ref(), "nobody"),
        Change::RequesterSet { from, to } => {
            let email = |person: &Option<Participant>| person.as_ref().map(|person| person.email.clone());
            between("requester", email(from).as_ref(), email(to).as_ref(), "nobody")
        }
        Change::SplitOff { received, to, standing: now, .. } => {
            format!("message {received} became {to}; status {} again", status(now))
        }
        Change::PassedOn { from, to } => between("passed on:", from.as_ref(), to.as_ref(), "the first line"),
        Change::KindSet { from, to } => between("kind", from.as_ref(), to.as_ref(), "not set"),
        Change::PrioritySet { from, to } => between("priority", Some(from), Some(to), ""),
        Change::ReleaseSet { from, to } => between("release", from.as_ref(), to.as_ref(), "none"),
        Change::DuplicateSet { from, to } => between("duplicate of", from.as_ref(), to.as_ref(), "none"),
        Change::Watching { watcher, watches: true } => format!("watcher {watcher} added"),
        Change::Watching { watcher, watches: false } => format!("watcher {watcher} removed"),
        Change::InCopy { people, .. } if people.is_empty() => "nobody in copy any more".to_owned(),
        Change::InCopy { people, .. } => format!("in copy: {}", in_copy(people)),
        Change::Undone { cause } => format!("the changes of message {cause} undone"),
        Change::AppendedFromOutside => "message of an external sender added".to_owned(),
        Change::AppendedAutomatic => "automatic message added, no other effect".to_owned(),
        Change::Proven { participant } => format!("{participant} has proven to receive our e-mails"),
        Change::Linked { to } => format!("linked with {to}"),
        Change::Delivered { letter } => format!("e-mail {letter} was delivered"),
        Change::Reminded { of } => format!("reminder sent: {}", word(of)),
        Change::Described { environment, period, missing } => {
            let missing: Vec<String> = missing.iter().map(word).collect();
            let (environment, period) = (or(environment.as_ref(), "unknown"), or(period.as_ref(), "unknown"));
            format!("environment {environment}, period {period}, still missing: {}", listed(&missing))
        }
        Change::Filed => "filed without notifying anybody; no SLA applies".to_owned(),
        Change::MovedTo { number } => format!("passed on to another desk, as {number}"),
        Change::MovedFrom { number } => format!("passed on by another desk, where it was {number}"),
        Change::HandedOver { to } => format!("handed over to {to}"),
        Change::LetterFailed { letter, to, why } if why.is_empty() => format!("e-mail {letter} did not reach {to}"),
        Change::LetterFailed { letter, to, why } => format!("e-mail {letter} did not reach {to}: {why}"),
        Change::Complained { letter, by, kind } => {
            format!("{by} has complained to their mail provider about e-mail {letter} ({})", print::clean(kind))
        }
        Change::Forgotten { whole, messages, files, letters } => {
            let counted = |number: &u32, what| print::count((*number).into(), what);
            let gone = [counted(messages, "message"), counted(files, "file"), counted(letters, "e-mail")].join(", ");
            format!("{}: content of {gone} erased", if *whole { "forgotten" } else { "a person in it was forgotten" })
        }
    }
}

fn between<T: Display>(what: &str, from: Option<&T>, to: Option<&T>, nothing: &str) -> String {
    format!("{what} {} → {}", or(from, nothing), or(to, nothing))
}

/// People in To and Cc of a requester's message.
fn in_copy(people: &[Copied]) -> String {
    people.iter().map(|person| print::clean(&person.to_string())).collect::<Vec<_>>().join(", ")
}

/// An enum value as people read it: its serialized name with spaces instead of underscores.
pub fn word(value: &impl Serialize) -> String {
    let value = serde_json::to_value(value).unwrap_or_default();
    value.as_str().unwrap_or_default().replace('_', " ")
}

fn or(thing: Option<impl Display>, nothing: &str) -> String {
    thing.map_or_else(|| nothing.to_owned(), |thing| thing.to_string())
}

fn listed(things: &[impl Display]) -> String {
    if things.is_empty() {
        return "nothing".to_owned();
    }
    things.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Actor, Phase, Place, Priority, ReceivedId, RequestNumber, ShortName, Status, Timestamp};

    #[test]
    fn changes_of_one_message_stand_together() {
        let ivanov = ShortName::parse("ivanov").unwrap();
        let event = |received, who: &Actor, proof: &str, change| Event {
            request: RequestNumber::parse("OTK-1").unwrap(),
            at: Timestamp::from_unix(1_795_253_400),
            who: who.clone(),
            proof: proof.to_owned(),
            received,
            change,
        };
        let engineer = Actor::Engineer(ivanov.clone());
        let standing = |status| Standing::new(status, Phase::New);
        let message = Some(ReceivedId(4));
        let lines = events(&[
            event(message, &engineer, "token", Change::Answered),
            event(message, &engineer, "token", Change::Assigned { from: None, to: Some(ivanov) }),
            event(
                message,
                &engineer,
                "token",
                Change::Moved { from: standing(Status::New), to: standing(Status::Done) },
            ),
            event(None, &Actor::Operator, "command", Change::PassedOn { from: None, to: Some(Place::Line(2)) }),
            event(None, &Actor::Operator, "other", Change::PrioritySet { from: Priority::Normal, to: Priority::High }),
        ]);
        let at = print::local(Timestamp::from_unix(1_795_253_400));
        let expected = [
            &format!("  {at}  by engineer ivanov, message 4"),
            "    proof: token",
            "    answer to the requester added",
            "    assignee nobody → ivanov",
            "    status new → done (completed)",
            &format!("  {at}  by operator"),
            "    proof: command",
            "    passed on: the first line → line 2",
            &format!("  {at}  by operator"),
            "    proof: other",
            "    priority normal → high",
        ];
        assert_eq!(lines, expected);
    }
}
