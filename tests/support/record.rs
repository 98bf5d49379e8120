//! The record of what stories come to: every letter, and what `show`, `list`, `received` (`--json`) and `verify` print, with
//! dates and tokens masked, as hashes in a committed table. A change of the code that changes one of them changes the table.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::PathBuf;
use std::sync::{LazyLock, Mutex};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use maildesk::flow;
use maildesk::model::{Digest, RequestNumber};
use maildesk::store::{LetterRow, Reader, View};
use regex::{Captures, Regex};
use serde_json::{Value, json};

use super::TestDesk;

const PARTS: [&str; 5] = ["letters", "show", "list", "received", "verify"];

/// The masked texts of a story, in the order of [`PARTS`].
#[derive(Clone, Debug, Default)]
pub struct Record([String; PARTS.len()]);

impl Record {
    /// What a desk has come to.
    pub fn of(desk: &TestDesk) -> Self {
        let reader = desk.reader();
        let view = reader.view();
        let numbers = view.request_numbers().unwrap();
        let show: String = numbers.iter().map(|number| pretty(&shown(view, number))).collect();
        let list = pretty(&json!(view.requests(None, None, u32::MAX).unwrap()));
        let received = pretty(&json!(view.received(None, u32::MAX).unwrap()));
        Self([letters(desk, view), show, list, received, verified(&reader)].map(|text| masked(&text)))
    }

    /// Puts the record of a further story behind this one.
    pub fn append(&mut self, name: &str, other: &Self) {
        for (text, more) in self.0.iter_mut().zip(&other.0) {
            let _ = writeln!(text, "=== {name}\n{more}");
        }
    }

    /// Writes the texts to the folder `MAILDESK_RECORD`, if there is one, and compares their hashes with the row of this name
    /// in the table `fixtures/record/TABLE.tsv`; `UPDATE_GOLDEN=1` writes the row anew.
    pub fn check(&self, table: &str, name: &str) {
        if let Some(folder) = std::env::var_os("MAILDESK_RECORD") {
            let folder = PathBuf::from(folder).join(table).join(name.replace("::", "."));
            fs::create_dir_all(&folder).unwrap();
            for (part, text) in PARTS.iter().zip(&self.0) {
                fs::write(folder.join(format!("{part}.txt")), text).unwrap();
            }
        }
        let hashes = self.0.each_ref().map(|text| Digest::of(text.as_bytes()).to_string());
        let row = hashes.join("\t");
        let mut rows = Table::read(table);
        if std::env::var_os("UPDATE_GOLDEN").is_some() {
            return rows.write(name, &row);
        }
        let recorded = rows.rows.remove(name).unwrap_or_default();
        let known: Vec<&str> = recorded.split('\t').collect();
        let differs = PARTS.iter().zip(&hashes).enumerate();
        let differs: Vec<&str> = differs
            .filter(|(index, (_, hash))| known.get(*index) != Some(&hash.as_str()))
            .map(|(_, (part, _))| *part)
            .collect();
        assert!(
            differs.is_empty(),
            "fixtures/record/{table}.tsv: {name} comes to another {}. To see the difference, run this test with \
             MAILDESK_RECORD=FOLDER here and at the commit before, and compare the folders with diff -r; then UPDATE_GOLDEN=1",
            differs.join(", ")
        );
    }
}

/// Called at the end of a desk: a story of `desks::` is recorded under the name of its test; a second desk of the same test gets
/// `#2` behind it.
pub fn record_story(desk: &TestDesk) {
    thread_local!(static COUNTS: RefCell<BTreeMap<String, u32>> = const { RefCell::new(BTreeMap::new()) });
    let thread = std::thread::current();
    let Some(test) = thread.name().and_then(|name| name.strip_prefix("desks::")) else { return };
    let count = COUNTS.with_borrow_mut(|counts| {
        let count = counts.entry(test.to_owned()).or_default();
        *count += 1;
        *count
    });
    let name = if count == 1 { test.to_owned() } else { format!("{test}#{count}") };
    Record::of(desk).check("desks", &name);
}

/// The rows of a table of hashes.
pub struct Table {
    path: String,
    /// By name: the hashes, between tabs.
    pub rows: BTreeMap<String, String>,
    _alone: std::sync::MutexGuard<'static, ()>,
}

impl Table {
    /// Reads a table; tests that run beside this one wait for it.
    pub fn read(name: &str) -> Self {
        static ALONE: Mutex<()> = Mutex::new(());
        let alone = ALONE.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        let path = format!("fixtures/record/{name}.tsv");
        let text = fs::read_to_string(&path).unwrap_or_default();
        let rows = text.lines().skip(1).map(|line| line.split_once('\t').unwrap());
        Self { path, rows: rows.map(|(name, hashes)| (name.to_owned(), hashes.to_owned())).collect(), _alone: alone }
    }

    fn write(mut self, name: &str, row: &str) {
        self.rows.insert(name.to_owned(), row.to_owned());
        let mut text = format!("name\t{}\n", PARTS.join("\t"));
        self.rows.iter().for_each(|(name, row)| text += &format!("{name}\t{row}\n"));
        fs::write(&self.path, text).unwrap();
    }
}

