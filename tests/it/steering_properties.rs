//! What holds for every order of asks and messages, not only for those of the table.

use std::sync::LazyLock;

use crate::support::{ASKS, Message, NO_CAPS, STEERED, TestDesk, Wait};
use maildesk::desk::{self, Basis, Keys, Roster};
use maildesk::flow;
use maildesk::mail::subject::tags;
use maildesk::model::policy::Desk;
use maildesk::model::{
    Answer, Ask, Change, DeskKey, EmailAddress, Event, Facts, Language, Participant, Phase, Request, RequestNumber,
    Status, Timestamp,
};
use proptest::prelude::*;

/// Asks that [`ASKS`] does not have.
const MORE_ASKS: [&str; 4] = ["priority normal", "duplicate OTK-9", "link OTK-9", "for olga@client.example"];

/// Those of [`ASKS`] that this desk, alone and without that team, does not know.
const UNKNOWN: [&str; 3] = ["to partner", "desk trv", "desk otk"];

/// The first desk of the table, without the other one.
static DESK: LazyLock<Desk> = LazyLock::new(|| TestDesk::with(STEERED).open().desk().clone());

/// What these texts ask in the words of a desk.
fn asks(desk: &Desk, texts: &[&str]) -> Vec<Ask> {
    let vocabulary = desk.vocabulary(vec![desk.key.clone()]);
    let read = |text: &&str| match tags::read(&format!("[{text}]"), &vocabulary)[0].answer.clone() {
        Answer::Asks(asks) => asks,
        other => panic!("{text}: {other:?}"),
    };
    texts.iter().flat_map(read).collect()
}

/// Everything that can be asked of this desk; some of it never fits.
fn all_asks() -> Vec<&'static str> {
    let known = ASKS.iter().copied().filter(|ask| !UNKNOWN.contains(ask));
    known.chain(MORE_ASKS).collect()
}

fn some_asks() -> impl Strategy<Value = Vec<&'static str>> {
    prop::collection::vec(prop::sample::select(all_asks()), 1..4)
}

fn number(number: u32) -> RequestNumber {
    RequestNumber { desk: DeskKey::parse("OTK").unwrap(), number }
}

fn opened(which: u32, email: &str) -> Request {
    let email = EmailAddress::parse(email).unwrap();
    let requester = Participant { email, name: String::new(), proven: true };
    Request::opened(number(which), "Printer".to_owned(), Language::En, Some(requester), now())
}

fn now() -> Timestamp {
    Timestamp::from_unix(1_795_253_400)
}

/// What the operator's asks come to: the events and the recipients of letters; or nothing.
fn set(desk: &Desk, request: &Request, asks: &[Ask]) -> Option<(Vec<Event>, Vec<String>)> {
    let keys = Keys {
        url: &|_, _, _, _| "mailto:support@example.org".to_owned(),
        button: &|_, _, _, _| String::new(),
        expiry: &|_, _, _, _| None,
    };
    let mut facts = Facts::none(number(3));
    facts.named.requests = vec![opened(2, "else@other.example")];
    let basis = Basis::new(std::slice::from_ref(desk), desk, &facts, keys, now());
    let decision = desk::set(&basis, request, asks).ok()?;
    Some((decision.events().cloned().collect(), decision.letters().map(|letter| letter.to.to_string()).collect()))
}

fn after(request: &Request, events: &[Event]) -> Request {
    let mut after = request.clone();
    events.iter().for_each(|event| after.apply(event));
    after
}

/// Every change begins where the request stood, so that it can be taken back.
fn follows(request: &Request, change: &Change) -> bool {
    match change {
        Change::Moved { from, to } => *from == request.standing && from != to,
        Change::Assigned { from, to } => *from == request.assignee && from != to,
        Change::PassedOn { from, to } => *from == request.place && from != to,
        Change::KindSet { from, to } => *from == request.kind && from != to,
        Change::PrioritySet { from, to } => *from == request.priority && from != to,
        Change::ReleaseSet { from, to } => *from == request.release && from != to,
        Change::DuplicateSet { from, to } => *from == request.duplicate_of && from != to,
        Change::Watching { watcher, watches } => request.watchers.contains(watcher) != *watches,
        Change::Linked { to } => *to != request.number,
        _ => true,
    }
}

