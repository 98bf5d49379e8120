//! The promises of the crate doc that are held better in the library than on the binary: over any history and any case.

use crate::support::{Message, NO_CAPS, Random, STEERED, TWO_BARE_DESKS, TestDesk, Wait, bounce_of};
use maildesk::desk::{Basis, Belonging, Case, Keys, belonging, claims, decide};
use maildesk::flow::{Receiver, handle_waiting};
use maildesk::mail::parse::parse;
use maildesk::model::policy::{AckLimits, AutomaticMail, Desk};
use maildesk::model::{
    Anchor, Audience, Decision, DeskKey, Disposition, EmailAddress, Facts, Incoming, Language, LetterKind, Participant,
    Phase, ReceivedId, References, Request, RequestNumber, Sender, Signed, Tallied, ThreadFacts, Timestamp, Typed,
    Understanding, Words,
};
use maildesk::store::LetterRow;
use proptest::prelude::*;
use tokio_util::sync::CancellationToken;

proptest! {
    #![proptest_config(ProptestConfig { cases: 12, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn p3_each_desks_numbers_ascend_without_gap_however_mail_comes_in(
        passes in prop::collection::vec(prop::collection::vec((any::<bool>(), 0..4_u8), 0..12), 1..5)
    ) {
        let mut desk = TestDesk::with(&format!("{TWO_BARE_DESKS}{NO_CAPS}")).open();
        for (pass, messages) in passes.iter().enumerate() {
            for (index, (is_booking, kind)) in messages.iter().enumerate() {
                let (mailbox, to) = if *is_booking { ("booking", "booking") } else { ("support", "support") };
                // The kinds: a request, a stranger's, an automatic one, the same message again.
                let id = if *kind == 3 { "again@example.com".to_owned() } else { format!("{pass}.{index}@example.com") };
                let mut message = Message::new(&id, "ivan@example.com", if *kind == 1 { "[OTK-1]" } else { "Hello" });
                if *kind == 2 {
                    message = message.header("Auto-Submitted: auto-replied");
                }
                desk.deliver(mailbox, &message.header(&format!("To: {to}@example.org")).raw());
            }
            desk.pass();
        }
        let numbers = desk.numbers();
        for key in ["OTK", "TRV"] {
            let given: Vec<u32> = numbers.iter().filter(|n| n.desk.as_str() == key).map(|n| n.number).collect();
            prop_assert_eq!(&given, &(1..=given.len() as u32).collect::<Vec<_>>());
        }
    }
}

/// A message of one of six people to a desk: new, about a letter that was sent, or the report of one that failed.
fn random_message(random: &mut Random, id: &str, desk: &str, letters: &[LetterRow]) -> Vec<u8> {
    let from = format!("person{}@example.com", random.below(6));
    let message =
        |from: &str, subject: &str| Message::new(id, from, subject).header(&format!("To: {desk}@example.org"));
    let hello = message(&from, "Hello");
    let letter = (!letters.is_empty()).then(|| &letters[random.below(letters.len())]);
    let (what, Some(letter)) = (random.below(6), letter) else { return hello.raw() };
    let number = letter.request.as_ref().unwrap();
    match what {
        0 => bounce_of(id, &letter.message_id, &letter.recipient),
        1 => hello.answering(&letter.message_id).raw(),
        2 => hello.answering(&letter.message_id).header("Auto-Submitted: auto-replied").raw(),
        3 => message(&letter.recipient, &format!("[{number}]")).raw(),
        4 => message(&from, &format!("about {number}")).raw(),
        _ => hello.raw(),
    }
}

#[test]
fn p7_replaying_the_events_of_any_history_gives_the_stored_requests() {
    let mut random = Random::new(20_261_121);
    let mut desk = TestDesk::with(&format!("{TWO_BARE_DESKS}{NO_CAPS}")).open();
    for pass in 0..10 {
        let sent = if pass == 0 { Vec::new() } else { desk.reader().view().letters(None, u32::MAX).unwrap() };
        for index in 0..25 {
            let mailbox = ["support", "booking"][random.below(2)];
            desk.deliver(mailbox, &random_message(&mut random, &format!("{pass}.{index}@example.com"), mailbox, &sent));
        }
        desk.pass();
    }
    let reader = desk.reader();
    let view = reader.view();
    let numbers = desk.numbers();
    assert!(numbers.len() > 50);
    let mut kinds = std::collections::BTreeSet::new();
    for number in &numbers {
        let events = view.events(number).unwrap();
        assert_eq!(Request::replay(&events), view.request(number).unwrap(), "{number}");
        kinds.extend(events.iter().map(|event| serde_json::to_value(&event.change).unwrap()["change"].to_string()));
    }
    assert_eq!(kinds.len(), 7, "the history holds every kind of change: {kinds:?}");
}

