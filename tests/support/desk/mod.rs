//! The harness of most tests: a desk in this process, with Maildirs and a folder of letters in the place of servers, people who
//! write and answer as mail programs do, and a clock that the test sets, so that days pass in milliseconds.

mod beside;
mod outcome;

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, LazyLock};

use maildesk::config::{self, ProcessContext};
use maildesk::daemon::{Daemon, DaemonError};
use maildesk::flow::{self, Clock};
use maildesk::model::policy::Desk;
use maildesk::model::settings::{Settings, SourceSettings, Start, TransportKind};
use maildesk::model::{Ask, LetterId, LetterState, RequestNumber, ShortName, Timestamp};

use crate::support::{Message, SentLetter, recipients, record_story, temporary_folder};

/// 21 November 2026, 9:30 UTC: when a desk begins that says nothing else.
const BEGIN: i64 = 1_795_253_400;

/// Longer than the grace of every desk of `fixtures/desks`: what waits for it has left.
const GRACE: i64 = 121;

/// Waits for a future, on threads that all tests share.
pub trait Wait: Future + Sized {
    /// Its value.
    fn wait(self) -> Self::Output {
        static RUNTIME: LazyLock<tokio::runtime::Runtime> = LazyLock::new(|| tokio::runtime::Runtime::new().unwrap());
        RUNTIME.block_on(self)
    }
}

impl<F: Future> Wait for F {}

/// A desk in the making.
pub struct Builder {
    configuration: String,
    begin: i64,
    settles: i64,
    is_fixture: bool,
    is_never_late: bool,
    stays_open: bool,
}

impl Builder {
    /// Puts other words into the configuration.
    pub fn replacing(mut self, words: &str, others: &str) -> Self {
        self.configuration = self.configuration.replace(words, others);
        self
    }

    /// Lets so many seconds pass after each message, so that what waits for its grace goes out with the rest.
    pub fn settling(mut self, seconds: i64) -> Self {
        self.settles = seconds;
        self
    }

    /// Holds at the end of the test that no request is due any more.
    pub fn never_late(mut self) -> Self {
        self.is_never_late = true;
        self
    }

    /// Begins then, in RFC 3339.
    pub fn at(mut self, time: &str) -> Self {
        self.begin = time.parse::<jiff::Timestamp>().unwrap().as_second();
        self
    }

    /// Keeps its daemon open from pass to pass; otherwise every pass is a start and a stop.
    pub fn staying_open(mut self) -> Self {
        self.stays_open = true;
        self
    }

    /// Makes its folders and reads its configuration.
    pub fn open(self) -> TestDesk {
        let folder = temporary_folder();
        if self.is_fixture {
            copy_texts(&folder.path().join("texts"));
        }
        let file = folder.path().join("maildesk.toml");
        let configuration = self.configuration.replace("state_dir = \"/var/lib/maildesk\"", "state_dir = \"state\"");
        fs::write(&file, configuration).unwrap();
        let loaded = config::load(&file, &ProcessContext::of_process(), maildesk::cli::GRAMMAR);
        let mut settings = loaded.unwrap_or_else(|errors| panic!("{errors}")).settings;
        into_folders(&mut settings, folder.path());
        let mut desk = TestDesk {
            folder,
            settings,
            now: Arc::new(AtomicI64::new(self.begin)),
            settles: self.settles,
            is_never_late: self.is_never_late,
            stays_open: self.stays_open,
            daemon: None,
            delivered: 0,
            written: 0,
            seen: BTreeSet::new(),
        };
        desk.daemon = desk.stays_open.then(|| desk.opened());
        desk
    }
}

/// One or more desks, and what went out so far.
pub struct TestDesk {
    folder: tempfile::TempDir,
    /// What its configuration says; the next pass goes by it.
    pub settings: Settings,
    now: Arc<AtomicI64>,
    settles: i64,
    stays_open: bool,
    is_never_late: bool,
    daemon: Option<Daemon>,
    delivered: usize,
    written: usize,
    seen: BTreeSet<LetterId>,
}

impl TestDesk {
    /// By a whole configuration. Its mailboxes become Maildirs of their names.
    pub fn with(configuration: &str) -> Builder {
        Builder {
            configuration: configuration.to_owned(),
            begin: BEGIN,
            settles: 0,
            is_fixture: false,
            is_never_late: false,
            stays_open: false,
        }
    }

