use proptest::prelude::*;

use super::*;
use crate::desk::basis::Keys;
use crate::desk::undo::undo;
use crate::model::policy::{Assignment, Line};
use crate::model::samples::{self, address, engineer, name, number, vendor};
use crate::model::{
    Actor, Facts, Kind, Language, NamedFacts, Participant, Priority, ReceivedId, Release, Timestamp, Undoable,
};

const START: i64 = 1_795_253_400;

fn desk() -> Desk {
    let mut desk = samples::desk();
    desk.engineers = ["ivanov", "petrova"].map(engineer).to_vec();
    desk.lines =
        [(1, "ivanov"), (2, "petrova")].map(|(number, who)| Line { number, members: vec![name(who)] }).to_vec();
    desk.teams = vec![vendor()];
    desk.assignment = Assignment::InTurn;
    desk.urgent_problems = true;
    desk
}

fn opening(which: &str) -> Event {
    let email = address("olga@client.example");
    let requester = Some(Participant { email, name: String::new(), proven: true });
    Event {
        request: number(which),
        at: Timestamp::from_unix(START),
        who: Actor::Unknown,
        proof: "none".into(),
        received: None,
        change: Change::Opened { subject: "Printer".into(), language: Language::En, requester },
    }
}

fn opened(which: &str) -> Request {
    Request::begun(&opening(which)).unwrap()
}

/// Facts about the requests that asks may name; OTK-1 waits for the version.
fn facts(request: &Request) -> Facts {
    let named = NamedFacts {
        listed: Vec::new(),
        requests: ["OTK-2", "OTK-3"].map(opened).to_vec(),
        next_numbers: vec![number("TRV-7")],
        awaiting: vec![request.clone(), opened("OTK-2")],
    };
    Facts { named, ..Facts::none(number("OTK-9")) }
}

fn keys() -> Keys<'static> {
    Keys { url: &|_, _, _, _| String::new(), button: &|_, _, _, _| String::new(), expiry: &|_, _, _, _| None }
}

fn any_ask() -> impl Strategy<Value = Ask> {
    let version = Version::parse("2.4.17").unwrap();
    let asks = vec![
        Ask::Status(Status::InWork),
        Ask::Status(Status::NeedInfo),
        Ask::Status(Status::Done),
        Ask::Close,
        Ask::Reopen,
        Ask::Plan,
        Ask::Spam,
        Ask::Release(Release { version: version.clone(), date: None }),
        Ask::Released(version),
        Ask::Assign(name("petrova")),
        Ask::Take,
        Ask::PassOn(Place::Line(2)),
        Ask::PassOn(Place::Team(name("vendor"))),
        Ask::PassOn(Place::Desk(number("TRV-1").desk)),
        Ask::Kind(Kind::Problem),
        Ask::Kind(Kind::Incident),
        Ask::Priority(Priority::Low),
        Ask::Note,
        Ask::Watch(None),
        Ask::Unwatch(Some(address("boss@client.example"))),
        Ask::Watch(Some(address("boss@client.example"))),
        Ask::Duplicate(number("OTK-2")),
        Ask::Link(number("OTK-3")),
        Ask::Link(number("OTK-2")),
        Ask::Undo,
    ];
    prop::sample::select(asks)
}

/// A step of a history: seconds before it, whether an engineer or else the operator asks, whether with words, and the asks.
fn any_step() -> impl Strategy<Value = (u32, bool, bool, Vec<Ask>)> {
    (0..100_000_u32, any::<bool>(), any::<bool>(), prop::collection::vec(any_ask(), 1..4))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_request_drafted_equals_the_request_replayed(steps in prop::collection::vec(any_step(), 1..20)) {
        let desk = desk();
        let mut all = vec![opening("OTK-1")];
        let mut draft = opened("OTK-1");
        let mut now = Timestamp::from_unix(START);
        for (index, (wait, is_engineer, has_words, asks)) in steps.into_iter().enumerate() {
            now = now.plus_seconds(wait.into());
            let engineer = Actor::Engineer(name("ivanov"));
            let actor = if is_engineer { &engineer } else { &Actor::Operator };
            let received = ReceivedId(i64::try_from(index).unwrap());
            let last = all.last().and_then(|event| event.received);
            let mut facts = facts(&draft);
            facts.answered.undoable = last.map(|cause| Undoable {
                cause,
                events: all.iter().filter(|event| event.received == Some(cause)).cloned().collect(),
                others: Vec::new(),
                unsent: Vec::new(),
                told: Vec::new(),
            });
            let basis =
                Basis::new(std::slice::from_ref(&desk), &desk, &facts, keys(), now).of_message(received).by(actor, "test");
            let revision = if asks == [Ask::Undo] {
                undo(&basis, Some(&draft)).ok().and_then(|undoing| undoing.requests.into_iter().next()).map(|own| own.revision)
            } else {
                let mut revision = Revision::of(&draft);
                if has_words {
                    revision.change(&basis, if is_internal(&desk, &asks) { Change::Noted } else { Change::Answered });
                }
                execute(&basis, revision, &asks, has_words).ok().map(|execution| execution.revision)
            };
            let Some(revision) = revision else { continue };
            prop_assert!(revision.events().iter().all(|event| event.request == draft.number));
            draft = revision.request().clone();
            all.extend(revision.into_events());
            let replayed = Request::replay(&all);
            prop_assert_eq!(replayed.as_ref(), Some(&draft), "{:?}", asks);
        }
    }
}

#[test]
fn links_are_in_the_order_of_their_numbers_whichever_was_typed_first() {
    let (desk, request) = (desk(), opened("OTK-1"));
    let facts = facts(&request);
    let basis = Basis::new(std::slice::from_ref(&desk), &desk, &facts, keys(), Timestamp::from_unix(START));
    let asks = [Ask::Link(number("OTK-3")), Ask::Link(number("OTK-2")), Ask::Note];
    let execution = execute(&basis, Revision::of(&request), &asks, false).unwrap();
    assert_eq!(execution.revision.request().linked, [number("OTK-2"), number("OTK-3")]);
    let linked: Vec<&RequestNumber> = execution.other_ends.iter().map(|event| &event.request).collect();
    assert_eq!(linked, [&number("OTK-3"), &number("OTK-2")]);
}

#[test]
fn an_event_of_another_request_changes_nothing() {
    let mut request = opened("OTK-1");
    let change = Change::PrioritySet { from: Priority::Normal, to: Priority::High };
    request.apply(&Event { change, ..opening("OTK-2") });
    assert_eq!(request, opened("OTK-1"));
}