#[test]
fn p5_no_sign_of_automatic_mail_gets_a_letter_under_any_policy_in_any_thread() {
    let signs = [
        "Auto-Submitted: auto-replied",
        "Auto-Submitted: auto-generated (monitoring)",
        "Precedence: bulk",
        "Precedence: auto_reply",
        "List-Id: <news.example.net>",
        "List-Unsubscribe: <mailto:leave@example.net>",
        "Return-Path: <>",
        "X-Auto-Response-Suppress: All",
        "X-Autoreply: yes",
        "Subject: Automatic reply: Hello",
        "From: noreply@example.com",
        "From: MAILER-DAEMON@example.com",
        "Content-Type: text/calendar; method=REPLY",
    ];
    let human = message("Subject: Hello");
    for (policy, facts) in policies_and_threads() {
        let decision = decision_on(&human, &facts, policy, AckLimits::default());
        let opens = decision.disposition == Disposition::Opened;
        assert_eq!(decision.letters().count(), usize::from(opens), "a human is answered: {decision:?}");
        for sign in signs {
            let incoming = message(sign);
            assert!(!incoming.automatic.is_empty(), "{sign}");
            let decision = decision_on(&incoming, &facts, policy, AckLimits::default());
            assert_eq!(decision.letters().count(), 0, "{sign}, {policy:?}: {decision:?}");
        }
    }
}

/// How a message belongs to a request whose thread it names by a signed id, by an answer, or by its number alone.
fn belongs(
    request: &Request,
    desk: &Desk,
    sender: Option<&EmailAddress>,
    [signed, answered, quoted]: [bool; 3],
) -> &'static str {
    let fact = |holds: bool| holds.then(|| request.clone());
    let facts =
        ThreadFacts { signed: fact(signed), answered: fact(answered), quoted: fact(quoted), ..ThreadFacts::default() };
    let sender = Sender { address: sender.cloned(), ..Sender::default() };
    let thread =
        Signed { anchor: Anchor::Request(request.number.clone()), sequence: 1, audience: Audience::Correspondent };
    let references = References { signed: vec![thread], ..References::default() };
    let claims = Understanding { sender, references, ..Understanding::default() };
    match belonging(&claims, &facts, |_| desk) {
        Belonging::Team { .. } => "team",
        Belonging::Participant { signed: true, .. } => "proven participant",
        Belonging::Participant { signed: false, .. } => "participant",
        Belonging::InCopy { .. } => "in copy",
        Belonging::Colleague(_) => "colleague",
        Belonging::Outside(_) => "outside",
        Belonging::Stranger(_) => "stranger",
        Belonging::New => "new",
    }
}

#[test]
fn p6_only_a_participant_is_let_into_a_request() {
    let (participant, other) = (address("ivan@example.com"), address("mallory@evil.example"));
    let (request, desk) = (request(), desk());
    // For each thread and number: what a participant, somebody else, and nobody to be written to comes to.
    for (signed, answered, quoted, expected) in [
        (false, false, false, ["new", "new", "new"]),
        (false, false, true, ["participant", "stranger", "stranger"]),
        (false, true, false, ["participant", "outside", "outside"]),
        (false, true, true, ["participant", "outside", "outside"]),
        (true, false, false, ["proven participant", "outside", "outside"]),
        (true, false, true, ["proven participant", "outside", "outside"]),
        (true, true, false, ["proven participant", "outside", "outside"]),
        (true, true, true, ["proven participant", "outside", "outside"]),
    ] {
        for (sender, expected) in [Some(&participant), Some(&other), None].into_iter().zip(expected) {
            let found = belongs(&request, &desk, sender, [signed, answered, quoted]);
            assert_eq!(found, expected, "{sender:?}, signed {signed}, answered {answered}, quoted {quoted}");
        }
    }
}

