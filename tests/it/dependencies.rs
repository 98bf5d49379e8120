//! What we build on, as `cargo metadata` tells it: licences, where the crates come from, and which of them we have twice.

use std::collections::{BTreeMap, BTreeSet};
use std::process::Command;

use serde_json::Value;

/// Licences that ask for nothing but their text beside the program.
const ALLOWED: [&str; 8] = ["MIT", "Apache-2.0", "ISC", "BSD-3-Clause", "0BSD", "Zlib", "Unlicense", "Unicode-3.0"];

/// Crates under another licence, the Mozilla Public License 2.0: they judge HTML in tests, and are in no program of ours.
const ONLY_IN_TESTS: [&str; 2] = ["cssparser", "dtoa-short"];

const CRATES_IO: &str = "registry+https://github.com/rust-lang/crates.io-index";

/// Crates that are built in two versions, and who keeps the older one. The list only shrinks.
const DOUBLED: [(&str, &str); 8] = [
    ("async-channel", "stop-token 0.7, by async-imap"),
    ("event-listener", "async-channel 1, by stop-token"),
    ("getrandom", "ring 0.17"),
    ("nom", "x509-parser 0.18 and its DER crates"),
    ("syn", "pin-project, tracing-attributes, asn1-rs: only while building"),
    ("synstructure", "asn1-rs-derive: only while building"),
    ("thiserror", "async-imap 0.12"),
    ("thiserror-impl", "thiserror 1"),
];

#[test]
fn every_crate_comes_from_crates_io_under_a_licence_that_we_can_keep() {
    for package in packages() {
        let name = package["name"].as_str().unwrap();
        let licence = package["license"].as_str().unwrap_or_default();
        let is_judge = ONLY_IN_TESTS.contains(&name) && licence == "MPL-2.0";
        assert!(is_allowed(licence) || is_judge, "{name}: {licence:?}");
        assert!(package["source"] == CRATES_IO || name == "maildesk", "{name}: {}", package["source"]);
    }
}

#[test]
fn crates_under_other_licences_are_in_no_program() {
    let arguments = ["tree", "--locked", "--offline", "--edges", "normal,build", "--prefix", "none"];
    let output = Command::new(env!("CARGO")).args(arguments).output().unwrap();
    let tree = String::from_utf8(output.stdout).unwrap();
    assert!(tree.lines().count() > 50, "{}", String::from_utf8_lossy(&output.stderr));
    for name in ONLY_IN_TESTS {
        assert!(!tree.lines().any(|line| line.split(' ').next() == Some(name)), "{name}");
    }
}

#[test]
fn no_crate_is_built_twice_but_for_a_reason() {
    let mut versions: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for package in packages() {
        let text = |key: &str| package[key].as_str().unwrap().to_owned();
        versions.entry(text("name")).or_default().insert(text("version"));
    }
    let doubled: BTreeSet<&str> =
        versions.iter().filter(|(_, versions)| versions.len() > 1).map(|(name, _)| name.as_str()).collect();
    let known: BTreeSet<&str> = DOUBLED.iter().map(|(name, _)| *name).collect();
    assert_eq!(doubled, known, "`cargo tree --duplicates` tells who brings them");
}

#[test]
fn a_licence_is_read_as_spdx_says() {
    for (licence, allowed) in [
        ("MIT", true),
        ("GPL-3.0", false),
        ("MIT OR GPL-3.0", true),
        ("MIT AND GPL-3.0", false),
        ("MIT/Apache-2.0", true),
        ("(MIT OR GPL-3.0) AND Unicode-3.0", true),
        ("GPL-3.0 AND (MIT OR ISC)", false),
        ("GPL-3.0 OR MIT AND ISC", true),
        ("GPL-3.0 OR MIT AND MPL-2.0", false),
        ("", false),
    ] {
        assert_eq!(is_allowed(licence), allowed, "{licence}");
    }
}

/// What is built for this machine, tests included.
fn packages() -> Vec<Value> {
    let said = |program: &str, arguments: &[&str]| {
        let program = std::env::var(program.to_uppercase()).unwrap_or_else(|_| program.to_owned());
        let output = Command::new(program).args(arguments).output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    };
    let rustc = said("rustc", &["-vV"]);
    let host = rustc.lines().find_map(|line| line.strip_prefix("host: ")).unwrap();
    let metadata = ["metadata", "--locked", "--offline", "--format-version", "1", "--filter-platform", host];
    let metadata: Value = serde_json::from_str(&said("cargo", &metadata)).unwrap();
    metadata["packages"].as_array().unwrap().clone()
}

/// Whether this SPDX expression can be kept by keeping licences of the list. AND binds before OR; older crates write `/` for OR.
fn is_allowed(licence: &str) -> bool {
    let licence = licence.replace('/', " OR ").trim().to_owned();
    let (either, all) = (parts(&licence, " OR "), parts(&licence, " AND "));
    if either.len() > 1 {
        return either.into_iter().any(is_allowed);
    }
    if all.len() > 1 {
        return all.into_iter().all(is_allowed);
    }
    match licence.strip_prefix('(').and_then(|rest| rest.strip_suffix(')')) {
        Some(inner) => is_allowed(inner),
        None => ALLOWED.contains(&licence.as_str()),
    }
}

/// The parts of an expression between an operator that stands outside of brackets.
fn parts<'a>(licence: &'a str, operator: &str) -> Vec<&'a str> {
    let mut parts = Vec::new();
    let mut begin = 0;
    for (at, _) in licence.match_indices(operator) {
        let before = &licence[..at];
        if before.matches('(').count() == before.matches(')').count() {
            parts.push(&licence[begin..at]);
            begin = at + operator.len();
        }
    }
    parts.push(&licence[begin..]);
    parts
}
