//! Random histories of two desks: everything that people, robots and the operator do, in an order that follows from the seed.

use maildesk::flow::{self, ReleaseNews};
use maildesk::mail::subject::tags;
use maildesk::model::{Answer, Ask, RequestNumber, Version};

use crate::support::{ASKS, Message, NO_CAPS, Random, STEERED, SentLetter, TestDesk, Wait, bounce_of};

const STEPS: usize = 25;

const TEXTS: &[&str] = &[
    "It still fails.",
    "Спасибо!",
    "Всё работает, можно закрывать.",
    "Не помогло, ошибка осталась.",
    "",
    "Стенд: тест, вчера в 12:30 ошибка при входе в систему.",
    "[in work]\nWe look into it.",
    "Уже не нужно, отзываю.",
    "Вид запроса: проблема\nПринтер не печатает с утра, срочно нужна помощь.",
];

const SUBJECTS: &[&str] =
    &["Printer", "[withdraw] now", "Проблема: принтер", "[kind incident] x", "", "vip printer", "[confirm]"];

const PEOPLE: &[&str] =
    &["olga@client.example", "ann@client.example", "new@else.example", "help@vendor.example", "boss@client.example"];

const ENGINEERS: &[&str] = &["ivanov@example.org", "petrova@example.org", "sidorov@example.org"];

/// What OTK says besides, by the seed.
const VARIANTS: [&str; 3] = [
    "grace = \"0s\"\nassignment = \"in turn\"\nclose_after = \"3 days\"\nclosing_notice = \"1 day\"\n\
     remind_after = \"1 day\"\ndigest = \"09:00\"\nurgent_problems = true",
    "grace = \"2m\"\nassignment = \"least loaded\"\nclose_after = \"2 days\"\nremind_after = \"12 hours\"\n\
     after_close = \"open new\"",
    "grace = \"0s\"\nwithout_contract = \"tell\"\ndigest = \"10:00\"",
];

const MORE: &str = r#"
[desk.OTK.team.partner]
address = "help@vendor.example"

[[desk.OTK.rule]]
words = ["vip"]
priority = "high"
line = 2

[[desk.OTK.rule]]
words = ["срочно"]
assignee = "petrova"

[[desk.OTK.require]]
what = ["environment"]

[[desk.OTK.require]]
what = ["period", "logs"]
kinds = ["incident", "problem"]

[[desk.OTK.sla]]
first_response = "4 hours"
resolution = "2 days"

[desk.OTK.contract.silver]
customers = ["client.example"]

"#;

/// The desks after the history of a seed.
pub fn of(seed: u64) -> TestDesk {
    let variant = VARIANTS[usize::try_from(seed).unwrap() % VARIANTS.len()];
    let configuration = STEERED.replacen("grace = \"0s\"", variant, 1);
    let desk = TestDesk::with(&format!("{configuration}{MORE}{NO_CAPS}")).staying_open().open();
    let mut history = History { random: Random::seeded(seed * 7_919 + 1), desk, id: String::new() };
    for which in 0..3 {
        let message = Message::to_support(&format!("{which}@mail.example"), "olga@client.example", "Printer");
        history.desk.deliver("support", &message.raw());
    }
    history.desk.pass();
    for step in 0..STEPS {
        history.id = format!("{seed}.{step}@mail.example");
        history.step();
        history.desk.pass();
    }
    history.desk
}

struct History {
    random: Random,
    desk: TestDesk,
    /// The Message-ID of what is written next.
    id: String,
}

impl History {
    fn step(&mut self) {
        match self.random.below(12) {
            0 | 1 => self.a_customer_writes(),
            2..=4 => self.an_engineer_steers(),
            5..=8 => self.somebody_answers_a_letter(),
            9 => self.a_letter_bounces(),
            10 => self.the_operator_asks(),
            11 if self.random.below(4) == 0 => self.a_version_comes_out(),
            _ => self.time_passes(),
        }
    }

