//! One of the desks of `fixtures/desks` in this process: its own configuration, Maildirs and a folder in the place of servers,
//! and a clock that the test sets, so that days pass in milliseconds.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use maildesk::config::{self, ProcessContext};
use maildesk::daemon::{self, DATABASE, Daemon};
use maildesk::flow::{self, Heartbeat, Wakeup, Clock, Context, Unread};
use maildesk::model::policy::Desk;
use maildesk::model::settings::{Settings, SourceSettings, Start, TransportKind};
use maildesk::model::{Event, LetterId, Request, RequestNumber, ShortName, Timestamp};
use maildesk::store::{LetterRow, Reader, Store};
use tokio::runtime::Runtime;

use super::{Message, SentLetter};

/// Longer than the grace of every desk: what waits for it has left.
const GRACE: i64 = 121;

/// A desk at work.
pub struct Scene {
    folder: tempfile::TempDir,
    settings: Settings,
    now: Arc<AtomicI64>,
    runtime: Runtime,
    daemon: Daemon,
    seen: BTreeSet<LetterId>,
    written: usize,
}

impl Scene {
    /// The desk of this name, on Monday 23 November 2026 at ten in Moscow.
    pub fn of(name: &str) -> Self {
        Self::with(name, |text| text)
    }

    /// The same, its configuration changed.
    pub fn with(name: &str, change: impl FnOnce(String) -> String) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let text = change(fs::read_to_string(format!("fixtures/desks/{name}.toml")).unwrap());
        let texts = folder.path().join("texts");
        fs::create_dir(&texts).unwrap();
        for text in fs::read_dir("fixtures/desks/texts").unwrap().map(|entry| entry.unwrap()) {
            fs::copy(text.path(), texts.join(text.file_name())).unwrap();
        }
        let file = folder.path().join("maildesk.toml");
        fs::write(&file, text).unwrap();
        let loaded = config::load(&file, &ProcessContext::of_process(), maildesk::cli::GRAMMAR);
        let mut settings = loaded.unwrap_or_else(|errors| panic!("{errors}")).settings;
        into_folders(&mut settings, folder.path());
        let now = Arc::new(AtomicI64::new(seconds("2026-11-23T10:00:00+03:00")));
        let runtime = Runtime::new().unwrap();
        let open = Daemon::open(settings.clone(), clock(&now), Path::new("/bin/false"));
        let daemon = runtime.block_on(open).unwrap();
        Self { folder, settings, now, runtime, daemon, seen: BTreeSet::new(), written: 0 }
    }

    /// Its desk.
    pub fn desk(&self) -> &Desk {
        &self.settings.desks[0]
    }

    /// Where an engineer's letters go.
    pub fn engineer(&self, name: &str) -> String {
        self.desk().engineer(&ShortName::parse(name).unwrap()).unwrap().address.to_string()
    }

    /// The time.
    pub fn now(&self) -> Timestamp {
        Timestamp::from_unix(self.now.load(Ordering::SeqCst))
    }

    /// A message to the desk.
    pub fn message(&mut self, from: &str, subject: &str, text: &str) -> Message {
        let to = self.desk().address.to_string();
        self.message_to(&to, from, subject, text)
    }

    /// A message to one of its addresses.
    pub fn message_to(&mut self, to: &str, from: &str, subject: &str, text: &str) -> Message {
        self.written += 1;
        let id = format!("message{}@mail.example", self.written);
        Message::new(&id, from, subject).header(&format!("To: {to}")).text(text)
    }

    /// An answer to a letter, as a mail program writes it; `add` comes behind the subject, `words` above the quoted letter.
    pub fn reply(&mut self, from: &str, letter: &SentLetter, add: &str, words: &str) -> Message {
        self.written += 1;
        Message::reply(&format!("message{}@mail.example", self.written), from, letter, add, words)
    }

    /// Has a message handled, and gives the letters that follow from it within the grace.
    pub fn send(&mut self, message: &Message) -> Vec<SentLetter> {
        self.deliver(&message.raw())
    }

    /// The same for bytes.
    pub fn deliver(&mut self, raw: &[u8]) -> Vec<SentLetter> {
        self.written += 1;
        let mailbox = self.folder.path().join(&self.settings.mailboxes[0].name);
        fs::write(mailbox.join("new").join(format!("{:06}.test", self.written)), raw).unwrap();
        self.pass(1);
        self.pass(GRACE);
        self.letters()
    }

    /// An engineer answers a letter, with tags behind the subject.
    pub fn answers(&mut self, engineer: &str, letter: &SentLetter, tags: &str, words: &str) -> Vec<SentLetter> {
        let from = self.engineer(engineer);
        let message = self.reply(&from, letter, tags, words);
        self.send(&message)
    }

    /// A customer opens a request.
    pub fn asks(&mut self, customer: &str, subject: &str, text: &str) -> Vec<SentLetter> {
        let message = self.message(customer, subject, text);
        self.send(&message)
    }

    /// Lets hours pass, with a look every hour at least, and gives the letters that were sent in them.
    pub fn hours(&mut self, hours: u32) -> Vec<SentLetter> {
        for _ in 0..hours {
            self.pass(3_600);
        }
        self.letters()
    }

    fn pass(&self, seconds: i64) {
        self.now.fetch_add(seconds, Ordering::SeqCst);
        let pass = self.runtime.block_on(self.daemon.pass()).unwrap();
        assert!(pass.mailboxes.iter().all(|(_, looked)| looked.is_ok()), "{pass:?}");
    }

    /// The letters that were sent since the last look, in the order in which they were written.
    pub fn letters(&mut self) -> Vec<SentLetter> {
        let mut rows: Vec<LetterRow> = self.reader().view().letters(Some("sent"), u32::MAX).unwrap();
        rows.retain(|row| self.seen.insert(row.id));
        rows.sort_by_key(|row| row.id);
        let read = |row: LetterRow| {
            let file = self.folder.path().join("letters").join(format!("{}.eml", row.message_id));
            SentLetter { envelope_from: String::new(), rcpt: row.recipient, raw: fs::read(file).unwrap() }
        };
        rows.into_iter().map(read).collect()
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
        self.request(number).assignee.map_or_else(|| "nobody".to_owned(), |name| name.to_string())
    }

    /// How many messages it holds.
    pub fn entries(&self, number: &str) -> usize {
        self.reader().view().entries(&RequestNumber::parse(number).unwrap()).unwrap().len()
    }

    /// What happened to it.
    pub fn events(&self, number: &str) -> Vec<Event> {
        self.reader().view().events(&RequestNumber::parse(number).unwrap()).unwrap()
    }

    /// What a command of the real binary prints beside it.
    pub fn command(&self, arguments: &[&str]) -> String {
        let file = self.folder.path().join("beside.toml");
        let text = fs::read_to_string(self.folder.path().join("maildesk.toml")).unwrap();
        fs::write(&file, text.replace("state_dir = \"/var/lib/maildesk\"", "state_dir = \"state\"")).unwrap();
        let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_maildesk"));
        let output = command.arg("--config").arg(&file).args(arguments).output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    }

    /// A personal address of an engineer, as `maildesk invite` gives it.
    pub fn personal_address(&self, engineer: &str) -> String {
        let (name, now) = (ShortName::parse(engineer).unwrap(), self.now());
        let context = self.context();
        let serial = self.runtime.block_on(context.store.write(move |tx| tx.invite(&name, now))).unwrap();
        flow::personal_address(&context, serial, self.desk()).unwrap().to_string()
    }

    /// What commands beside a running daemon work with.
    pub fn context(&self) -> Context {
        let state = &self.settings.state_dir;
        Context {
            store: Store::open(&state.join(DATABASE)).unwrap(),
            settings: Arc::new(self.settings.clone()),
            ring: Arc::new(daemon::keys(&state.join(daemon::KEYS)).unwrap()),
            clock: clock(&self.now),
            accepted: Wakeup::default(),
            written: Wakeup::default(),
            unread: Unread::default(),
            heartbeat: Heartbeat::default(),
        }
    }

    /// A connection for reading.
    pub fn reader(&self) -> Reader {
        Reader::open(&self.settings.state_dir.join(DATABASE)).unwrap()
    }
}

/// However a story goes, replaying its events gives the same requests, and nothing that is promised of the store is broken.
impl Drop for Scene {
    fn drop(&mut self) {
        if !std::thread::panicking() {
            let faults = self.reader().at_one_moment(|view| flow::verify(view, &mut |_, _| {})).unwrap();
            assert!(faults.is_empty(), "{faults:#?}");
        }
    }
}

/// Every mailbox becomes a Maildir of its name, every transport the folder `letters`.
fn into_folders(settings: &mut Settings, folder: &Path) {
    settings.state_dir = folder.join("state");
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

fn clock(now: &Arc<AtomicI64>) -> Clock {
    let now = Arc::clone(now);
    Arc::new(move || Timestamp::from_unix(now.load(Ordering::SeqCst)))
}

fn seconds(text: &str) -> i64 {
    text.parse::<jiff::Timestamp>().unwrap().as_second()
}
