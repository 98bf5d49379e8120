//! What messages cost at a desk, whole processes between Dovecot and smtp-sink, beside two plain loops in the same run: the
//! plainest one of Python's standard library (`plain_loop.py`), and a small one in Rust by our own download.
//!
//! `cargo bench --bench desk [-- MESSAGES] [-- --slow-disk]` (default 2,000; needs Dovecot, smtp-sink and python3).
//! `--slow-disk` has each sync of the disk take 3 ms longer, by strace. `MAILDESK=PROGRAM` measures another build. The loops
//! fetch each message, parse it, commit it raw and send one fixed acknowledgement. Prints figures and ratios, asserts nothing.

#![allow(clippy::unwrap_used, reason = "a benchmark fails as tests do")]

mod common;
#[path = "../tests/support/mod.rs"]
#[allow(dead_code, unused_imports, reason = "a bench uses the servers of the harness only")]
mod support;

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};
use std::{env, fs, thread};

use common::{Random, cpu_ms, mixed_message};
use mail_parser::MessageParser;
use maildesk::model::EmailAddress;
use maildesk::model::settings::{ImapSettings, SmtpSettings, SourceSettings, Tls};
use maildesk::smtp;
use maildesk::source::{SLICE, Source};
use support::{IVANOV, Message, PASSWORD, SentLetter, Servers};

/// Of ten messages as many are new requests, customers' answers and engineers' answers.
const MIX: [usize; 3] = [60, 25, 15];

fn main() {
    let messages: usize = env::args().skip(1).find_map(|word| word.parse().ok()).unwrap_or(2_000);
    let slow_disk = env::args().any(|argument| argument == "--slow-disk");
    let servers = Servers::start();
    let [new, more, done] = MIX.map(|share| messages * share / 100);
    let corpus = Corpus::new(new);
    corpus.deliver(&servers, "desk");
    let bench = Bench { servers, slow_disk, new, bytes: corpus.bytes() };
    println!(
        "{new} new requests, mean {:.0} KB; ms of CPU are those of the process\n",
        bench.bytes as f64 / new as f64 / 1e3
    );
    println!("{:<46} {:>9} {:>11} {:>9}", "", "CPU ms", "messages/s", "peak MiB");

    let folder = support::temporary_folder();
    let python = bench.plain_python(folder.path());
    python.print("the loop in Python, acknowledged");
    let rust = bench.plain_rust(folder.path());
    rust.print("the loop in Rust, acknowledged");
    let bare = bench.maildesk(&Desk::of(&bench, false), new);
    bare.print("maildesk: new requests, acknowledged");
    println!(
        "{:<46} {:>8.2}x the loop in Python, {:.2}x that in Rust\n",
        "",
        bare.cpu / python.cpu,
        bare.cpu / rust.cpu
    );

    let before = bench.servers.sent().len();
    let desk = Desk::of(&bench, true);
    bench.maildesk(&desk, new).print("a desk: new requests, engineers told");
    let letters = bench.servers.sent().split_off(before);
    let is_told = |letter: &&SentLetter| letter.rcpt == IVANOV || letter.rcpt == PETROV;
    let (told, acknowledged): (Vec<&SentLetter>, Vec<&SentLetter>) = letters.iter().partition(is_told);
    for letter in acknowledged.iter().take(more) {
        let id = format!("more.{}", letter.id());
        bench.deliver(
            &Message::reply(&id, &letter.rcpt, letter, "", "There is one more thing: the light is red.").raw(),
        );
    }
    bench.maildesk(&desk, more).print("a desk: customers' answers");
    for (index, letter) in told.iter().rev().take(done).enumerate() {
        let tags = ["[done]", "[need info]", "[note]"][index % 3];
        bench.deliver(
            &Message::reply(&format!("done.{}", letter.id()), &letter.rcpt, letter, tags, "Please try again.").raw(),
        );
    }
    bench.maildesk(&desk, done).print("a desk: engineers' answers");
}

const PETROV: &str = "petrov@example.org";

/// What all have to do with.
struct Bench {
    servers: Servers,
    slow_disk: bool,
    new: usize,
    bytes: u64,
}

/// What one of them took.
struct Taken {
    /// Milliseconds of processor time a message.
    cpu: f64,
    messages_a_second: f64,
    /// Most memory, in MiB; 0 where it was not measured.
    peak: f64,
    /// Bytes written to the disk for each byte of mail; 0 where it was not measured.
    written: f64,
}

