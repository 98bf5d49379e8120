//! What a desk costs as it grows: the processor time of a message and of commands, memory and bytes, on databases of 10,000 and
//! 100,000 requests.
//!
//! `cargo bench --bench growth [-- --words] [-- --full]`. `--words` has all of it indexed for `search` first, which takes two
//! minutes for 100,000 requests; `--full` adds 1,000,000 requests, and needs 12 GB of disk. `MAILDESK=PROGRAM` measures another
//! build, on databases that it has made itself. The databases are skewed: one engineer, one customer, one busy hour. Their rows
//! are those of eight requests that the program has handled, many times over. Prints figures, asserts nothing.

#![allow(clippy::unwrap_used, reason = "a benchmark fails as tests do")]

mod common;
#[path = "../tests/support/mod.rs"]
#[allow(dead_code, unused_imports, reason = "a bench uses the messages of the harness only")]
mod support;

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};
use std::{env, fs, thread};

use common::cpu_ms;
use support::{FROM_A_MAILDIR, IVANOV, Message, OLGA, SentLetter, multiply};

/// Limits that even a million requests by one person do not reach.
const NO_LIMITS: &str = r#"
[limits]
sender_ten_minutes = 1000000
sender_hour = 1000000
sender_day = 1000000
alike_hour = 1000000
alike_rounds = 1000000
flood_hour = 1000000
domain_hour = 1000000
all_hour = 1000000
"#;

/// Messages of each sort in a run: new requests, customers' answers, engineers' answers.
const NEW: usize = 600;
const MORE: usize = 250;
const DONE: usize = 150;

fn main() {
    let has = |word: &str| env::args().any(|argument| argument == word);
    let mut sizes = vec![10_000, 100_000];
    sizes.extend(has("--full").then_some(1_000_000));
    println!("{}: ms of CPU; in brackets of the clock\n", program().display());
    for requests in sizes {
        measure(requests, has("--words"));
    }
}

fn program() -> PathBuf {
    env::var_os("MAILDESK").map_or_else(|| PathBuf::from(env!("CARGO_BIN_EXE_maildesk")), PathBuf::from)
}

fn measure(requests: u64, words: bool) {
    let folder = support::temporary_folder();
    let desk = Desk { folder: folder.path().to_owned(), delivered: 0 };
    let mut desk = desk.begun();
    multiply(&desk.database(), requests / 8, !words);
    desk.run(&["once"]);
    if words {
        let began = Instant::now();
        while desk.unindexed() > 0 {
            desk.run(&["once"]);
        }
        println!("{requests} requests indexed in {} s", began.elapsed().as_secs());
    }
    let bytes = fs::metadata(desk.database()).unwrap().len() / requests;
    println!("{requests} requests, {bytes} bytes each{}", if words { ", indexed" } else { "" });

    let start = desk.times(5, &["once"]);
    println!("  {:<34} {start}", "a start with nothing to do");
    let mut new = Vec::new();
    for index in 0..NEW {
        new.push(message(&format!("new.{requests}.{index}@mail.example"), index));
    }
    let taken = desk.handled(&new);
    println!("  {:<34} {}", "a message: new request", taken.less(&start).each(NEW));
    let letters = desk.letters();
    let (acknowledged, told): (Vec<&SentLetter>, Vec<&SentLetter>) =
        letters.iter().partition(|letter| letter.rcpt == OLGA);
    let answers = |letters: &[&SentLetter], from: &str, tags: &str, words: &str| -> Vec<Vec<u8>> {
        let answer = |(index, letter): (usize, &&SentLetter)| {
            Message::reply(&format!("{index}.{requests}.{from}"), from, letter, tags, words).raw()
        };
        letters.iter().enumerate().map(answer).collect()
    };
    let more = answers(&acknowledged[..MORE], OLGA, "", "There is one more thing: the light is red.");
    let taken = desk.handled(&more);
    println!("  {:<34} {}", "a message: a customer's answer", taken.less(&start).each(MORE));
    let done = answers(&told[..DONE], IVANOV, "[done]", "We have repaired it.");
    let taken = desk.handled(&done);
    println!("  {:<34} {}", "a message: an engineer's [done]", taken.less(&start).each(DONE));
    for (what, arguments) in [
        ("status", vec!["status"]),
        ("list", vec!["list"]),
        ("show", vec!["show", "OTK-7"]),
        ("search: a common word", vec!["search", "printer"]),
        ("search: a rare word", vec!["search", "serial599"]),
        ("search: two words", vec!["search", "printer serial599"]),
        ("stats", vec!["stats"]),
    ] {
        println!("  {what:<34} {}", desk.times(3, &arguments));
    }
    let (idle, memory) = desk.idle();
    println!("  {:<34} {idle} ms a minute, {memory} MiB\n", "idle");
}

fn message(id: &str, index: usize) -> Vec<u8> {
    let text = format!("The printer serial{index} prints nothing since this morning. What shall we do? ").repeat(4);
    Message::to_support(id, OLGA, &format!("Printer {index}")).text(&text).raw()
}

/// Processor time of a child process, user and system, and time of the clock.
#[derive(Clone, Copy)]
struct Taken {
    cpu: f64,
    wall: f64,
}

impl Taken {
    fn less(self, other: &Taken) -> Taken {
        Taken { cpu: self.cpu - other.cpu, wall: self.wall - other.wall }
    }

