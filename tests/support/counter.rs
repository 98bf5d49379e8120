//! Two desks in this process, with engineers who answer letters as mail programs do: what tests say of requests that lead to
//! others.

use std::sync::atomic::Ordering;

use maildesk::desk;
use maildesk::flow;
use maildesk::model::{Request, RequestNumber};

use super::{Message, Office, SentLetter};

/// Desk OTK (line 1: ivanov, line 2: petrova; an external team) and desk TRV (smirnov). Nobody works at both but orlova.
pub const COUNTER: &str = r#"
state_dir = "state"

[desk.OTK]
name = "Поддержка ОТК"
address = "support@example.org"
grace = "GRACE"

[desk.OTK.line.1]
members = ["ivanov"]

[desk.OTK.line.2]
members = ["petrova"]

[desk.OTK.team.vendor]
words = ["поставщик"]
address = "helpdesk@vendor.example"

[desk.TRV]
name = "Booking"
address = "booking@example.org"
language = "en"
grace = "GRACE"

[desk.TRV.line.1]
members = ["smirnov"]

[engineer.ivanov]
name = "Иван Иванов"
address = "ivanov@example.org"
desks = ["OTK"]

[engineer.petrova]
name = "Анна Петрова"
address = "petrova@example.org"
desks = ["OTK"]

[engineer.smirnov]
name = "Sergey Smirnov"
address = "smirnov@example.org"
desks = ["TRV"]

[engineer.orlova]
name = "Olga Orlova"
address = "orlova@example.org"

[mailbox.support]
desk = "OTK"
maildir = "support"
start = "all"

[mailbox.internal]
desk = "OTK"
maildir = "internal"
start = "all"
internal = true

[mailbox.booking]
desk = "TRV"
maildir = "booking"
start = "all"

[transport.folder]
folder = "letters"

[limits]
sender_ten_minutes = 10000
sender_hour = 10000
sender_day = 10000
sender_subject_day = 10000
domain_hour = 10000
all_hour = 10000
"#;

/// The first line of OTK.
pub const FIRST: &str = "ivanov@example.org";
/// The second line of OTK.
pub const SECOND: &str = "petrova@example.org";
/// The engineer of TRV.
pub const BOOKER: &str = "smirnov@example.org";
/// The outside team of OTK.
pub const VENDOR: &str = "helpdesk@vendor.example";

/// Two desks, and what went out so far.
pub struct Counter {
    /// The installation.
    pub office: Office,
    seen: i64,
    written: usize,
}

impl Counter {
    /// Whose letters of an end wait so long.
    pub fn open(grace: &str) -> Self {
        Self { office: Office::with(&COUNTER.replace("GRACE", grace)), seen: 0, written: 0 }
    }

    /// A message in the making.
    pub fn message(&mut self, from: &str, subject: &str, text: &str) -> Message {
        self.written += 1;
        let id = format!("message{}@mail.example", self.written);
        Message::new(&id, from, subject).text(text)
    }

    /// An answer to a letter, quoted below the words; `add` comes behind the subject.
    pub fn reply(&mut self, from: &str, letter: &SentLetter, add: &str, words: &str) -> Message {
        let read = letter.read();
        let quoted: Vec<String> = read.text.lines().map(|line| format!("> {line}")).collect();
        let text = format!("{words}\n\n20.11.2026 10:15, Support writes:\n{}\n", quoted.join("\n"));
        let subject = format!("Re: {} {add}", read.subject_raw);
        self.message(from, subject.trim(), &text).answering(&letter.id())
    }

    /// Has a message handled that came to a mailbox, and gives the letters that follow, in their order.
    pub async fn send(&mut self, mailbox: &str, message: &Message) -> Vec<SentLetter> {
        let to = if mailbox == "booking" { "booking@example.org" } else { "support@example.org" };
        let message = message.clone().header(&format!("To: {to}"));
        self.office.deliver(mailbox, &message.raw());
        self.pass().await
    }

    /// One pass, and the letters that went out in it.
    pub async fn pass(&mut self) -> Vec<SentLetter> {
        self.office.pass().await.unwrap();
        let mut rows = self.office.reader().view().letters(Some("sent"), u32::MAX).unwrap();
        rows.retain(|row| row.id.0 > self.seen);
        rows.reverse();
        if let Some(last) = rows.last() {
            self.seen = last.id.0;
        }
        let sent = |row: &maildesk::store::LetterRow| SentLetter {
            envelope_from: String::new(),
            rcpt: row.recipient.clone(),
            raw: self.office.sent(&row.message_id).unwrap(),
        };
        rows.iter().map(sent).collect()
    }

    /// Lets an hour pass, and gives what went out then. Letters that waited are older than those that did not.
    pub async fn an_hour_later(&mut self) -> Vec<SentLetter> {
        self.office.now.fetch_add(3_600, Ordering::SeqCst);
        self.seen = 0;
        let before: Vec<String> = self.sent_ids();
        let letters = self.pass().await;
        letters.into_iter().filter(|letter| !before.contains(&letter.id())).collect()
    }

    fn sent_ids(&self) -> Vec<String> {
        let rows = self.office.reader().view().letters(Some("sent"), u32::MAX).unwrap();
        rows.into_iter().map(|row| row.message_id).collect()
    }

    /// A new request: the acknowledgement and the first engineer's notification.
    pub async fn ask(&mut self, mailbox: &str, from: &str, subject: &str, text: &str) -> (SentLetter, SentLetter) {
        let message = self.message(from, subject, text);
        let letters = self.send(mailbox, &message).await;
        assert_eq!(letters.len(), 2, "{:?}", super::recipients(&letters));
        (letters[0].clone(), letters[1].clone())
    }

    /// A request as it is.
    pub fn request(&self, number: &str) -> Request {
        self.office.reader().view().request(&RequestNumber::parse(number).unwrap()).unwrap().unwrap()
    }

    /// What it stands as.
    pub fn status(&self, number: &str) -> String {
        self.request(number).standing.status.to_string()
    }

    /// Disposition, request and reasons of the last message.
    pub fn last_disposition(&self) -> (String, String, String) {
        let row = self.office.reader().view().received(None, 1).unwrap().remove(0);
        let request = row.request.map(|number| number.to_string()).unwrap_or_default();
        (row.disposition.unwrap_or(row.state), request, row.reasons.join("; "))
    }

    /// Everything stored agrees with its events.
    pub fn verify(&self) {
        let faults = self.office.reader().at_one_moment(|view| flow::verify(view, &mut |_, _| {})).unwrap();
        assert_eq!(faults, Vec::<String>::new());
        for number in self.office.reader().view().request_numbers().unwrap() {
            let view = self.office.reader();
            assert!(view.view().events(&number).unwrap().iter().fold(None, desk::apply).is_some());
        }
    }
}
