//! The floors of the crate doc, held by reading the sources: who may know whom, which room alone knows a crate, what pure rooms
//! may not touch, how long a file may be, and that the files of a room do not import each other in circles.

mod circles;

use std::fs;
use std::path::{Path, PathBuf};

use regex::Regex;

/// The rooms from the lowest floor up, and the rooms that each may use. `failpoint` is for tests of crashes.
const ROOMS: [(&str, &[&str]); 16] = [
    ("model", &[]),
    ("failpoint", &[]),
    ("net", &["model", "failpoint"]),
    ("mail", &["model"]),
    ("desk", &["model"]),
    ("store", &["model"]),
    ("config", &["model"]),
    ("source", &["model", "net"]),
    ("smtp", &["model", "net"]),
    ("notify", &[]),
    ("flow", &["model", "failpoint", "mail", "desk", "store", "source", "smtp"]),
    ("metrics", &["model", "flow"]),
    ("daemon", &["model", "mail", "store", "notify", "flow", "metrics"]),
    (
        "cli",
        &["model", "failpoint", "net", "mail", "desk", "store", "source", "smtp", "config", "notify", "flow", "daemon"],
    ),
    ("main", &["cli"]),
    ("lib", &[]),
];

/// Crates that one room alone knows, and the paths within which it is known.
const KEPT_CRATES: &[(&str, &[&str])] = &[
    ("async_imap", &["source/imap/"]),
    ("rusqlite", &["store/engine/sqlite.rs"]),
    ("rust_stemmers", &["store/search/stem.rs"]),
    ("mail_parser", &["mail/parse/engine.rs"]),
    ("lettre", &["smtp.rs", "smtp/", "mail/compose/"]),
    ("x509_parser", &["net/certificate.rs"]),
    ("hyper", &["net/http.rs"]),
    ("clap", &["cli/"]),
    ("csv", &["cli/export/table.rs"]),
    ("toml", &["config/"]),
    ("rustix", &["config/process.rs", "daemon/host_status.rs", "notify.rs"]),
];

/// The rooms that take everything as arguments.
const PURE_ROOMS: [&str; 3] = ["model", "mail", "desk"];

/// What pure rooms never do: time, files, network, tasks, logs, randomness, output.
const IMPURE: &str =
    r"\b(tokio|tracing|getrandom|Instant)\b|\bstd::(fs|net|env|process|thread)\b|\bnow\(\)|\bprintln!|\beprintln!";

/// Writing a field of a request, and the files that may: it changes by its events, in one place. The store reads it from its
/// columns, and the wording makes up an example.
const WRITES_REQUEST: &str = r"\b(request|after)\.(\w+\.)*\w+\s*(=[^=]|\.(push|insert|retain|extend|clone_from)\()";
const MAY_WRITE_REQUEST: [&str; 4] = ["desk/request.rs", "desk/progress.rs", "desk/wording/", "store/"];

/// What only tests do.
const ONLY_IN_TESTS: &str = r"\.unwrap\(\)|\btodo!|\bunimplemented!|\bdbg!";

/// What unit tests of several rooms begin with; built for tests only.
const SAMPLES: &str = "model/samples.rs";

const MOST_LINES: usize = 400;

#[test]
fn every_source_keeps_to_its_floor() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = Vec::new();
    collect(&root, &mut files);
    assert!(files.len() > 50, "the sources are there");
    let broken: Vec<String> = files
        .iter()
        .flat_map(|file| {
            let path = file.strip_prefix(&root).unwrap().to_str().unwrap().to_owned();
            faults(&path, &fs::read_to_string(file).unwrap())
        })
        .collect();
    assert!(broken.is_empty(), "\n{}", broken.join("\n"));
}

#[test]
fn one_file_names_the_database_engine_and_nobody_reads_on_a_thread_of_the_runtime() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = Vec::new();
    collect(&root, &mut files);
    let holding = |pattern: &str| -> Vec<String> {
        let holds = |file: &&PathBuf| !words(pattern, &fs::read_to_string(file).unwrap()).is_empty();
        let path = |file: &PathBuf| file.strip_prefix(&root).unwrap().to_str().unwrap().to_owned();
        files.iter().filter(holds).map(path).collect()
    };
    assert_eq!(holding(r"\brusqlite\b"), ["store/engine/sqlite.rs"], "tests included");
    let reading = holding(r"(?i)\bstore\s*\.read\(|\.read\(\|view");
    assert!(reading.iter().all(|path| path.starts_with("store/")), "`store.ask(…).await` instead: {reading:?}");
}

#[test]
fn a_room_uses_only_rooms_that_stand_above_it_in_the_list() {
    for (index, (room, uses)) in ROOMS.iter().enumerate() {
        for used in *uses {
            assert!(ROOMS[..index].iter().any(|(lower, _)| lower == used), "{room} uses {used}");
        }
    }
}