/// Whether a request stands as a request can: known people, somebody to tell, nobody twice.
fn is_valid(desk: &Desk, request: &Request) -> bool {
    let standing = desk.standing(&request.standing.status);
    let known = request.assignee.as_ref().is_none_or(|name| desk.engineer(name).is_some());
    let told = !Roster::new(desk, &[], now()).responsible(request).is_empty();
    let twice = |watchers: &[EmailAddress]| watchers.iter().enumerate().any(|(at, w)| watchers[..at].contains(w));
    let is_marked = request.standing.status != Status::Duplicate || request.duplicate_of.is_some();
    standing == request.standing && known && told && !twice(&request.watchers) && is_marked
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_asks_leave_a_valid_request_and_the_same_asks_again_change_nothing(
        history in prop::collection::vec(some_asks(), 1..12)
    ) {
        let desk = &*DESK;
        let mut request = opened(1, "olga@client.example");
        for texts in history {
            let asks = asks(desk, &texts);
            let Some((events, _)) = set(desk, &request, &asks) else { continue };
            let mut step = request.clone();
            for event in events.iter().filter(|event| event.request == request.number) {
                prop_assert!(follows(&step, &event.change), "{texts:?}: {:?}", event.change);
                step = after(&step, std::slice::from_ref(event));
            }
            prop_assert!(is_valid(desk, &step), "{texts:?}: {step:?}");
            prop_assert_eq!(&step.number, &request.number);
            if !texts.iter().any(|text| text.starts_with("for ")) {
                prop_assert_eq!(&step.participants, &request.participants);
            }
            match set(desk, &step, &asks) {
                Some((events, letters)) => {
                    prop_assert_eq!(after(&step, &events), step.clone(), "{:?} twice", texts);
                    prop_assert_eq!(letters, Vec::<String>::new(), "{:?} twice: nobody is told twice", texts);
                }
                // What is open again cannot be opened again.
                None => prop_assert!(texts.contains(&"reopen"), "{texts:?} twice"),
            }
            request = step;
        }
    }

    #[test]
    fn what_is_refused_with_one_ask_more_does_not_depend_on_the_order(texts in some_asks(), bad in 0..5_usize) {
        let desk = &*DESK;
        let bad = ["duplicate OTK-9", "link OTK-9", "released 2.4.17", "confirm", "link OTK-1"][bad];
        let request = opened(1, "olga@client.example");
        let (mut before, mut behind) = (vec![bad], texts.clone());
        before.extend(&texts);
        behind.push(bad);
        prop_assert!(set(desk, &request, &asks(desk, &before)).is_none(), "{before:?}");
        prop_assert!(set(desk, &request, &asks(desk, &behind)).is_none(), "{behind:?}");
    }
}

/// What happens to a request in a history.
#[derive(Clone, Debug)]
enum Happens {
    /// The operator asks this.
    Set(Vec<&'static str>),
    /// Somebody writes: whose words, in which subject, with which text.
    Writes(usize, usize, usize),
}

const WRITERS: [&str; 4] =
    ["olga@client.example", "stranger@elsewhere.example", "ivanov@example.org", "petrova@example.org"];
const SUBJECTS: [&str; 6] = ["", "[done]", "[withdraw]", "[note]", "[doen]", "[take; done; @nobody]"];
const WORDS: [&str; 4] = ["It still fails.", "Спасибо!", "[in work]\nWe look into it.", ""];

fn happens() -> impl Strategy<Value = Happens> {
    prop_oneof![
        some_asks().prop_map(Happens::Set),
        (0..WRITERS.len(), 0..SUBJECTS.len(), 0..WORDS.len()).prop_map(|(w, s, t)| Happens::Writes(w, s, t)),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 8, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_history_replays_and_what_is_refused_changes_nothing(history in prop::collection::vec(happens(), 5..25)) {
        let mut desk = TestDesk::with(&format!("{STEERED}{NO_CAPS}")).open();
        for which in 0..2 {
            let message = Message::to_support(&format!("{which}@mail.example"), "olga@client.example", "Printer");
            desk.deliver("support", &message.raw());
        }
        desk.pass();
        for (at, what) in history.iter().enumerate() {
            let before = desk.reader().view().request(&number(1)).unwrap().unwrap();
            match what {
                Happens::Set(texts) => {
                    let context = desk.context();
                    let asks = asks(&context.settings.desks[0], texts);
                    let result = flow::set(&context, &number(1), asks).wait();
                    drop(context);
                    let after = desk.reader().view().request(&number(1)).unwrap().unwrap();
                    prop_assert!(result.is_ok() || after == before, "{:?} was refused", texts);
                }
                Happens::Writes(writer, subject, words) => {
                    // Ivanov writes to the internal mailbox, Petrova without proof.
                    let mailbox = if *writer == 2 { "internal" } else { "support" };
                    let message = Message::to_support(
                        &format!("history.{at}@mail.example"),
                        WRITERS[*writer],
                        &format!("[OTK-1] {}", SUBJECTS[*subject]),
                    );
                    desk.deliver(mailbox, &message.text(WORDS[*words]).raw());
                    desk.pass();
                    let after = desk.reader().view().request(&number(1)).unwrap().unwrap();
                    let is_refused = *writer == 2 && *subject >= 4;
                    if is_refused || matches!(writer, 1 | 3) {
                        let unchanged = Request {
                            linked: before.linked.clone(),
                            changed_at: before.changed_at,
                            progress: before.progress.clone(),
                            ..after.clone()
                        };
                        prop_assert_eq!(unchanged, before, "{:?}", what);
                    }
                }
            }
        }
        let reader = desk.reader();
        for row in reader.view().requests(None, None, u32::MAX).unwrap() {
            let events = reader.view().events(&row.number).unwrap();
            let mut step = Request::begun(&events[0]).unwrap();
            for event in &events[1..] {
                prop_assert!(follows(&step, &event.change), "{:?}", event.change);
                step.apply(event);
            }
            prop_assert_eq!(reader.view().request(&row.number).unwrap(), Some(step));
        }
        prop_assert_eq!(flow::verify(reader.view(), &mut |_, _| {}).unwrap(), Vec::<String>::new());
        let given: Vec<u32> = desk.numbers().iter().map(|number| number.number).collect();
        prop_assert_eq!(&given, &(1..=given.len() as u32).collect::<Vec<_>>());
    }
}

#[test]
fn phases_of_the_words_above_are_all_met() {
    let desk = &*DESK;
    let mut phases: Vec<Phase> = Vec::new();
    for text in all_asks() {
        let request = opened(1, "olga@client.example");
        let phase =
            set(desk, &request, &asks(desk, &[text])).map(|(events, _)| after(&request, &events).standing.phase);
        phases.extend(phase.filter(|phase| !phases.contains(phase)));
    }
    assert_eq!(phases.len(), 6, "{phases:?}");
}
