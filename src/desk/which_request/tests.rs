//! The whole table of which request a message is about, and how its sender takes part in it.

use super::*;
use crate::model::samples::{self, address, name, number, vendor};
use crate::model::{
    AnsweredLetter, DeskKey, Language, LetterId, Participant, ReceivedId, References, Signed, Status, Timestamp,
};

/// OTK-2 is Anna's, all others are Ivan's. OTK-3 was moved to TRV-5; OTK-6 is a duplicate of OTK-1, and OTK-8 of OTK-2; a
/// vendor has OTK-9.
fn request(which: &str) -> Request {
    let email = address(if which == "OTK-2" { "anna@b.example" } else { "ivan@a.example" });
    let requester = Participant { email, name: String::new(), proven: false };
    let at = Timestamp::from_unix(1_795_253_400);
    let mut request = Request::opened(number(which), String::new(), Language::En, Some(requester), at);
    request.progress.moved_to = (which == "OTK-3").then(|| number("TRV-5"));
    request.place = (which == "OTK-9").then(|| Place::Team(name("vendor")));
    let original = [("OTK-6", "OTK-1"), ("OTK-8", "OTK-2")].into_iter().find(|(duplicate, _)| *duplicate == which);
    if let Some((_, original)) = original {
        request.duplicate_of = Some(number(original));
        request.standing = desk().standing(&Status::Duplicate);
    }
    request
}

/// A request with all requests that it leads to, as the store finds them.
fn trail(which: &str) -> Trail {
    let next = match which {
        "OTK-3" => vec![request("TRV-5")],
        "OTK-6" => vec![request("OTK-1")],
        "OTK-8" => vec![request("OTK-2")],
        _ => Vec::new(),
    };
    Trail { request: request(which), next }
}

fn desk() -> Desk {
    let mut desk = samples::desk();
    desk.teams = vec![vendor()];
    desk
}

/// A sender: Ivan and Anna are customers, ivanov is an engineer at OTK, petrova at TRV; nobody is no address at all.
fn sender(who: &str) -> Sender {
    let (email, works_at) = match who {
        "ivan" => ("ivan@a.example", None),
        "anna" => ("anna@b.example", None),
        "vendor" => ("help@vendor.example", None),
        "ivanov" => ("ivanov@example.org", Some("OTK")),
        "petrova" => ("petrova@example.org", Some("TRV")),
        _ => ("", None),
    };
    let works_at = works_at.into_iter().map(|key| DeskKey::parse(key).unwrap()).collect();
    Sender { address: EmailAddress::parse(email).ok(), works_at, ..Sender::default() }
}

/// The references of a message: `signed` a letter of ours to a customer, `token` one to an engineer, `answered` a message that
/// we have received, `quoted` numbers in its subject; `question` where it answers our question about another message.
fn named(text: &str) -> (Candidates, References) {
    let (mut candidates, mut references) = (Candidates::default(), References::default());
    let mut how = "";
    for word in text.split_whitespace() {
        let engineer = || Audience::Engineer { name: name("ivanov"), expires: Timestamp::from_unix(2_000_000_000) };
        match (how, word) {
            (_, "signed" | "token" | "answered" | "quoted") => how = word,
            (_, "question") => {
                let (id, kind, to) = (LetterId(1), LetterKind::Question, address("ivanov@example.org"));
                candidates.letter = Some(AnsweredLetter { id, kind, to, cause: None, asks_about: None });
            }
            ("signed" | "token", which) => {
                let audience = if how == "signed" { Audience::Correspondent } else { engineer() };
                let anchor = Anchor::Request(number(which));
                references.signed.push(Signed { anchor, sequence: 1, audience: audience.clone() });
                candidates.signed.get_or_insert((audience, trail(which)));
            }
            ("answered", which) => candidates.answered = Some((ReceivedId(1), trail(which))),
            (_, which) => candidates.quoted.push(trail(which)),
        }
    }
    (candidates, references)
}

