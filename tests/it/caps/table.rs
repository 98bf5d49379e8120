//! Each cap in a line: what was counted before, who writes, and what becomes of the acknowledgement.

use maildesk::desk::{Basis, Case, Keys, claims, decide};
use maildesk::mail::parse::parse;
use maildesk::model::policy::{AckLimits, AddressPattern, AutomaticMail, Contract, Desk};
use maildesk::model::{
    Alike, Decision, DeskKey, Effect, EmailAddress, Facts, MINUTE, Minutes, ReceivedId, RequestNumber, Tallied,
    Timestamp, Typed, Understanding, Words,
};

/// A whole minute.
const NOW: i64 = 1_795_253_400;

/// What is known before the message comes.
struct World {
    desk: Desk,
    facts: Facts,
    from: &'static str,
    vouched: bool,
    is_split: bool,
}

impl World {
    fn new() -> Self {
        let key = DeskKey::parse("OTK").unwrap();
        let address = EmailAddress::parse("support@example.org").unwrap();
        let desk = Desk::new(key.clone(), "Support".into(), address, "main".into());
        let facts = Facts::none(RequestNumber { desk: key, number: 1 });
        Self { desk, facts, from: "ivan@small.example", vouched: false, is_split: false }
    }

    fn tallied(&mut self) -> &mut Tallied {
        &mut self.facts.sender.tallied
    }

    fn list(&mut self) {
        self.desk.customers = vec![AddressPattern::Domain("small.example".into())];
    }

    /// As many strangers of the domain as the cap lets go, so many minutes ago; or to come.
    fn full_domain(&mut self, ago: i64) {
        self.tallied().domain.0.push((NOW / MINUTE - ago, 60));
    }

    fn full_of_strangers(&mut self, ago: i64) {
        self.tallied().strangers.0.push((NOW / MINUTE - ago, 300));
    }

    fn full_of_customers(&mut self, ago: i64) {
        self.tallied().customers.0.push((NOW / MINUTE - ago, 300));
    }

    /// The last alike message was acknowledged so many seconds ago.
    fn alike(&mut self, hour: u32, rounds: u32, ago: i64) {
        self.tallied().alike = Alike { hour, rounds, answered: Some(Timestamp::from_unix(NOW - ago)) };
    }

    fn alike_words(&mut self, hour: u32, rounds: u32, ago: i64) {
        self.tallied().alike_words = Alike { hour, rounds, answered: Some(Timestamp::from_unix(NOW - ago)) };
    }

    fn decision(&self) -> Decision {
        let raw = format!(
            "From: {0}\r\nReply-To: {0}\r\nTo: support@example.org\r\nMessage-ID: <a@example.com>\r\nSubject: Hello\r\n\r\nGood day.",
            self.from
        );
        let incoming = parse(raw.as_bytes());
        let claimed = claims(&incoming, &self.desk, std::slice::from_ref(&self.desk), "instance");
        let typed = Typed { words: Words::Own(incoming.reading.words.clone()), ..Typed::default() };
        let (subject, reading) = (incoming.subject.clone(), incoming.reading.clone());
        let mut understanding = Understanding { subject, typed, reading, ..claimed };
        understanding.proofs.vouched = self.vouched.then(|| "dmarc=pass".into());
        let keys =
            Keys { url: &|_, _, _, _| String::new(), button: &|_, _, _, _| String::new(), expiry: &|_, _, _, _| None };
        let now = Timestamp::from_unix(NOW);
        decide(&Case {
            basis: Basis::new(std::slice::from_ref(&self.desk), &self.desk, &self.facts, keys, now),
            received: ReceivedId(1),
            incoming: &incoming,
            understanding: &understanding,
            automatic: AutomaticMail::File,
            is_older: false,
            accepted_at: now,
            is_split: self.is_split,
            limits: AckLimits::default(),
        })
    }

    /// `now`, the minutes that it waits, or why there is none.
    fn outcome(&self) -> String {
        let decision = self.decision();
        match decision.letters().next() {
            Some(letter) if letter.grace == 0 => "now".to_owned(),
            Some(letter) => format!("in {} minutes", letter.grace / 60),
            None => decision.reasons.last().unwrap().replace("not acknowledged: cap reached: ", ""),
        }
    }
}