#[test]
fn each_rule_can_be_broken() {
    for (path, source, fault) in [
        ("mail/parse.rs", "use crate::store::Store;", "uses crate::store"),
        ("desk/decide.rs", "fn f() -> crate::mail::Parsed {}", "uses crate::mail"),
        ("source/imap/mod.rs", "use crate::smtp;", "uses crate::smtp"),
        ("daemon.rs", "use crate::cli;", "uses crate::cli"),
        ("model/ids.rs", "use crate::{net, mail};", "one `use crate::room` a line"),
        ("smtp.rs", "use super::store::Store;", "climbs to the crate's root"),
        ("mail/quote/mod.rs", "use super::super::super::store::Store;", "climbs to the crate's root"),
        ("weather.rs", "", "is no room of the list"),
        ("source/maildir.rs", "use async_imap::Client;", "knows async_imap"),
        ("flow/handle.rs", "use rusqlite::Connection;", "knows rusqlite"),
        ("mail/parse.rs", "let m = mail_parser::MessageParser::new();", "knows mail_parser"),
        ("mail/parse.rs", "use lettre;", "knows lettre"),
        ("desk/decide.rs", "let now = jiff::Timestamp::now();", "now()"),
        ("mail/date.rs", "let at = SystemTime::now();", "now()"),
        ("mail/body.rs", "tracing::info!(\"x\");", "tracing"),
        ("model/secret.rs", "std::fs::read(path)", "std::fs"),
        ("desk/execute.rs", "request.progress.moved_to = None;", "writes a request"),
        ("flow/commit.rs", "after.watchers.push(watcher);", "writes a request"),
        ("desk/request.rs", "//! x\nrequest.standing = to;", ""),
        ("flow/mod.rs", "let x = y.unwrap();", ".unwrap()"),
        ("flow/mod.rs", "todo!()", "todo!"),
        ("cli/list.rs", "//! Purpose.", ""),
        ("cli/list.rs", &"//! Purpose.\n".repeat(401), "has 401 lines"),
        ("mail/parse/tests.rs", &"x\n".repeat(401), "has 401 lines"),
        ("cli/list.rs", "use crate::store;", "has no purpose line"),
        ("desk/replay.rs", "//! x\nfn a() {}\n#[cfg(test)]\nmod tests {\n    x.unwrap();\n}\n", ""),
        ("desk/replay.rs", "//! x\n#[cfg(test)]\nmod tests {\n}\nfn a() { x.unwrap() }\n", ".unwrap()"),
        ("desk/replay.rs", "//! x\n// crate::store and .unwrap() in words\n", ""),
    ] {
        let faults = faults(path, source);
        if fault.is_empty() {
            assert_eq!(faults, [""; 0], "{path}: {source}");
        } else {
            assert!(faults.iter().any(|f| f.contains(fault)), "{path}: {source}: {faults:?}");
        }
    }
}

/// Everything that is wrong with a source file; `path` begins below `src`.
fn faults(path: &str, source: &str) -> Vec<String> {
    let all_lines = source.lines().count();
    let too_long = (all_lines > MOST_LINES).then(|| format!("{path}: has {all_lines} lines, {MOST_LINES} are enough"));
    if path.ends_with("/tests.rs") || path == SAMPLES {
        return too_long.into_iter().collect();
    }
    let room = path.split(['/', '.']).next().unwrap_or_default();
    let Some((_, may_use)) = ROOMS.iter().find(|(name, _)| *name == room) else {
        return vec![format!("{path}: is no room of the list")];
    };
    let kept = without_tests(source);
    let code: Vec<&str> = kept.iter().copied().filter(|line| !line.trim_start().starts_with("//")).collect();
    let code = code.join("\n");
    let mut faults = Vec::new();
    for used in words(r"\bcrate::(\w+|\{)", &code) {
        let used = used.trim_start_matches("crate::");
        if used == "{" {
            faults.push("groups rooms: write one `use crate::room` a line".to_owned());
        } else if used != room && !may_use.contains(&used) {
            faults.push(format!("uses crate::{used}"));
        }
    }
    let depth = path.matches('/').count() + usize::from(!path.ends_with("mod.rs"));
    if code.contains(&"super::".repeat(depth)) {
        faults.push("climbs to the crate's root".to_owned());
    }
    for &(name, places) in KEPT_CRATES {
        let known = !words(&format!(r"\b{name}::|\buse {name}\b"), &code).is_empty();
        if known && !places.iter().any(|place| path.starts_with(place)) {
            faults.push(format!("knows {name}"));
        }
    }
    if PURE_ROOMS.contains(&room) {
        faults.extend(words(IMPURE, &code).iter().map(|word| format!("is pure and has {word}")));
    }
    if !MAY_WRITE_REQUEST.iter().any(|place| path.starts_with(place)) {
        faults.extend(words(WRITES_REQUEST, &code).iter().map(|word| format!("writes a request: {word}")));
    }
    faults.extend(words(ONLY_IN_TESTS, &code).iter().map(|word| format!("has {word}")));
    if !source.starts_with("//! ") {
        faults.push("has no purpose line".to_owned());
    }
    faults.into_iter().map(|fault| format!("{path}: {fault}")).chain(too_long).collect()
}

/// The lines of a formatted source without its test modules and without other items that only tests see.
fn without_tests(source: &str) -> Vec<&str> {
    let mut kept = Vec::new();
    let mut lines = source.lines();
    while let Some(line) = lines.next() {
        if line != "#[cfg(test)]" {
            kept.push(line);
            continue;
        }
        // An item on one line ends with it, a block with the first brace that stands at its beginning.
        let is_one_line = lines.next().is_none_or(|item| item.ends_with(';'));
        if !is_one_line {
            lines.by_ref().find(|line| *line == "}");
        }
    }
    kept
}

fn words(pattern: &str, code: &str) -> Vec<String> {
    Regex::new(pattern).unwrap().find_iter(code).map(|found| found.as_str().to_owned()).collect()
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            collect(&path, files);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
}