fn pretty(value: &Value) -> String {
    serde_json::to_string_pretty(value).unwrap() + "\n"
}

/// Every letter as it went out, or as it would go; in the order of writing.
fn letters(desk: &TestDesk, view: View<'_>) -> String {
    let mut rows = view.letters(None, u32::MAX).unwrap();
    rows.sort_by_key(|row| row.id);
    let bytes = |row: &LetterRow| {
        let rendered = || view.letter(row.id).unwrap().map(|letter| flow::render(view, &letter).unwrap());
        desk.sent(&row.message_id).or_else(rendered).unwrap_or_default()
    };
    let text =
        |row| format!("--- letter {} {} to {}\n{}\n", row_id(row), row.kind, row.recipient, decoded(&bytes(row)));
    rows.iter().map(text).collect()
}

fn row_id(row: &LetterRow) -> String {
    format!("{} {}", row.id, row.state)
}

/// What `show --json` prints; a test compares the two.
pub fn shown(view: View<'_>, number: &RequestNumber) -> Value {
    let messages = view.received_of(number).unwrap();
    let files: Vec<_> = messages.iter().flat_map(|message| view.attachments(message.id).unwrap()).collect();
    json!({
        "request": view.request(number).unwrap(),
        "messages": messages,
        "entries": view.entries(number).unwrap(),
        "attachments": files,
        "emails": view.letters_of(number).unwrap(),
        "events": view.events(number).unwrap(),
    })
}

fn verified(reader: &Reader) -> String {
    let (mut requests, mut messages) = (0, 0);
    let faults = reader.at_one_moment(|view| {
        let mut faults = flow::verify(view, &mut |_, all| requests = all)?;
        faults.extend(flow::verify_messages(view, &mut |_, all| messages = all)?);
        Ok(faults)
    });
    format!("{requests} requests and {messages} messages verified: {:#?}\n", faults.unwrap())
}

// ---- Masking

/// A letter whose texts stand as they are read: tokens in base64 could not be masked.
fn decoded(raw: &[u8]) -> String {
    let raw = String::from_utf8_lossy(raw).replace("\r\n", "\n");
    let mut text = String::new();
    let mut encoding = String::new();
    let (mut body, mut is_body) = (String::new(), false);
    for line in raw.lines().chain(["--=_"]) {
        if line.starts_with("--=_") {
            text += &plain(&encoding, &std::mem::take(&mut body));
            (encoding, is_body) = (String::new(), false);
        }
        if is_body {
            let _ = writeln!(body, "{line}");
            continue;
        }
        line.strip_prefix("Content-Transfer-Encoding: ").unwrap_or(&encoding.clone()).clone_into(&mut encoding);
        is_body = line.is_empty();
        let _ = writeln!(text, "{line}");
    }
    text
}

fn plain(encoding: &str, body: &str) -> String {
    match encoding {
        "base64" => {
            let bytes = STANDARD.decode(body.replace('\n', "")).unwrap();
            String::from_utf8_lossy(&bytes).replace("\r\n", "\n") + "\n"
        }
        "quoted-printable" => {
            let body = body.replace("=\n", "");
            let mut bytes = Vec::new();
            let mut rest = body.as_bytes();
            while let [first, more @ ..] = rest {
                let code =
                    (*first == b'=').then(|| u8::from_str_radix(std::str::from_utf8(&more[..2]).unwrap(), 16).unwrap());
                bytes.push(code.unwrap_or(*first));
                rest = if code.is_some() { &more[2..] } else { more };
            }
            String::from_utf8_lossy(&bytes).into_owned()
        }
        _ => body.to_owned(),
    }
}

/// Masks what differs from run to run or follows from it: MACs, keys, digests, boundaries, names of folders and of this
/// installation; and dates. Seconds since the epoch in JSON stay: the clock of a test gives the same in every run.
fn masked(text: &str) -> String {
    static MASKS: LazyLock<Vec<(Regex, &str)>> = LazyLock::new(|| {
        [
            (r"(?m)^Date: .*$", "Date: DATE"),
            (r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z", "DATE"),
            (r"written to /[^\s\x22]*/letters/", "written to FOLDER/"),
            (r"=_[0-9a-f]{32}", "BOUNDARY"),
            (r"(\.et?[0-9a-z]+)?\.k1\.[0-9a-f]{24}\b", ".TOKEN"),
            (r"\bt?[0-9a-z]+-k1-[0-9a-f]{24}\b", "KEY"),
            (r"\b[0-9a-f]{64}\b", "DIGEST"),
            (r"\b[0-9a-f]{16}\b", "INSTANCE"),
        ]
        .map(|(pattern, mask)| (Regex::new(pattern).unwrap(), mask))
        .into()
    });
    MASKS.iter().fold(text.to_owned(), |text, (pattern, mask)| {
        pattern.replace_all(&text, |_: &Captures<'_>| (*mask).to_owned()).into_owned()
    })
}
