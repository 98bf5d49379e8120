//! The example configuration: it loads, shows every key, and its defaults are the real ones.

use super::*;

/// A line of the example: the section it stands in, its key, and how it shows it.
struct ExampleLine {
    section: String,
    key: String,
    text: String,
    kind: Shown,
}

#[derive(PartialEq)]
enum Shown {
    Set,
    Default,
    OtherWay,
}

const EXAMPLE: &str = include_str!("../../../config.example.toml");

fn example_lines() -> Vec<ExampleLine> {
    let mut section = String::new();
    let mut lines = Vec::new();
    for line in EXAMPLE.lines() {
        if let Some(header) = line.strip_prefix('[') {
            section = section_of(header.trim_matches(['[', ']']));
            continue;
        }
        let (kind, text) = match (line.strip_prefix("# e.g. "), line.strip_prefix('#')) {
            (Some(other_way), _) => (Shown::OtherWay, other_way),
            (None, Some(comment)) if comment.is_empty() || comment.starts_with(' ') => continue,
            (None, Some(default)) => (Shown::Default, default),
            (None, None) if line.is_empty() => continue,
            (None, None) => (Shown::Set, line),
        };
        let key = text.split(' ').next().unwrap_or_default().to_owned();
        lines.push(ExampleLine { section: section.clone(), key, text: text.to_owned(), kind });
    }
    lines
}

/// The name in `SECTIONS` of a table with this header.
fn section_of(header: &str) -> String {
    let part = |(index, part)| match (index % 2, header.starts_with("desk.") && header.contains(".line.")) {
        (0, _) => part,
        (_, true) if index == 3 => "NUMBER",
        _ => "NAME",
    };
    header.split('.').enumerate().map(part).collect::<Vec<_>>().join(".")
}

/// A service account's key, without the fields that nobody reads.
const SERVICE_ACCOUNT: &str = r#"{ "client_email": "desk@example.iam", "private_key": "canary", "private_key_id": "1",
    "token_uri": "https://oauth2.googleapis.com/token" }"#;

/// What the example gives with its password file beside it.
fn load_example(text: &str) -> config::Loaded {
    let folder = folder_with(&[("maildesk.toml", text), ("support.password", CANARY)]);
    config::load(&folder.path().join("maildesk.toml"), &environment(), GRAMMAR)
        .unwrap_or_else(|errors| panic!("{errors}"))
}

#[test]
fn the_example_loads_without_a_warning() {
    let loaded = load_example(EXAMPLE);
    assert!(loaded.warnings.is_empty(), "{:?}", loaded.warnings);
    assert_eq!(loaded.settings.mailboxes.len(), 1);
}

#[test]
fn the_defaults_in_the_example_are_the_real_ones() {
    let set: String = EXAMPLE
        .lines()
        .map(|line| match line.strip_prefix('#') {
            Some(default) if !default.is_empty() && !default.starts_with(' ') => format!("{default}\n"),
            _ => format!("{line}\n"),
        })
        .collect();
    let shown = example_lines().iter().filter(|line| line.kind == Shown::Default).count();
    assert!(shown > 25, "only {shown} defaults are shown");
    assert_eq!(format!("{:#?}", load_example(&set).settings), format!("{:#?}", load_example(EXAMPLE).settings));
}

