//! The oracle of crashes: a desk that is killed, and what must hold after any history of that.

use std::collections::{BTreeMap, BTreeSet};

use maildesk::model::{Disposition, LetterState, Request};
use maildesk::store::ReceivedRow;

use crate::support::{Message, SentLetter, THREE_MAILBOXES, TestDesk, wait_until};

const SIGKILL: i32 = 9;

/// The mailboxes of `THREE_MAILBOXES`, and the address that their mail names.
const MAILBOXES: [(&str, &str); 3] =
    [("first", "support@example.org"), ("second", "support@example.org"), ("booking", "booking@example.org")];

/// A desk that is killed, and the messages that must not be lost by it.
pub struct CrashTest {
    /// The desk, between servers.
    pub desk: TestDesk,
    /// The bytes of each message, by its Message-ID.
    pub delivered: BTreeMap<String, Vec<u8>>,
}

impl CrashTest {
    /// With nothing delivered yet.
    pub fn start() -> Self {
        Self { desk: TestDesk::on_servers(THREE_MAILBOXES), delivered: BTreeMap::new() }
    }

    /// Delivers messages of different senders to all mailboxes in turn; each mailbox's first is larger than a slice.
    pub fn deliver_new(&mut self, count: usize) {
        for _ in 0..count {
            let serial = self.delivered.len();
            let (mailbox, to) = MAILBOXES[serial % MAILBOXES.len()];
            let (id, from) = (format!("{serial}@example.com"), format!("customer{serial}@example.com"));
            let mut message = Message::new(&id, &from, &format!("Question {serial}")).header(&format!("To: {to}"));
            if serial < MAILBOXES.len() {
                message = message.file("film.bin", "application/octet-stream", &[7; 400_000]);
            }
            self.desk.deliver(mailbox, &message.raw());
            self.delivered.insert(id, message.raw());
        }
    }

    /// Runs until the daemon kills itself at this point.
    pub fn die_at(&self, point: &str) {
        self.desk.run_with(&[("MAILDESK_FAILPOINT", point)]).dies_by(SIGKILL);
        self.check_untouched();
    }

    /// P1: at any moment, only what is durable here has been touched on the server.
    pub fn check_untouched(&self) {
        let durable = |mailbox: &str| {
            let count = format!("SELECT count(*) FROM received WHERE raw IS NOT NULL AND mailbox = '{mailbox}'");
            usize::try_from(self.desk.number(&count)).unwrap()
        };
        let flagged = self.desk.servers().messages("second", "INBOX").iter().filter(|m| m.flags.contains('S')).count();
        assert!(self.desk.servers().messages("first", "Filed").len() <= durable("first"));
        assert!(flagged <= durable("second"));
    }

    /// Runs until nothing is left to do but letters whose end is unknown.
    pub fn recover(&self) {
        let mut daemon = self.desk.run();
        let waits = "SELECT (SELECT count(*) FROM received WHERE state = 'handled' OR state = 'quarantined') * 1000000
                     + (SELECT count(*) FROM letter WHERE state = 'due')";
        let done = i64::try_from(self.delivered.len()).unwrap() * 1_000_000;
        daemon.until("everything is handled and answered", || self.desk.number(waits) == done);
        daemon.until("accepted mail is marked", || self.is_marked());
        let ended = daemon.stop();
        assert!(ended.success(), "{ended}");
    }

    /// Lets the wait end of letters whose last try ended unknown, so that no test waits a minute.
    pub fn end_the_wait_of_unsure_letters(&self) {
        self.desk.alter("UPDATE letter SET due_at = created_at WHERE state = 'inflight'");
    }

    fn is_marked(&self) -> bool {
        let flagged = self.desk.servers().messages("second", "INBOX").iter().all(|message| message.flags == "S");
        self.desk.servers().messages("first", "INBOX").is_empty() && flagged
    }