    /// One of `fixtures/desks`, on Monday 23 November 2026 at ten in Moscow. Its daemon stays open, and what follows from a
    /// message within the grace goes out with it.
    pub fn of(name: &str) -> Builder {
        let configuration = fs::read_to_string(format!("fixtures/desks/{name}.toml")).unwrap();
        let fixture = Builder { is_fixture: true, ..Self::with(&configuration) };
        fixture.staying_open().at("2026-11-23T10:00:00+03:00").settling(GRACE)
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

    fn settled(&mut self) -> Vec<SentLetter> {
        let mut letters = self.pass();
        if self.settles > 0 {
            letters.extend(self.later(self.settles));
        }
        letters
    }

    /// Puts bytes into a mailbox, to be handled by the next pass, and tells its file.
    pub fn deliver(&mut self, mailbox: &str, raw: &[u8]) -> PathBuf {
        self.delivered += 1;
        let path = self.path(mailbox).join("new").join(format!("{:06}.test", self.delivered));
        fs::write(&path, raw).unwrap();
        path
    }

    /// A customer opens a request; gives all letters that follow.
    pub fn asks(&mut self, customer: &str, subject: &str, text: &str) -> Vec<SentLetter> {
        let message = self.message(customer, subject, text);
        self.send(&message)
    }

    /// The same at a mailbox, where exactly two letters follow: the acknowledgement and the first engineer's notification.
    pub fn ask(&mut self, mailbox: &str, customer: &str, subject: &str, text: &str) -> (SentLetter, SentLetter) {
        let message = self.message(customer, subject, text);
        let letters = self.send_to(mailbox, &message);
        assert_eq!(letters.len(), 2, "{:?}", recipients(&letters));
        (letters[0].clone(), letters[1].clone())
    }

    /// An engineer answers a letter, with tags behind the subject.
    pub fn answers(&mut self, engineer: &str, letter: &SentLetter, tags: &str, words: &str) -> Vec<SentLetter> {
        let from = self.engineer(engineer);
        let message = self.reply(&from, letter, tags, words);
        self.send(&message)
    }

    // ---- Time

    /// Seconds since the epoch.
    pub fn unix(&self) -> i64 {
        self.now.load(Ordering::SeqCst)
    }

    /// The time.
    pub fn now(&self) -> Timestamp {
        Timestamp::from_unix(self.unix())
    }

    /// Sets the clock, in seconds since the epoch.
    pub fn set_clock(&self, now: i64) {
        self.now.store(now, Ordering::SeqCst);
    }

    /// Moves the clock on without a pass.
    pub fn skip(&self, seconds: i64) {
        self.now.fetch_add(seconds, Ordering::SeqCst);
    }

    /// One pass of the daemon a second later, and the letters that went out in it.
    pub fn pass(&mut self) -> Vec<SentLetter> {
        self.later(1)
    }

    /// The same after so many seconds.
    pub fn later(&mut self, seconds: i64) -> Vec<SentLetter> {
        self.look(seconds);
        self.letters()
    }

    /// The same, where the letters are not read.
    pub fn look(&mut self, seconds: i64) {
        self.skip(seconds);
        let daemon = self.daemon.take().unwrap_or_else(|| self.opened());
        let pass = daemon.pass().wait().unwrap();
        assert!(pass.mailboxes.iter().all(|(_, looked)| looked.is_ok()), "{pass:?}");
        if self.stays_open {
            self.daemon = Some(daemon);
        } else {
            daemon.close().wait().unwrap();
        }
    }

    /// Two passes: what the first one writes goes out in the second.
    pub fn passes(&mut self) {
        self.pass();
        self.pass();
    }

    /// Lets days pass without a look, and then has two.
    pub fn days(&mut self, days: i64) {
        self.skip(days * 86_400);
        self.passes();
    }

    /// Lets hours pass, with a look every hour, and gives the letters that were sent in them.
    pub fn hours(&mut self, hours: u32) -> Vec<SentLetter> {
        (0..hours).flat_map(|_| self.later(3_600)).collect()
    }

    /// The daemon, open for work.
    pub fn opened(&self) -> Daemon {
        self.try_open().unwrap()
    }

    /// The same, where it may refuse to start.
    pub fn try_open(&self) -> Result<Daemon, DaemonError> {
        Daemon::open(self.settings.clone(), self.clock(), Path::new("/bin/false")).wait()
    }

    /// The clock that its parts go by.
    pub fn clock(&self) -> Clock {
        let now = Arc::clone(&self.now);
        Arc::new(move || Timestamp::from_unix(now.load(Ordering::SeqCst)))
    }
}

/// However a story goes, replaying its events gives the same requests, and nothing that is promised of the store is broken. What
/// a story of `desks::` comes to is compared with the record.
impl Drop for TestDesk {
    fn drop(&mut self) {
        if !std::thread::panicking() && self.database().exists() {
            self.verify();
            let next = self.reader().view().next_look().unwrap();
            assert!(!self.is_never_late || next.is_none_or(|at| at > self.now()), "{next:?} is still due");
            record_story(self);
        }
    }
}

fn copy_texts(folder: &Path) {
    fs::create_dir(folder).unwrap();
    for text in fs::read_dir("fixtures/desks/texts").unwrap().map(|entry| entry.unwrap()) {
        fs::copy(text.path(), folder.join(text.file_name())).unwrap();
    }
}

/// Every mailbox becomes a Maildir of its name, every transport the folder `letters`.
fn into_folders(settings: &mut Settings, folder: &Path) {
    for mailbox in &mut settings.mailboxes {
        let maildir = folder.join(&mailbox.name);
        ["new", "cur", "tmp"].iter().for_each(|part| fs::create_dir_all(maildir.join(part)).unwrap());
        mailbox.source = SourceSettings::Maildir(maildir);
        mailbox.start = Start::All;
    }
    for transport in &mut settings.transports {
        transport.kind = TransportKind::Folder(folder.join("letters"));
    }
}