impl Taken {
    fn print(&self, what: &str) {
        let Taken { cpu, messages_a_second, peak, written } = self;
        let written = if *written > 0.0 { format!("  {written:.1} bytes written a byte") } else { String::new() };
        println!("{what:<46} {cpu:>9.2} {messages_a_second:>11.0} {peak:>9.0}{written}");
    }
}

impl Bench {
    fn imap(&self) -> ImapSettings {
        self.servers.imap("desk", Tls::None)
    }

    fn deliver(&self, raw: &[u8]) {
        self.servers.deliver("desk", "INBOX", raw, None);
    }

    fn plain_python(&self, folder: &Path) -> Taken {
        let (imap, sink) = (self.imap(), self.servers.sink().server);
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("benches/plain_loop.py");
        let mut words: Vec<String> = vec!["python3".to_owned(), script.display().to_string()];
        words.extend([imap.server.host, imap.server.port.to_string(), imap.user, PASSWORD.to_owned()]);
        words.extend([sink.host, sink.port.to_string(), folder.join("python.db").display().to_string()]);
        self.child(&words, self.new, folder)
    }

    /// In this process, which does nothing else meanwhile.
    fn plain_rust(&self, folder: &Path) -> Taken {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let (began, cpu) = (Instant::now(), cpu_ms("/proc/self/stat", 11));
        runtime.block_on(plain_loop(self.imap(), &self.servers.sink(), &folder.join("rust.db")));
        let cpu = (cpu_ms("/proc/self/stat", 11) - cpu) / self.new as f64;
        let messages_a_second = self.new as f64 / began.elapsed().as_secs_f64();
        Taken { cpu, messages_a_second, peak: 0.0, written: 0.0 }
    }

    /// One pass.
    fn maildesk(&self, desk: &Desk, messages: usize) -> Taken {
        let program = env::var("MAILDESK").unwrap_or_else(|_| env!("CARGO_BIN_EXE_maildesk").to_owned());
        let configuration = desk.folder.path().join("maildesk.toml").display().to_string();
        self.child(&[program, "--config".to_owned(), configuration, "once".to_owned()], messages, desk.folder.path())
    }

    fn child(&self, words: &[String], messages: usize, folder: &Path) -> Taken {
        let slow = [
            "strace",
            "-f",
            "-qq",
            "-e",
            "trace=fsync,fdatasync",
            "-e",
            "inject=fsync,fdatasync:delay_exit=3000",
            "-o",
        ];
        let mut all: Vec<String> = Vec::new();
        if self.slow_disk {
            all.extend(slow.map(str::to_owned));
            all.push(folder.join("strace.log").display().to_string());
        }
        all.extend_from_slice(words);
        let mut command = Command::new(&all[0]);
        command.args(&all[1..]).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        let (began, cpu) = (Instant::now(), cpu_ms("/proc/self/stat", 13));
        let mut child = command.spawn().unwrap();
        let (mut peak, mut written) = (0.0_f64, 0.0_f64);
        let status = loop {
            if let Some(status) = child.try_wait().unwrap() {
                break status;
            }
            peak = peak.max(number(child.id(), "status", "VmHWM:") / 1024.0);
            written = written.max(number(child.id(), "io", "write_bytes:"));
            thread::sleep(Duration::from_millis(5));
        };
        assert!(status.success(), "{words:?} ended with {status}");
        Taken {
            cpu: (cpu_ms("/proc/self/stat", 13) - cpu) / messages as f64,
            messages_a_second: messages as f64 / began.elapsed().as_secs_f64(),
            peak,
            written: if messages == self.new { written / self.bytes as f64 } else { 0.0 },
        }
    }
}

/// A number behind a word in a file that the kernel keeps of a process.
fn number(process: u32, file: &str, word: &str) -> f64 {
    let text = fs::read_to_string(format!("/proc/{process}/{file}")).unwrap_or_default();
    let line = text.lines().find_map(|line| line.strip_prefix(word).map(str::to_owned));
    line.and_then(|rest| rest.split_whitespace().next()?.parse().ok()).unwrap_or(0.0)
}

/// An installation that reads the mailbox from its beginning.
struct Desk {
    folder: tempfile::TempDir,
}