#[test]
fn every_way_to_name_a_request_leads_where_the_table_says() {
    let desk = desk();
    for (text, who, about, belongs) in [
        ("", "ivan", "none", "new"),
        // A number alone admits only participants.
        ("quoted OTK-1", "ivan", "OTK-1", "participant of OTK-1"),
        ("quoted OTK-1", "anna", "OTK-1", "stranger to OTK-1"),
        ("quoted OTK-1", "nobody", "OTK-1", "stranger to OTK-1"),
        ("quoted OTK-2 OTK-1", "ivan", "OTK-1", "participant of OTK-1"),
        ("quoted OTK-2 OTK-1", "nobody", "OTK-2", "stranger to OTK-2"),
        // So does a thread that anybody can claim.
        ("answered OTK-1", "ivan", "OTK-1", "participant of OTK-1"),
        ("answered OTK-1", "anna", "OTK-1", "outside of OTK-1"),
        ("answered OTK-1 quoted OTK-2", "anna", "OTK-1", "participant of OTK-2"),
        ("answered OTK-1 quoted OTK-2", "ivan", "OTK-1", "participant of OTK-1"),
        // A signed letter of ours shows the thread, whoever answers it.
        ("signed OTK-1", "ivan", "OTK-1", "proven participant of OTK-1"),
        ("signed OTK-1", "anna", "OTK-1", "outside of OTK-1"),
        ("signed OTK-1", "nobody", "OTK-1", "outside of OTK-1"),
        ("signed OTK-2 answered OTK-1 quoted OTK-1", "ivan", "OTK-2", "outside of OTK-2"),
        ("token OTK-1", "ivan", "OTK-1", "participant of OTK-1"),
        ("token OTK-1", "anna", "OTK-1", "outside of OTK-1"),
        ("token OTK-1 signed OTK-1", "ivan", "OTK-1", "proven participant of OTK-1"),
        // An answer to our question about another message is about no request.
        ("question", "ivanov", "none", "new"),
        ("question quoted OTK-1", "ivanov", "none", "stranger to OTK-1"),
        // A moved request: engineers are led only to desks where they work, and by a token only there.
        ("signed OTK-3", "ivan", "TRV-5", "proven participant of TRV-5"),
        ("signed OTK-3", "ivanov", "TRV-5", "outside of TRV-5"),
        ("token OTK-3", "ivan", "TRV-5", "participant of TRV-5"),
        ("token OTK-3", "ivanov", "OTK-3", "outside of OTK-3"),
        ("token OTK-3", "petrova", "OTK-3", "outside of OTK-3"),
        ("answered OTK-3", "ivan", "TRV-5", "participant of TRV-5"),
        ("quoted OTK-3", "ivan", "TRV-5", "participant of TRV-5"),
        ("quoted OTK-3", "anna", "TRV-5", "stranger to TRV-5"),
        ("quoted OTK-3", "ivanov", "OTK-3", "stranger to OTK-3"),
        ("quoted OTK-3", "petrova", "TRV-5", "stranger to TRV-5"),
        // A duplicate leads only participants of the original to it.
        ("signed OTK-6", "ivan", "OTK-1", "proven participant of OTK-1"),
        ("quoted OTK-6", "ivan", "OTK-1", "participant of OTK-1"),
        ("quoted OTK-6", "ivanov", "OTK-6", "stranger to OTK-6"),
        ("signed OTK-8", "ivan", "OTK-8", "proven participant of OTK-8"),
        ("quoted OTK-8", "anna", "OTK-2", "participant of OTK-2"),
        // An external team belongs to the requests that it has, and to those about which we wrote to it.
        ("signed OTK-1", "vendor", "OTK-1", "team of OTK-1, signed"),
        ("quoted OTK-9", "vendor", "OTK-9", "team of OTK-9"),
        ("quoted OTK-1", "vendor", "OTK-1", "stranger to OTK-1"),
    ] {
        let (candidates, references) = named(text);
        let message = Understanding { sender: sender(who), references, ..Understanding::default() };
        let thread = follow(candidates, &message.sender, Timestamp::from_unix(0));
        let found = thread.about().map_or("none".to_owned(), |request| request.number.to_string());
        assert_eq!(found, about, "{text:?} by {who}");
        let found = match belonging(&message, &thread, |_| &desk) {
            Belonging::Team { request, signed, .. } => {
                format!("team of {}{}", request.number, if signed { ", signed" } else { "" })
            }
            Belonging::Participant { request, signed, .. } => {
                format!("{}participant of {}", if signed { "proven " } else { "" }, request.number)
            }
            Belonging::InCopy { request, .. } => format!("in copy of {}", request.number),
            Belonging::Colleague(request) => format!("colleague of {}", request.number),
            Belonging::Outside(request) => format!("outside of {}", request.number),
            Belonging::Stranger(request) => format!("stranger to {}", request.number),
            Belonging::New => "new".to_owned(),
        };
        assert_eq!(found, belongs, "{text:?} by {who}");
    }
}