#[test]
fn p5_each_cap_holds_at_its_count_and_not_before() {
    type Set = fn(&mut Tallied, u32);
    type Cap = fn(&AckLimits) -> u32;
    let caps: [(&str, Set, Cap); 4] = [
        ("within ten minutes", |a, n| a.sender_ten_minutes = n, |l| l.sender_ten_minutes),
        ("to this sender within an hour", |a, n| a.sender_hour = n, |l| l.sender_hour),
        ("to this sender within a day", |a, n| a.sender_day = n, |l| l.sender_day),
        // The message itself is one of those that are alike.
        ("alike messages of this sender within an hour", |a, n| a.alike.hour = n, |l| l.alike_hour - 1),
    ];
    let limits = AckLimits::default();
    for (words, set, cap) in caps {
        for (count, letters) in [(cap(&limits) - 1, 1), (cap(&limits), 0), (cap(&limits) + 1, 0)] {
            let mut facts = facts();
            set(&mut facts.sender.tallied, count);
            let decision = decision_on(&message("Subject: Hello"), &facts, AutomaticMail::File, limits);
            assert_eq!(decision.disposition, Disposition::Opened);
            assert_eq!(decision.letters().count(), letters, "{count} {words}");
            assert_eq!(decision.reasons.iter().any(|reason| reason.ends_with(words)), letters == 0, "{decision:?}");
        }
    }
}

#[test]
fn p5_the_caps_count_what_was_written_within_their_time() {
    let mut desk = TestDesk::with(TWO_BARE_DESKS).open();
    // Seconds before each message of one sender, and how many letters they have got after it. A pass takes a second more.
    // Five in ten minutes, and no sixth until the first is older than that; minutes are counted whole.
    let in_ten_minutes = [(1, 1), (1, 2), (1, 3), (1, 4), (1, 5), (1, 5), (588, 5), (72, 6)];
    let in_an_hour = [(1, 7), (1, 8), (1, 9), (1, 10), (700, 10), (2_289, 11)];
    for (index, (gap, acknowledged)) in in_ten_minutes.into_iter().chain(in_an_hour).enumerate() {
        desk.skip(gap);
        let subject = format!("Question {}", char::from(b'a' + u8::try_from(index).unwrap()));
        let message = Message::to_support(&format!("{index}@example.com"), "ivan@example.com", &subject);
        desk.deliver("support", &message.raw());
        desk.pass();
        let letters = desk.reader().view().letters(None, u32::MAX).unwrap();
        assert_eq!(letters.len(), acknowledged, "after message {index}");
    }
    assert_eq!(desk.numbers().len(), 14, "all are filed");
}

#[test]
fn p8_a_database_that_others_hold_for_a_while_charges_no_message() {
    let desk = TestDesk::with(TWO_BARE_DESKS).open();
    desk.deliver("support", &Message::to_support("busy@example.com", "ivan@example.com", "Hello").raw());
    let (context, never) = (desk.context(), CancellationToken::new());
    let mut receiver = Receiver::new(context.clone(), desk.settings.mailboxes[0].clone());
    assert_eq!(receiver.look().wait().unwrap().accepted, 1);
    let other = rusqlite::Connection::open(desk.database()).unwrap();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    let error = handle_waiting(&context, &never).wait().unwrap_err();
    assert!(error.is_passing() && !error.is_fatal(), "{error}");
    other.execute_batch("ROLLBACK").unwrap();
    assert_eq!(handle_waiting(&context, &never).wait().unwrap(), 1);
    let charges: i64 = other.query_row("SELECT sum(charges) FROM received", [], |row| row.get(0)).unwrap();
    assert_eq!((charges, desk.numbers().len()), (0, 1));
}