#[test]
fn the_example_shows_every_key_and_no_other() {
    let mut shown: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for line in example_lines() {
        shown.entry(line.section).or_default().insert(line.key);
    }
    // A label is a table within its line, and so are oauth2 and a signature.
    let is_within_line = |section: &str| [".label", ".oauth2", ".signature"].iter().any(|end| section.ends_with(end));
    for (section, keys) in SECTIONS.iter().filter(|(section, _)| !is_within_line(section)) {
        // Some keys are tables, shown by their headers.
        let full = |key: &str| if section.is_empty() { key.to_owned() } else { format!("{section}.{key}") };
        let is_table = |key: &str| {
            let inside = |table: &str| table == full(key) || table.starts_with(&format!("{}.", full(key)));
            !["label", "oauth2", "signature"].contains(&key) && SECTIONS.iter().any(|(table, _)| inside(table))
        };
        let keys = keys.iter().filter(|key| !is_table(key));
        let keys: BTreeSet<String> = keys.cloned().collect();
        assert_eq!(shown.remove(section).unwrap_or_default(), keys, "[{section}]");
    }
    assert!(shown.is_empty(), "{shown:?}");
    for (section, keys) in SECTIONS.iter().filter(|(section, _)| section == "mailbox.NAME.oauth2") {
        let ways =
            example_lines().into_iter().filter(|line| line.key == "oauth2" && section.starts_with(&line.section));
        let ways: Vec<toml::Table> = ways.map(|line| line.text.parse().expect("TOML")).collect();
        let shown: BTreeSet<&String> =
            ways.iter().filter_map(|way| way["oauth2"].as_table()).flat_map(|way| way.keys()).collect();
        assert_eq!(shown, keys.iter().collect(), "[{section}]");
    }
}

/// Each other way that the example names, put in the place of what it replaces.
#[test]
fn the_other_ways_in_the_example_load() {
    let lines = example_lines();
    let ways: Vec<&ExampleLine> = lines.iter().filter(|line| line.kind == Shown::OtherWay).collect();
    assert!(ways.len() > 15, "only {} other ways are shown", ways.len());
    let certificate = rcgen::generate_simple_self_signed(["example.org".to_owned()]).expect("a certificate").cert.pem();
    for way in ways {
        let text = replaced(way);
        let folder = folder_with(&[
            ("maildesk.toml", &text),
            ("support.password", CANARY),
            ("support", CANARY),
            ("own-ca.pem", &certificate),
            ("service-account.json", SERVICE_ACCOUNT),
        ]);
        if let Some(file) = way.text.split('"').nth(1).filter(|file| file.starts_with("texts/")) {
            fs::create_dir_all(folder.path().join("texts")).expect("a folder");
            let text = match file {
                file if file.contains("signature") => "{desk}",
                file if file.contains("closing_soon") => "{number}: {day}",
                _ => "{number}",
            };
            fs::write(folder.path().join(file), text).expect("a text");
        }
        let mut environment = environment();
        let here = folder.path().to_str().expect("a UTF-8 path").to_owned();
        environment.variables.insert("CREDENTIALS_DIRECTORY".to_owned(), here);
        let seen = outcome(&folder.path().join("maildesk.toml"), &environment);
        assert!(seen.contains("Settings {"), "{}: {seen}", way.text);
    }
}

/// The example with one line in the place of what it excludes.
fn replaced(way: &ExampleLine) -> String {
    let is_password = |key: &str| key.starts_with("password_") || key == "oauth2";
    let is_server = |key: &str| ["host", "user"].contains(&key) || is_password(key);
    let mut section = String::new();
    let mut text = String::new();
    for line in EXAMPLE.lines().filter(|line| !line.is_empty() && !line.starts_with('#')) {
        let key = line.split(' ').next().unwrap_or_default();
        if line.starts_with('[') {
            // Of several tables of a kind the first one explains the keys.
            let is_first = !text.contains(&format!("{}\n", way.text));
            section = if is_first { section_of(line.trim_matches(['[', ']'])) } else { String::new() };
            text.push_str(&format!("{line}\n"));
            if is_first && section == way.section {
                text.push_str(&format!("{}\n", way.text));
            }
            continue;
        }
        let here = section == way.section;
        let is_folder = ["maildir", "folder", "pipe"].contains(&way.key.as_str());
        let excluded = key == way.key || (is_password(&way.key) && is_password(key)) || (is_folder && is_server(key));
        if !(here && excluded) {
            text.push_str(&format!("{line}\n"));
        }
    }
    text
}