#[test]
fn each_cap_lets_go_delays_or_cancels() {
    type Set = fn(&mut World);
    let rows: &[(&str, Set, &str)] = &[
        ("nothing was counted", |_| {}, "now"),
        ("one less than the domain's cap", |w| w.tallied().domain.0.push((NOW / MINUTE, 59)), "now"),
        ("the domain's cap now", |w| w.full_domain(0), "in 61 minutes"),
        ("half an hour ago", |w| w.full_domain(30), "in 31 minutes"),
        ("an hour ago: an hour touches 61 minutes", |w| w.full_domain(60), "in 1 minutes"),
        ("longer ago", |w| w.full_domain(61), "now"),
        ("what waits counts", |w| (w.full_domain(0), w.full_domain(-61)).0, "in 122 minutes"),
        ("what waits leaves no room before it", |w| w.full_domain(-30), "in 91 minutes"),
        (
            "no room within four hours",
            |w| [0, -61, -122, -183].into_iter().for_each(|ago| w.full_domain(ago)),
            "60 acknowledgements to this domain within an hour, and for the next four hours",
        ),
        (
            "300 wait",
            |w| (w.tallied().waiting = 300, w.full_domain(0)).1,
            "60 acknowledgements to this domain within an hour, and 300 wait already",
        ),
        ("299 wait", |w| (w.tallied().waiting = 299, w.full_domain(0)).1, "in 61 minutes"),
        ("the cap of all strangers", |w| w.full_of_strangers(0), "in 61 minutes"),
        ("both caps", |w| (w.full_of_strangers(10), w.full_domain(0)).1, "in 61 minutes"),
        ("a public provider", |w| (w.from = "ivan@gmail.com", w.full_domain(0)).1, "now"),
        (
            "one of the desk's own list",
            |w| (w.desk.public_domains = vec!["small.example".into()], w.full_domain(0)).1,
            "now",
        ),
        (
            "a public provider, and all strangers",
            |w| (w.from = "ivan@gmail.com", w.full_of_strangers(0)).1,
            "in 61 minutes",
        ),
        ("a listed customer has a cap of their own", |w| (w.list(), w.full_domain(0), w.full_of_strangers(0)).0, "now"),
        ("which is reached", |w| (w.list(), w.full_of_customers(0)).1, "in 61 minutes"),
        (
            "a contract lists, too",
            |w| {
                let customers = vec![AddressPattern::Domain("small.example".into())];
                w.desk.contracts = vec![Contract { name: "gold".into(), customers, sla: Vec::new() }];
                w.full_of_strangers(0);
            },
            "now",
        ),
        (
            "who has answered a letter waits for nothing",
            |w| (w.facts.sender.is_proven = true, w.full_domain(0), w.full_of_strangers(0)).1,
            "now",
        ),
        ("nor whom our own server knows", |w| (w.vouched = true, w.full_domain(0), w.full_of_strangers(0)).1, "now"),
        ("the sender's cap", |w| w.tallied().sender_hour = 10, "10 acknowledgements to this sender within an hour"),
        (
            "is everybody's",
            |w| (w.facts.sender.is_proven = true, w.tallied().sender_day = 30).1,
            "30 acknowledgements to this sender within a day",
        ),
        ("five alike in an hour", |w| w.alike(4, 0, 900), "now"),
        ("six", |w| w.alike(5, 0, 900), "6 alike messages of this sender within an hour"),
        ("six of one who has answered", |w| (w.facts.sender.is_proven = true, w.alike(5, 0, 900)).1, "now"),
        ("a second one within a minute of our letter", |w| w.alike(1, 0, 30), "now"),
        ("a third", |w| w.alike(2, 1, 30), "2 alike messages of this sender, each within a minute of our e-mail"),
        ("a third that takes longer", |w| w.alike(2, 1, 61), "now"),
        ("three at once", |w| w.alike(2, 0, 0), "now"),
        ("a third of one who has answered", |w| (w.facts.sender.is_proven = true, w.alike(2, 1, 30)).1, "now"),
        (
            "our own server knows robots, too",
            |w| (w.vouched = true, w.alike(5, 0, 900)).1,
            "6 alike messages of this sender within an hour",
        ),
        ("a third with the same words", |w| w.alike_words(2, 1, 30), "now"),
        (
            "a fourth",
            |w| w.alike_words(3, 2, 30),
            "3 alike messages with the same words, each within a minute of our e-mail",
        ),
        ("many people at once", |w| w.alike_words(5, 0, 0), "now"),
        ("one after the other", |w| w.alike_words(5, 0, 900), "6 alike messages with the same words within an hour"),
        (
            "many people of a public provider with the same words",
            |w| (w.from = "ivan@gmail.com", w.alike_words(5, 2, 30)).1,
            "now",
        ),
        (
            "what the operator takes out of a flood",
            |w| (w.is_split = true, w.tallied().sender_day = 99, w.alike(99, 9, 1)).2,
            "now",
        ),
    ];
    for (name, set, expected) in rows {
        let mut world = World::new();
        set(&mut world);
        assert_eq!(world.outcome(), *expected, "{name}");
    }
}