    fn each(self, times: usize) -> Taken {
        Taken { cpu: self.cpu / times as f64, wall: self.wall / times as f64 }
    }
}

impl std::fmt::Display for Taken {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:>9.2} ({:.2})", self.cpu, self.wall)
    }
}

/// An installation with a Maildir and a folder of letters.
struct Desk {
    folder: PathBuf,
    delivered: usize,
}

impl Desk {
    /// Eight requests of every sort.
    fn begun(mut self) -> Self {
        let configuration = format!("state_dir = \"state\"\n{FROM_A_MAILDIR}{NO_LIMITS}");
        fs::write(self.folder.join("maildesk.toml"), configuration).unwrap();
        ["new", "cur", "tmp"].iter().for_each(|part| fs::create_dir_all(self.maildir().join(part)).unwrap());
        let new: Vec<Vec<u8>> = (0..8).map(|index| message(&format!("first.{index}@mail.example"), index)).collect();
        self.handled(&new);
        let letters = self.letters();
        let told: Vec<&SentLetter> = letters.iter().filter(|letter| letter.rcpt == IVANOV).collect();
        let answer = |index: usize, tags: &str, words: &str| {
            Message::reply(&format!("answer.{index}@example.org"), IVANOV, told[index], tags, words).raw()
        };
        let answers = [
            answer(0, "[close]", ""),
            answer(1, "[close]", ""),
            answer(2, "[close]", ""),
            answer(3, "[done]", "We have repaired it."),
            answer(4, "[done]", "We have repaired it."),
            answer(5, "[need info]", "Which light is on?"),
        ];
        self.handled(&answers);
        self
    }

    fn maildir(&self) -> PathBuf {
        self.folder.join("mail")
    }

    fn database(&self) -> PathBuf {
        self.folder.join("state/maildesk.db")
    }

    fn unindexed(&self) -> i64 {
        let database = rusqlite::Connection::open(self.database()).unwrap();
        database.query_row("SELECT count(*) FROM unindexed", [], |row| row.get(0)).unwrap()
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(program());
        command.arg("--config").arg(self.folder.join("maildesk.toml")).args(arguments).stdin(Stdio::null());
        command.stdout(Stdio::null()).stderr(Stdio::null());
        command
    }

    fn run(&self, arguments: &[&str]) -> Taken {
        let (cpu, began) = (children_cpu_ms(), Instant::now());
        assert!(self.command(arguments).status().unwrap().code().is_some(), "{arguments:?}");
        Taken { cpu: children_cpu_ms() - cpu, wall: began.elapsed().as_secs_f64() * 1e3 }
    }

    /// The mean of several runs.
    fn times(&self, times: usize, arguments: &[&str]) -> Taken {
        let runs: Vec<Taken> = (0..times).map(|_| self.run(arguments)).collect();
        let sum = runs.iter().fold(Taken { cpu: 0.0, wall: 0.0 }, |sum, run| Taken {
            cpu: sum.cpu + run.cpu,
            wall: sum.wall + run.wall,
        });
        sum.each(times)
    }

    /// Messages that come, one pass, and their files taken away again.
    fn handled(&mut self, messages: &[Vec<u8>]) -> Taken {
        for raw in messages {
            self.delivered += 1;
            fs::write(self.maildir().join("new").join(format!("{:07}.bench", self.delivered)), raw).unwrap();
        }
        let taken = self.run(&["once"]);
        fs::remove_dir_all(self.maildir().join("new")).unwrap();
        fs::create_dir(self.maildir().join("new")).unwrap();
        taken
    }

    /// The letters of the last pass, taken out of their folder.
    fn letters(&self) -> Vec<SentLetter> {
        let mut paths = support::files_in(&self.folder.join("letters"));
        paths.sort();
        paths.into_iter().map(|path| letter(&path)).collect()
    }

    /// Milliseconds of CPU that the idle daemon takes in a minute, and its memory in MiB.
    fn idle(&self) -> (u64, u64) {
        let mut child = self.command(&["run"]).spawn().unwrap();
        thread::sleep(Duration::from_secs(5));
        let before = cpu_ms(&format!("/proc/{}/stat", child.id()), 11);
        thread::sleep(Duration::from_secs(15));
        let after = cpu_ms(&format!("/proc/{}/stat", child.id()), 11);
        let status = fs::read_to_string(format!("/proc/{}/status", child.id())).unwrap();
        let memory = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
        let memory: u64 = memory.split_whitespace().next().unwrap().parse().unwrap();
        child.kill().unwrap();
        child.wait().unwrap();
        ((after - before) as u64 * 4, memory / 1024)
    }
}

fn letter(path: &Path) -> SentLetter {
    let raw = fs::read(path).unwrap();
    fs::remove_file(path).unwrap();
    let letter = SentLetter { envelope_from: String::new(), rcpt: String::new(), raw };
    // A letter to an engineer names the desk in its `To`.
    let to = letter.read().to.first().map_or(String::new(), |to| to.address.to_string());
    SentLetter { rcpt: if to == OLGA { to } else { IVANOV.to_owned() }, ..letter }
}

/// Processor time, user and system, of all child processes that have ended.
fn children_cpu_ms() -> f64 {
    cpu_ms("/proc/self/stat", 13)
}