    fn a_customer_writes(&mut self) {
        let (who, subject, text) = (*self.pick(PEOPLE), *self.pick(SUBJECTS), *self.pick(TEXTS));
        let number = self.number();
        let subject = if self.random.below(2) == 0 { format!("[{number}] {subject}") } else { subject.to_owned() };
        let mut message = Message::to_support(&self.id, who, &subject).text(text);
        if self.random.below(5) == 0 {
            message = message.header("Auto-Submitted: auto-generated");
        }
        let mailbox = ["support", "booking"][self.random.below(6) / 5];
        self.desk.deliver(mailbox, &message.raw());
    }

    fn an_engineer_steers(&mut self) {
        let (number, asks) = (self.number(), self.asks());
        let named = if self.random.below(6) == 0 { String::new() } else { format!("[{number}] ") };
        let (who, text) = (*self.pick(ENGINEERS), *self.pick(TEXTS));
        let mut message = Message::to_support(&self.id, who, &format!("{named}[{asks}]")).text(text);
        if self.random.below(4) == 0 {
            message = message.header("Cc: olga@client.example");
        }
        if self.random.below(4) == 0 {
            message = message.file("a.log", "text/plain", b"12:00 error\n12:01 error\n");
        }
        let mailbox = *self.pick(&["internal", "internal", "internal", "support"]);
        self.desk.deliver(mailbox, &message.raw());
    }

    fn time_passes(&mut self) {
        let seconds = *self.pick(&[600, 20_000, 90_000, 300_000]);
        self.desk.skip(seconds);
    }

    /// With the tokens of the letter; one of ten is a stranger whom it was forwarded to.
    fn somebody_answers_a_letter(&mut self) {
        let rows = self.desk.reader().view().letters(None, u32::MAX).unwrap();
        let newest = rows.len().min(*self.pick(&[4, 1_000]));
        let Some(row) = (newest > 0).then(|| &rows[self.random.below(newest)]) else { return };
        let Some(raw) = self.desk.sent(&row.message_id) else { return };
        let letter = SentLetter { envelope_from: String::new(), rcpt: row.recipient.clone(), raw };
        let add = match (ENGINEERS.contains(&row.recipient.as_str()), self.random.below(6)) {
            (true, 0) => "[undo]".to_owned(),
            (true, 1..=3) => format!("[{}]", self.asks()),
            (false, 0 | 1) => "[confirm]".to_owned(),
            _ => String::new(),
        };
        let from = if self.random.below(10) == 0 { "thief@else.example" } else { row.recipient.as_str() };
        let text = *self.pick(TEXTS);
        self.desk.deliver("support", &Message::reply(&self.id, from, &letter, &add, text).raw());
    }

    fn a_letter_bounces(&mut self) {
        let rows = self.desk.reader().view().letters(None, u32::MAX).unwrap();
        if !rows.is_empty() {
            let row = self.pick(&rows);
            let bounce = bounce_of(&self.id, &row.message_id, &row.recipient);
            self.desk.deliver("support", &bounce);
        }
    }

    /// As `maildesk set` does; what is not allowed is refused.
    fn the_operator_asks(&mut self) {
        let (number, asks) = (self.number(), self.asks());
        let desks = self.desk.settings.desks.iter().map(|desk| desk.key.clone()).collect();
        let vocabulary = self.desk.desk().vocabulary(desks);
        let asks: Vec<Ask> = match tags::read(&format!("[{asks}]"), &vocabulary).swap_remove(0).answer {
            Answer::Asks(asks) => asks,
            _ => Vec::new(),
        };
        let _ = flow::set(&self.desk.context(), &RequestNumber::parse(&number).unwrap(), asks).wait();
    }

    fn a_version_comes_out(&self) {
        let version = Version::parse("2.4.17").unwrap();
        flow::release(&self.desk.context(), None, ReleaseNews::Out(version)).wait().unwrap();
    }

    fn pick<'a, T>(&mut self, list: &'a [T]) -> &'a T {
        &list[self.random.below(list.len())]
    }

    fn number(&mut self) -> String {
        format!("OTK-{}", 1 + self.random.below(3))
    }

    fn asks(&mut self) -> String {
        let count = 1 + self.random.below(3);
        let asks: Vec<&str> = (0..count).map(|_| *self.pick(ASKS)).collect();
        asks.join("; ")
    }
}
