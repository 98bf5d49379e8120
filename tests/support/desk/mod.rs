//! The harness of the tests: desks with a folder of their own, people who write to them and answer as mail programs do, and what
//! became of it.
//!
//! Most run in this process, with Maildirs and a folder of letters in the place of servers, and a clock that the test sets, so
//! that days pass in milliseconds. Others are the real program, with real servers or without, at the time of the machine.

mod builder;
mod clock;
mod commands;
mod outcome;
mod program;
mod running;

use std::collections::BTreeSet;
use std::fs;
use std::path::PathBuf;
use std::sync::atomic::{AtomicI64, AtomicUsize, Ordering};
use std::sync::{Arc, LazyLock};

use maildesk::daemon::Daemon;
use maildesk::flow;
use maildesk::mail::parse::parse;
use maildesk::model::policy::Desk;
use maildesk::model::settings::{Settings, SourceSettings};
use maildesk::model::{Ask, LetterId, LetterState, RequestNumber, ShortName};
use maildesk::store::{Reader, StoreError};

use crate::support::{Message, SentLetter, Servers, recipients};
use builder::Passes;

pub use program::outcome;
pub use running::Running;

/// Waits for a future, on threads that all tests share.
pub trait Wait: Future + Sized {
    /// Its value.
    fn wait(self) -> Self::Output {
        static RUNTIME: LazyLock<tokio::runtime::Runtime> = LazyLock::new(|| tokio::runtime::Runtime::new().unwrap());
        RUNTIME.block_on(self)
    }
}

impl<F: Future> Wait for F {}

/// One or more desks, and what went out so far.
pub struct TestDesk {
    folder: tempfile::TempDir,
    /// What its configuration says; the next pass goes by it.
    pub settings: Settings,
    servers: Option<Arc<Servers>>,
    passes: Passes,
    /// Seconds since the epoch; the real program has the time of the machine.
    now: Arc<AtomicI64>,
    /// So many seconds pass after each message.
    settles: i64,
    is_never_late: bool,
    /// The engineers, where no letter may tell anybody else what only they may know.
    insiders: Vec<String>,
    /// Between passes, where one daemon stays open.
    daemon: Option<Daemon>,
    /// How many messages were put into Maildirs.
    delivered: AtomicUsize,
    /// How many messages were begun.
    written: usize,
    /// The letters that the test has been given.
    seen: BTreeSet<LetterId>,
}

impl TestDesk {
    /// The servers that it works between.
    pub fn servers(&self) -> &Servers {
        self.servers.as_ref().expect("a desk between servers")
    }

    /// The same, to stop and change them; only where no other desk shares them.
    pub fn servers_mut(&mut self) -> &mut Servers {
        self.servers.as_mut().and_then(Arc::get_mut).expect("a desk between servers of its own")
    }

    fn is_program(&self) -> bool {
        self.passes == Passes::Program
    }

    /// Its first desk.
    pub fn desk(&self) -> &Desk {
        &self.settings.desks[0]
    }

    /// Where an engineer's letters go.
    pub fn engineer(&self, name: &str) -> String {
        self.desk().engineer(&ShortName::parse(name).unwrap()).unwrap().address.to_string()
    }

    // ---- Messages

    /// A message in the making, to the address of the desk whose mailbox it comes to.
    pub fn message(&mut self, from: &str, subject: &str, text: &str) -> Message {
        Message::new(&self.message_id(), from, subject).text(text)
    }

    /// The same to another address.
    pub fn message_to(&mut self, to: &str, from: &str, subject: &str, text: &str) -> Message {
        self.message(from, subject, text).header(&format!("To: {to}"))
    }

    /// An answer to a letter, as a mail program writes it; `add` comes behind the subject, `words` above the quoted letter.
    pub fn reply(&mut self, from: &str, letter: &SentLetter, add: &str, words: &str) -> Message {
        Message::reply(&self.message_id(), from, letter, add, words)
    }

    /// The Message-ID of a message.
    pub fn written_id(&self, message: &Message) -> String {
        parse(&message.raw()).message_id.expect("an id").to_string()
    }

    /// A Message-ID that it has not used yet.
    fn message_id(&mut self) -> String {
        self.written += 1;
        format!("message{}@mail.example", self.written)
    }

    /// Has a message handled that came to the first mailbox, and gives the letters that follow, in the order of writing.
    pub fn send(&mut self, message: &Message) -> Vec<SentLetter> {
        let first = self.settings.mailboxes[0].name.clone();
        self.send_to(&first, message)
    }