#[test]
fn whose_subject_is_quoted() {
    type Set = fn(&mut World);
    let rows: &[(&str, Set, bool)] = &[
        ("a stranger's", |_| {}, false),
        ("a stranger's whom our own server knows", |w| w.vouched = true, false),
        ("that of one who has answered a letter", |w| w.facts.sender.is_proven = true, true),
        ("a listed customer's", |w| w.list(), true),
        ("the cap of any domain is reached", |w| (w.list(), w.tallied().customers.0.push((NOW / MINUTE, 60))).0, false),
        (
            "and our own server knows the customer",
            |w| (w.list(), w.vouched = true, w.tallied().customers.0.push((NOW / MINUTE, 60))).0,
            true,
        ),
    ];
    for (name, set, expected) in rows {
        let mut world = World::new();
        set(&mut world);
        let decision = world.decision();
        let subject = &decision.letters().next().unwrap().subject;
        assert_eq!(subject.contains("Hello"), *expected, "{name}: {subject}");
    }
}

#[test]
fn who_makes_a_flood() {
    type Set = fn(&mut World);
    let rows: &[(&str, Set, bool)] = &[
        ("the thirtieth alike message of an hour", |w| w.alike(29, 0, 900), false),
        ("the one after it", |w| w.alike(30, 0, 900), true),
        ("of one whom our own server knows", |w| (w.vouched = true, w.alike(30, 0, 900)).1, true),
        ("of one who has answered a letter", |w| (w.facts.sender.is_proven = true, w.alike(30, 0, 900)).1, false),
        ("of a listed customer", |w| (w.list(), w.alike(30, 0, 900)).1, false),
        (
            "of a web form",
            |w| {
                w.desk.form_senders = vec![EmailAddress::parse(w.from).unwrap()];
                w.alike(30, 0, 900);
            },
            false,
        ),
        ("taken out of a flood", |w| (w.is_split = true, w.alike(30, 0, 900)).1, false),
        ("with alike words only", |w| w.alike_words(30, 0, 900), false),
    ];
    for (name, set, expected) in rows {
        let mut world = World::new();
        set(&mut world);
        let begins = world.decision().effects.iter().any(|effect| matches!(effect, Effect::BeginFlood(_)));
        assert_eq!(begins, *expected, "{name}");
        world.tallied().flood = RequestNumber::parse("OTK-9").ok();
        let joins = world.decision().effects.contains(&Effect::JoinFlood);
        assert_eq!(joins, *expected, "{name}, while there is a flood");
    }
}

#[test]
fn in_no_hour_do_more_go_out_than_the_cap_allows() {
    // Somebody writes every minute for ten hours, of whom the cap lets go three an hour.
    let mut counts = Minutes::default();
    for now in 0..600 {
        let next = (now..now + 240).find(|minute| counts.has_room(3, *minute));
        if let Some(minute) = next {
            counts.0.push((minute, 1));
        }
    }
    assert!(counts.0.len() >= 30, "{counts:?}");
    assert!((0..900).all(|end| counts.in_hour(end) <= 3), "{counts:?}");
}