    /// What the promises say about any history of crashes, once the letters that a kill caught on their way went again.
    pub fn check(&self) {
        self.end_the_wait_of_unsure_letters();
        self.desk.once();
        let reader = self.desk.reader();
        let view = reader.view();
        let mut rows = view.received(None, u32::MAX).unwrap();
        rows.reverse();
        let ids: Vec<String> = rows.iter().filter_map(|row| row.message_id.clone()).collect();
        assert_eq!(ids.len(), self.delivered.len(), "P1, P2: as many dispositions as messages");
        assert_eq!(
            ids.iter().collect::<BTreeSet<_>>(),
            self.delivered.keys().collect(),
            "P1, P2: one disposition each"
        );
        for row in &rows {
            assert_eq!(row.disposition, Some(Disposition::Opened), "{row:?}");
            let raw = view.raw(row.id).unwrap();
            assert!(raw == self.delivered[row.message_id.as_ref().unwrap()], "P1: the bytes of {}", row.id);
        }
        check_numbers(&rows);
        for row in &rows {
            let number = row.request.as_ref().unwrap();
            let replayed = Request::replay(&view.events(number).unwrap());
            assert_eq!(replayed, view.request(number).unwrap(), "P7: {number}");
        }
        let half_fetched = "SELECT count(*) FROM raw WHERE id NOT IN (SELECT raw FROM received WHERE raw IS NOT NULL)";
        assert_eq!(self.desk.number(half_fetched), 0, "nothing half-fetched is left");
        assert_eq!(self.desk.number("SELECT sum(charges) FROM received"), 0, "kills charge nobody");
        assert!(self.is_marked());
        assert_eq!(self.desk.servers().messages("first", "Filed").len(), self.of_mailbox(0));
        assert_eq!(self.desk.servers().messages("second", "INBOX").len(), self.of_mailbox(1));
        assert_eq!(self.desk.servers().messages("booking", "INBOX").len(), self.of_mailbox(2));
        self.check_letters();
    }

    fn of_mailbox(&self, index: usize) -> usize {
        (0..self.delivered.len()).filter(|serial| serial % MAILBOXES.len() == index).count()
    }

    /// P4: every letter arrived, as often as its tries say at most, with the same bytes every time.
    fn check_letters(&self) {
        let letters = self.desk.reader().view().letters(None, u32::MAX).unwrap();
        assert_eq!(letters.len(), self.delivered.len());
        // smtp-sink closes a letter's file a little after it has taken the letter.
        wait_until("every letter is there", || self.copies().len() >= letters.len());
        let copies = self.copies();
        for letter in &letters {
            assert_eq!(letter.state, LetterState::Sent, "{letter:?}");
            let copies = copies.get(&letter.message_id).unwrap_or_else(|| panic!("{letter:?} did not arrive"));
            assert!(copies.len() as u32 <= 1 + letter.resent, "{} copies of {letter:?}", copies.len());
            assert!(copies.iter().all(|copy| copy.raw == copies[0].raw), "{letter:?}");
            assert!(copies.iter().all(|copy| copy.rcpt == letter.recipient), "{letter:?}");
        }
        assert_eq!(copies.len(), letters.len(), "no letter arrived that is not in the outbox");
    }

    /// The letters that arrived, by their Message-ID.
    pub fn copies(&self) -> BTreeMap<String, Vec<SentLetter>> {
        let mut copies: BTreeMap<String, Vec<SentLetter>> = BTreeMap::new();
        for letter in self.desk.servers().sent() {
            copies.entry(letter.id()).or_default().push(letter);
        }
        copies
    }
}

/// P3: each desk's numbers are 1, 2, 3, … in order of acceptance.
fn check_numbers(rows: &[ReceivedRow]) {
    let mut next: BTreeMap<&str, u32> = BTreeMap::new();
    for number in rows.iter().filter_map(|row| row.request.as_ref()) {
        let next = next.entry(number.desk.as_str()).or_insert(1);
        assert_eq!(number.number, *next, "P3: {number}");
        *next += 1;
    }
}
