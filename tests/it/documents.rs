//! The documents: the README fits a screen or two and its first configuration is one, and every link leads somewhere.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use regex::Regex;

const ROOT: &str = env!("CARGO_MANIFEST_DIR");

/// The most lines of the README: what is longer belongs into `docs/`.
const MOST_README_LINES: usize = 150;

/// Every document: those at the top, and those in `docs/`.
fn documents() -> BTreeMap<PathBuf, String> {
    let mut found = BTreeMap::new();
    for folder in [ROOT.into(), Path::new(ROOT).join("docs")] {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.extension().is_some_and(|extension| extension == "md") {
                let text = fs::read_to_string(&path).unwrap();
                found.insert(path, text);
            }
        }
    }
    found
}

/// Without blocks of code.
fn prose(text: &str) -> String {
    Regex::new(r"(?ms)^ *```.*?^ *```").unwrap().replace_all(text, "").into_owned()
}

/// The anchors of a document's headings, as forges make them: lower case, hyphens for blanks, no punctuation.
fn anchors(text: &str) -> Vec<String> {
    let prose = prose(text);
    let headings = prose.lines().filter(|line| line.starts_with('#'));
    let anchor = |heading: &str| {
        let kept = heading.trim_start_matches('#').trim().to_lowercase();
        kept.chars().filter(|c| c.is_alphanumeric() || " -_".contains(*c)).collect::<String>().replace(' ', "-")
    };
    headings.map(anchor).collect()
}

#[test]
fn every_link_leads_somewhere() {
    let documents = documents();
    assert!(documents.len() >= 10, "{:?}", documents.keys());
    let link = Regex::new(r"\]\(([^)\s]+)\)").unwrap();
    let mut broken = Vec::new();
    for (path, text) in &documents {
        for found in link.captures_iter(&prose(text)) {
            let (file, anchor) = found[1].split_once('#').unwrap_or((&found[1], ""));
            if file.starts_with("https://") {
                continue;
            }
            let target = if file.is_empty() { path.clone() } else { path.parent().unwrap().join(file) };
            let target = target.canonicalize().unwrap_or(target);
            let is_there = anchor.is_empty() && target.exists()
                || documents.get(&target).is_some_and(|text| anchors(text).iter().any(|known| known == anchor));
            if !is_there {
                broken.push(format!("{}: {}", path.display(), &found[1]));
            }
        }
    }
    assert!(broken.is_empty(), "{}", broken.join("\n"));
}

#[test]
fn every_document_is_linked_from_the_readme() {
    let documents = documents();
    let readme = &documents[&Path::new(ROOT).join("README.md")];
    for path in documents.keys().filter(|path| !path.ends_with("README.md")) {
        let name = path.strip_prefix(ROOT).unwrap().display().to_string();
        assert!(readme.contains(&format!("]({name}")), "{name}");
    }
}

#[test]
fn the_readme_is_short() {
    let lines = fs::read_to_string(Path::new(ROOT).join("README.md")).unwrap().lines().count();
    assert!(lines <= MOST_README_LINES, "{lines} lines");
}

/// The only block of TOML in the README is said to be a whole configuration.
#[test]
fn the_first_configuration_is_whole() {
    let readme = fs::read_to_string(Path::new(ROOT).join("README.md")).unwrap();
    let block = Regex::new(r"(?ms)^ *```toml\n(.*?)^ *```").unwrap();
    let blocks: Vec<_> = block.captures_iter(&readme).collect();
    assert_eq!(blocks.len(), 1);
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("maildesk.toml");
    fs::write(&file, &blocks[0][1]).unwrap();
    fs::write(folder.path().join("support.password"), "secret\n").unwrap();
    let output = Command::new(env!("CARGO_BIN_EXE_maildesk")).arg("--config").arg(&file).arg("check").output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&[output.stdout, output.stderr].concat()));
}