    /// The same for another mailbox.
    pub fn send_to(&mut self, mailbox: &str, message: &Message) -> Vec<SentLetter> {
        let name = &self.settings.mailboxes.iter().find(|known| known.name == mailbox).unwrap().desk;
        let to = self.settings.desks.iter().find(|desk| desk.key == *name).unwrap().address.to_string();
        self.deliver(mailbox, &message.clone().addressed_unless_named(&to).raw());
        self.settled()
    }

    /// Has bytes handled that came to the first mailbox.
    pub fn send_raw(&mut self, raw: &[u8]) -> Vec<SentLetter> {
        let first = self.settings.mailboxes[0].name.clone();
        self.deliver(&first, raw);
        self.settled()
    }

    /// As `send`, once all letters have gone, however long they are held back.
    pub fn arrived(&mut self, message: &Message) -> Vec<SentLetter> {
        let mut letters = self.send(message);
        let due = self.reader().view().letters(Some(LetterState::Due), u32::MAX).unwrap();
        if let Some(last) = due.iter().map(|row| row.due_at.unix()).max() {
            self.set_clock(self.unix().max(last));
            letters.extend(self.pass());
        }
        letters
    }

    /// As `send`, with a second pass.
    pub fn receive(&mut self, message: &Message) {
        self.send(message);
        self.pass();
    }

    /// The operator asks, by the rules of `maildesk set`.
    pub fn set(&mut self, number: &str, ask: Ask) {
        self.set_all(number, vec![ask]);
        self.pass();
    }

    /// The same for several things at once; gives the letters that follow.
    pub fn set_all(&mut self, number: &str, asks: Vec<Ask>) -> Vec<SentLetter> {
        flow::set(&self.context(), &RequestNumber::parse(number).unwrap(), asks).wait().unwrap();
        self.pass()
    }

    /// The letters of a pass, and those that waited for the grace.
    fn settled(&mut self) -> Vec<SentLetter> {
        let mut letters = self.pass();
        if self.settles > 0 {
            letters.extend(self.later(self.settles));
        }
        letters
    }

    /// Puts bytes into a mailbox, to be handled by the next pass, and tells its file.
    pub fn deliver(&self, mailbox: &str, raw: &[u8]) -> PathBuf {
        let known = self.settings.mailboxes.iter().find(|known| known.name == mailbox);
        let maildir = match known.map(|mailbox| &mailbox.source) {
            Some(SourceSettings::Imap(imap)) => return self.servers().deliver(&imap.user, &imap.folder, raw, None),
            Some(SourceSettings::Maildir(folder)) => folder.clone(),
            Some(SourceSettings::Pipe) | None => self.path(mailbox),
        };
        let serial = 1 + self.delivered.fetch_add(1, Ordering::Relaxed);
        let path = maildir.join("new").join(format!("{serial:06}.test"));
        fs::write(&path, raw).unwrap();
        path
    }

    /// A customer opens a request; gives all letters that follow.
    pub fn asks(&mut self, customer: &str, subject: &str, text: &str) -> Vec<SentLetter> {
        let message = self.message(customer, subject, text);
        self.send(&message)
    }

    /// The same at a mailbox, where exactly two letters follow: the acknowledgement and the first engineer's notification; beside
    /// what time has brought.
    pub fn ask(&mut self, mailbox: &str, customer: &str, subject: &str, text: &str) -> (SentLetter, SentLetter) {
        let message = self.message(customer, subject, text);
        let mut letters = self.send_to(mailbox, &message);
        letters.retain(|letter| ["acknowledgement", "notification"].contains(&self.kind_of(letter).as_str()));
        assert_eq!(letters.len(), 2, "{:?}", recipients(&letters));
        (letters[0].clone(), letters[1].clone())
    }

    /// An engineer answers a letter, with tags behind the subject.
    pub fn answers(&mut self, engineer: &str, letter: &SentLetter, tags: &str, words: &str) -> Vec<SentLetter> {
        let from = self.engineer(engineer);
        let message = self.reply(&from, letter, tags, words);
        self.send(&message)
    }
}

/// However a story goes, replaying its events gives the same requests, and nothing that is promised of the store is broken. What
/// a story of `desks::` comes to is compared with the record. After a failure, the end of the daemon's log is shown.
impl Drop for TestDesk {
    fn drop(&mut self) {
        if std::thread::panicking() {
            let log = self.log();
            let lines: Vec<&str> = log.lines().collect();
            eprintln!("the end of the log:\n{}", lines[lines.len().saturating_sub(40)..].join("\n"));
        } else if !matches!(Reader::open(&self.database()), Err(StoreError::Missing(_))) {
            self.check();
        }
    }
}
