//! Files of one room that import each other in a circle: none of them can be understood, or moved, without the others.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use regex::Regex;

use super::{collect, without_tests};

/// The rooms in which imports run in one direction only.
const ROOMS: [&str; 2] = ["desk", "flow"];

/// Files by their path below `src`, with what each imports.
type Imports = BTreeMap<String, BTreeSet<String>>;

#[test]
fn no_import_runs_upward_inside_desk_and_flow() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut found = Vec::new();
    for room in ROOMS {
        let mut files = Vec::new();
        collect(&root.join(room), &mut files);
        let sources = files.iter().filter(|file| !file.ends_with("tests.rs")).map(|file| {
            let path = file.strip_prefix(&root).unwrap().to_str().unwrap().to_owned();
            (path, fs::read_to_string(file).unwrap())
        });
        let sources: BTreeMap<String, String> = sources.collect();
        assert!(sources.len() > 10, "{room}: the sources are there");
        found.extend(circles(&imports(&sources)));
    }
    assert!(found.is_empty(), "these files import each other in a circle: {found:#?}");
}

#[test]
fn a_circle_is_found_however_it_is_written() {
    for (first, second, is_circle) in [
        ("use super::second::a;", "use super::first::b;", true),
        ("fn f() { crate::flow::second::a() }", "use super::{first, x};", true),
        ("use super::{x::y, second::a};", "fn f(b: super::first::B) {}", true),
        ("use super::second::a;", "fn f() {}", false),
        ("// use super::second::a;", "use super::first::b;", false),
        ("use super::second::a;", "fn f() {}\n#[cfg(test)]\nmod tests {\n    use super::super::first::b;\n}", false),
    ] {
        let sources =
            [("flow/first.rs", first), ("flow/second.rs", second), ("flow/mod.rs", "mod first;\nmod second;")];
        let sources = sources.map(|(path, source)| (path.to_owned(), source.to_owned())).into_iter().collect();
        assert_eq!(circles(&imports(&sources)).len(), usize::from(is_circle), "{first}\n{second}");
    }
}

/// What each file imports of the others. A name that stands in no other file is one of the folder's `mod.rs`.
fn imports(sources: &BTreeMap<String, String>) -> Imports {
    let path = Regex::new(r"\b((?:super::)+|crate::)((?:\w+::)*)(\{[^}]*\}|\w+)").unwrap();
    let of = |file: &str, source: &str| {
        let code = without_tests(source);
        let code: Vec<&str> = code.into_iter().filter(|line| !line.trim_start().starts_with("//")).collect();
        let code = code.join("\n");
        let mut used = BTreeSet::new();
        for found in path.captures_iter(&code) {
            let mut base: Vec<&str> = if &found[1] == "crate::" { Vec::new() } else { module(file) };
            base.truncate(base.len().saturating_sub(found[1].matches("super::").count()));
            base.extend(found[2].split("::").filter(|part| !part.is_empty()));
            for name in found[3].trim_matches(['{', '}']).split(',').map(str::trim) {
                let name = name.split(' ').next().unwrap_or_default();
                let whole: Vec<&str> = base.iter().copied().chain(name.split("::")).collect();
                let files = (1..=whole.len()).rev().find_map(|length| file_of(&whole[..length], sources));
                used.extend(files.filter(|used| used != file));
            }
        }
        used
    };
    sources.iter().map(|(file, source)| (file.clone(), of(file, source))).collect()
}

/// `flow/outbox/mod.rs` → flow, outbox; `flow/clock.rs` → flow, clock.
fn module(file: &str) -> Vec<&str> {
    file.trim_end_matches(".rs").trim_end_matches("/mod").split('/').collect()
}

fn file_of(module: &[&str], sources: &BTreeMap<String, String>) -> Option<String> {
    let path = module.join("/");
    [format!("{path}.rs"), format!("{path}/mod.rs")].into_iter().find(|file| sources.contains_key(file))
}

/// Sets of files of which each leads to each other one.
fn circles(imports: &Imports) -> BTreeSet<BTreeSet<String>> {
    let reached: BTreeMap<&String, BTreeSet<&String>> =
        imports.keys().map(|file| (file, reach(imports, file))).collect();
    let circle = |file: &String| -> BTreeSet<String> {
        reached[file].iter().filter(|other| reached[**other].contains(file)).map(|other| (*other).clone()).collect()
    };
    imports.keys().map(circle).filter(|circle| circle.len() > 1).collect()
}

/// Every file that this one imports, itself or by way of others.
fn reach<'a>(imports: &'a Imports, from: &String) -> BTreeSet<&'a String> {
    let mut reached = BTreeSet::new();
    let mut ahead: Vec<&String> = imports[from].iter().collect();
    while let Some(file) = ahead.pop() {
        if reached.insert(file) {
            ahead.extend(&imports[file]);
        }
    }
    reached
}