impl Desk {
    fn of(bench: &Bench, is_staffed: bool) -> Self {
        let folder = support::temporary_folder();
        let imap = bench.imap();
        fs::write(folder.path().join("password"), PASSWORD).unwrap();
        let staff = "[desk.OTK.calendar]\nzone = \"Europe/Moscow\"\nhours = \"09:00-18:00\"\n";
        let staff = if is_staffed {
            format!(
                "{staff}[desk.OTK.line.1]\nmembers = [\"ivanov\", \"petrov\"]\n\
                 [engineer.ivanov]\nname = \"Ivan Ivanov\"\naddress = \"{IVANOV}\"\n\
                 [engineer.petrov]\nname = \"Petr Petrov\"\naddress = \"{PETROV}\"\n"
            )
        } else {
            String::new()
        };
        let text = format!(
            "state_dir = \"state\"\n[desk.OTK]\nname = \"Support\"\naddress = \"support@example.org\"\ngrace = \"0s\"\n{staff}\
             [mailbox.support]\nhost = \"{}\"\nport = {}\ntls = \"none\"\nuser = \"{}\"\npassword_file = \"password\"\n\
             start = \"all\"\n[transport.main]\nhost = \"localhost\"\nport = {}\ntls = \"none\"\n\
             [limits]\nsender_ten_minutes = 1000000\nsender_hour = 1000000\nsender_day = 1000000\nalike_hour = 1000000\n\
             alike_rounds = 1000000\nflood_hour = 1000000\ndomain_hour = 1000000\nall_hour = 1000000\n",
            imap.server.host,
            imap.server.port,
            imap.user,
            bench.servers.sink().server.port
        );
        fs::write(folder.path().join("maildesk.toml"), text).unwrap();
        Self { folder }
    }
}

/// Fetches each message, parses it, commits it raw, and sends a fixed acknowledgement.
async fn plain_loop(imap: ImapSettings, sink: &SmtpSettings, database: &PathBuf) {
    let store = rusqlite::Connection::open(database).unwrap();
    store
        .execute_batch(
            "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;
             CREATE TABLE request (id INTEGER PRIMARY KEY, sender TEXT, subject TEXT, text TEXT, raw BLOB)",
        )
        .unwrap();
    let mut source = Source::connect(&SourceSettings::Imap(imap)).await.unwrap();
    let look = source.look(true).await.unwrap().unwrap();
    let from = EmailAddress::parse("support@example.org").unwrap();
    let mut server = smtp::connect(sink).await.unwrap();
    for uid in look.uids {
        let mut raw = Vec::new();
        loop {
            let offset = raw.len() as u64;
            source.fetch(std::slice::from_ref(&uid), offset, |_, bytes| raw.extend(bytes)).await.unwrap();
            if (raw.len() as u64) < offset + SLICE {
                break;
            }
        }
        let message = MessageParser::default().parse(&raw).unwrap();
        let sender = message.from().unwrap().first().unwrap().address().unwrap().to_owned();
        let (subject, text) = (message.subject().unwrap_or_default(), message.body_text(0).unwrap_or_default());
        let mut insert =
            store.prepare_cached("INSERT INTO request (sender, subject, text, raw) VALUES (?1, ?2, ?3, ?4)").unwrap();
        let number = insert.insert((&sender, subject, &text, &raw)).unwrap();
        let letter = format!(
            "From: support@example.org\r\nTo: {sender}\r\nSubject: Re: your request [OTK-{number}]\r\n\
             Message-ID: <{number}@desk.example.org>\r\nAuto-Submitted: auto-replied\r\n\r\n\
             We have registered your request as OTK-{number}.\r\n"
        );
        server.envelope(&from, &EmailAddress::parse(&sender).unwrap(), letter.len() as u64).await.unwrap();
        server.body(letter.as_bytes()).await.unwrap();
    }
    server.quit().await;
    source.close().await;
}

/// Messages as customers write them.
struct Corpus(Vec<Vec<u8>>);

impl Corpus {
    fn new(messages: usize) -> Self {
        let mut random = Random(0x9e37_79b9_7f4a_7c15);
        Self((0..messages).map(|index| mixed_message(&mut random, index)).collect())
    }

    fn bytes(&self) -> u64 {
        self.0.iter().map(|raw| raw.len() as u64).sum()
    }

    fn deliver(&self, servers: &Servers, user: &str) {
        self.0.iter().for_each(|raw| drop(servers.deliver(user, "INBOX", raw, None)));
    }
}