/// Both are looked up and understood before either is filed; what the answer means is seen anew in its transaction.
#[test]
fn p6_the_tags_of_a_subject_are_not_taken_for_an_engineers_where_the_answered_message_is_filed_just_before() {
    let mut desk = TestDesk::with(STEERED).open();
    let to = "To: support@example.org";
    let asked = Message::new("asked@client.example", "olga@client.example", "The printer says [close]").header(to);
    desk.deliver("internal", &asked.raw());
    let answer = Message::new("answer@example.org", "ivanov@example.org", "Re: The printer says [close]").header(to);
    let answer = answer.answering("asked@client.example").text("Please switch it off and on again.");
    desk.deliver("internal", &answer.raw());
    desk.pass();
    let reader = desk.reader();
    let request = reader.view().request(&number(1)).unwrap().unwrap();
    assert_ne!(request.standing.phase, Phase::Closed, "the customer's own words close nothing");
    let letters = reader.view().letters(None, u32::MAX).unwrap();
    let to_olga = letters.iter().filter(|letter| letter.recipient == "olga@client.example");
    let mut kinds: Vec<&str> = to_olga.map(|letter| letter.kind.as_ref()).collect();
    kinds.sort_unstable();
    assert_eq!(kinds, ["acknowledgement", "answer"]);
    assert!(letters.iter().all(|letter| letter.kind != LetterKind::Explanation), "nobody has typed a tag");
}

/// A human's message to the desk, but for one header line.
fn message(line: &str) -> Incoming {
    let name = line.split(':').next().unwrap();
    let usual = ["From: ivan@example.com", "To: support@example.org", "Message-ID: <a@example.com>", "Subject: Hello"];
    let kept = usual.into_iter().filter(|usual| !usual.starts_with(&format!("{name}:")));
    let lines: Vec<&str> = kept.chain([line, "", "Good day."]).collect();
    parse(lines.join("\r\n").as_bytes())
}

/// What is decided on a message to this desk.
fn decision_on(incoming: &Incoming, facts: &Facts, automatic: AutomaticMail, limits: AckLimits) -> Decision {
    let desk = desk();
    let typed = Typed { words: Words::Own(incoming.reading.words.clone()), ..Typed::default() };
    let claims = claims(incoming, &desk, std::slice::from_ref(&desk), "instance");
    let understanding = Understanding { subject: incoming.subject.clone(), typed, ..claims };
    let keys =
        Keys { url: &|_, _, _, _| String::new(), button: &|_, _, _, _| String::new(), expiry: &|_, _, _, _| None };
    let now = Timestamp::from_unix(1_795_253_400);
    decide(&Case {
        basis: Basis::new(std::slice::from_ref(&desk), &desk, facts, keys, now),
        received: ReceivedId(1),
        incoming,
        understanding: &understanding,
        automatic,
        is_older: false,
        accepted_at: now,
        is_split: false,
        limits,
    })
}

/// Every policy for automatic mail, with every kind of thread that a message may be in.
fn policies_and_threads() -> Vec<(AutomaticMail, Facts)> {
    let none = ThreadFacts::default;
    let threads = [
        none(),
        ThreadFacts { signed: Some(request()), ..none() },
        ThreadFacts { answered: Some(request()), ..none() },
        ThreadFacts { quoted: Some(request()), ..none() },
        ThreadFacts { quoted: Some(Request { participants: Vec::new(), ..request() }), ..none() },
    ];
    let mut of_known_sender = facts();
    of_known_sender.sender.is_proven = true;
    let threads: Vec<Facts> =
        threads.map(|thread| Facts { thread, ..facts() }).into_iter().chain([of_known_sender]).collect();
    let policies = [AutomaticMail::File, AutomaticMail::Open, AutomaticMail::Ignore];
    policies.into_iter().flat_map(|policy| threads.clone().into_iter().map(move |facts| (policy, facts))).collect()
}

fn address(text: &str) -> EmailAddress {
    EmailAddress::parse(text).unwrap()
}

fn number(number: u32) -> RequestNumber {
    RequestNumber { desk: DeskKey::parse("OTK").unwrap(), number }
}

fn desk() -> Desk {
    Desk::new(
        DeskKey::parse("OTK").unwrap(),
        "Example support".into(),
        EmailAddress::parse("support@example.org").unwrap(),
        "main".into(),
    )
}

/// Ivan's request.
fn request() -> Request {
    let ivan = Participant { email: address("ivan@example.com"), name: "Ivan".to_owned(), proven: false };
    let at = Timestamp::from_unix(1_795_000_000);
    Request::opened(number(1), "The report".to_owned(), Language::En, Some(ivan), at)
}

/// A store that knows nothing of the message.
fn facts() -> Facts {
    Facts::none(number(2))
}
