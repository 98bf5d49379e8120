//! The harness of most tests: a desk in this process, with Maildirs and a folder of letters in the place of servers, people who
//! write and answer as mail programs do, and a clock that the test sets, so that days pass in milliseconds.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, LazyLock};

use maildesk::config::{self, Environment};
use maildesk::daemon::{self, DATABASE, Daemon, KEYS};
use maildesk::flow::{self, Beat, Bell, Clock, Context, Unread};
use maildesk::model::policy::Desk;
use maildesk::model::settings::{Settings, SourceSettings, Start, TransportKind};
use maildesk::model::{Event, LetterId, ReceivedId, Request, RequestNumber, ShortName, Timestamp};
use maildesk::store::{LetterRow, Reader, Store};
use serde_json::Value;

use super::{Message, SentLetter, recipients, temporary_folder};

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

    /// Begins then, in RFC 3339.
    pub fn at(mut self, time: &str) -> Self {
        self.begin = time.parse::<jiff::Timestamp>().unwrap().as_second();
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
        let loaded = config::load(&file, &Environment::of_process(), maildesk::cli::GRAMMAR);
        let mut settings = loaded.unwrap_or_else(|errors| panic!("{errors}")).settings;
        into_folders(&mut settings, folder.path());
        let mut desk = TestDesk {
            folder,
            settings,
            now: Arc::new(AtomicI64::new(self.begin)),
            settles: self.settles,
            stays_open: self.is_fixture,
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
    daemon: Option<Daemon>,
    delivered: usize,
    written: usize,
    seen: BTreeSet<LetterId>,
}

impl TestDesk {
    /// By a whole configuration. Its mailboxes become Maildirs of their names.
    pub fn with(configuration: &str) -> Builder {
        Builder { configuration: configuration.to_owned(), begin: BEGIN, settles: 0, is_fixture: false }
    }

    /// One of `fixtures/desks`, on Monday 23 November 2026 at ten in Moscow. Its daemon stays open, and what follows from a
    /// message within the grace goes out with it.
    pub fn of(name: &str) -> Builder {
        let configuration = fs::read_to_string(format!("fixtures/desks/{name}.toml")).unwrap();
        Builder { is_fixture: true, ..Self::with(&configuration) }.at("2026-11-23T10:00:00+03:00").settling(GRACE)
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
        let due = self.reader().view().letters(Some("due"), u32::MAX).unwrap();
        if let Some(last) = due.iter().map(|row| row.due_at.unix()).max() {
            self.set_clock(self.unix().max(last));
            letters.extend(self.pass());
        }
        letters
    }

    fn settled(&mut self) -> Vec<SentLetter> {
        let mut letters = self.pass();
        if self.settles > 0 {
            letters.extend(self.later(self.settles));
        }
        letters
    }

    /// Puts bytes into a mailbox, to be handled by the next pass.
    pub fn deliver(&mut self, mailbox: &str, raw: &[u8]) {
        self.delivered += 1;
        let name = format!("{:06}.test", self.delivered);
        fs::write(self.path(mailbox).join("new").join(name), raw).unwrap();
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
        self.skip(seconds);
        let daemon = self.daemon.take().unwrap_or_else(|| self.opened());
        let pass = daemon.pass().wait().unwrap();
        assert!(pass.mailboxes.iter().all(|(_, looked)| looked.is_ok()), "{pass:?}");
        if self.stays_open {
            self.daemon = Some(daemon);
        } else {
            daemon.close().wait().unwrap();
        }
        self.letters()
    }

    /// Lets hours pass, with a look every hour, and gives the letters that were sent in them.
    pub fn hours(&mut self, hours: u32) -> Vec<SentLetter> {
        (0..hours).flat_map(|_| self.later(3_600)).collect()
    }

    /// The daemon, open for work.
    pub fn opened(&self) -> Daemon {
        Daemon::open(self.settings.clone(), self.clock(), Path::new("/bin/false")).wait().unwrap()
    }

    /// The clock that its parts go by.
    pub fn clock(&self) -> Clock {
        let now = Arc::clone(&self.now);
        Arc::new(move || Timestamp::from_unix(now.load(Ordering::SeqCst)))
    }

    // ---- What became of it

    /// The letters that were sent since the last look, in the order in which they were written.
    pub fn letters(&mut self) -> Vec<SentLetter> {
        let mut rows: Vec<LetterRow> = self.reader().view().letters(Some("sent"), u32::MAX).unwrap();
        rows.retain(|row| self.seen.insert(row.id));
        rows.sort_by_key(|row| row.id);
        let read = |row: LetterRow| {
            let raw = self.sent(&row.message_id).unwrap();
            SentLetter { envelope_from: String::new(), rcpt: row.recipient, raw }
        };
        rows.into_iter().map(read).collect()
    }

    /// The bytes of a letter, once it has gone.
    pub fn sent(&self, message_id: &str) -> Option<Vec<u8>> {
        fs::read(self.path("letters").join(format!("{message_id}.eml"))).ok()
    }

    /// A request.
    pub fn request(&self, number: &str) -> Request {
        let number = RequestNumber::parse(number).unwrap();
        self.reader().view().request(&number).unwrap().unwrap_or_else(|| panic!("there is no {number}"))
    }

    /// Its status.
    pub fn status(&self, number: &str) -> String {
        self.request(number).standing.status.to_string()
    }

    /// Who works on it.
    pub fn assignee(&self, number: &str) -> String {
        self.request(number).executor.map_or_else(|| "nobody".to_owned(), |name| name.to_string())
    }

    /// How many messages it holds.
    pub fn entries(&self, number: &str) -> usize {
        self.reader().view().entries(&RequestNumber::parse(number).unwrap()).unwrap().len()
    }

    /// What happened to it.
    pub fn events(&self, number: &str) -> Vec<Event> {
        self.reader().view().events(&RequestNumber::parse(number).unwrap()).unwrap()
    }

    /// All requests, in order of numbers.
    pub fn numbers(&self) -> Vec<RequestNumber> {
        self.reader().view().request_numbers().unwrap()
    }

    /// Disposition, request and reasons of the last message.
    pub fn last_disposition(&self) -> (String, String, String) {
        let row = self.reader().view().received(None, 1).unwrap().remove(0);
        let request = row.request.map(|number| number.to_string()).unwrap_or_default();
        (row.disposition.unwrap_or(row.state), request, row.reasons.join("; "))
    }

    /// State and disposition of the message with this id.
    pub fn disposition_of(&self, id: i64) -> String {
        let row = self.reader().view().received_one(ReceivedId(id)).unwrap().unwrap();
        format!("{} {}", row.state, row.disposition.unwrap_or_default())
    }

    /// Everything stored agrees with its events.
    pub fn verify(&self) {
        let faults = self.reader().at_one_moment(|view| flow::verify(view, &mut |_, _| {})).unwrap();
        assert!(faults.is_empty(), "{faults:#?}");
    }

    // ---- Beside the daemon

    /// A path in the folder of its configuration.
    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Where its database is.
    pub fn database(&self) -> PathBuf {
        self.settings.state_dir.join(DATABASE)
    }

    /// A connection for reading.
    pub fn reader(&self) -> Reader {
        Reader::open(&self.database()).unwrap()
    }

    /// What commands beside a daemon work with, after its first pass: the same keys.
    pub fn context(&self) -> Context {
        Context {
            store: Store::open(&self.database()).unwrap(),
            settings: Arc::new(self.settings.clone()),
            ring: Arc::new(daemon::keys(&self.settings.state_dir.join(KEYS)).unwrap()),
            clock: self.clock(),
            accepted: Bell::default(),
            written: Bell::default(),
            unread: Unread::default(),
            beat: Beat::default(),
        }
    }

    /// A personal address of an engineer, as `maildesk invite` gives it.
    pub fn personal_address(&self, engineer: &str) -> String {
        let (name, now) = (ShortName::parse(engineer).unwrap(), self.now());
        let context = self.context();
        let serial = context.store.write(move |tx| tx.invite(&name, now)).wait().unwrap();
        flow::personal_address(&context, serial, self.desk()).unwrap().to_string()
    }

    /// A command of the real binary, at this machine's time.
    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_maildesk"));
        command.env("TZ", "UTC").arg("--config").arg(self.path("maildesk.toml")).args(arguments);
        command
    }

    /// How it ends, however that is.
    pub fn output(&self, arguments: &[&str]) -> Output {
        self.command(arguments).output().unwrap()
    }

    /// What it prints where it must work.
    pub fn text(&self, arguments: &[&str]) -> String {
        let output = self.output(arguments);
        assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    }

    /// The same, read as JSON.
    pub fn json(&self, arguments: &[&str]) -> Value {
        serde_json::from_str(&self.text(&[arguments, &["--json"]].concat())).unwrap()
    }
}

/// However a story goes, replaying its events gives the same requests, and nothing that is promised of the store is broken.
impl Drop for TestDesk {
    fn drop(&mut self) {
        if !std::thread::panicking() && self.database().exists() {
            self.verify();
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
