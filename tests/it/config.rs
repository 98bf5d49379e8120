//! The configuration: each broken file with its exact messages, and `config.example.toml` against the code.

mod example;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use crate::support::temporary_folder;
use jiff::tz::{Offset, TimeZone};
use maildesk::cli::GRAMMAR;
use maildesk::config::{self, ProcessContext, SECTIONS};
use maildesk::model::policy::TextName;
use maildesk::model::settings::{SourceSettings, TransportKind};
use maildesk::model::{Credential, Secret, Timestamp};
use strum::VariantArray as _;

/// Every password of these tests; it must never be seen.
const CANARY: &str = "canary-7f3a9";

/// A process with the variables that the files name, in a zone of its own.
fn environment() -> ProcessContext {
    let variables = [
        ("SUPPORT_PASSWORD", CANARY.to_owned()),
        ("EMPTY_PASSWORD", String::new()),
        ("TWO_LINES", format!("{CANARY}\n{CANARY}")),
    ];
    ProcessContext {
        variables: variables.map(|(name, value)| (name.to_owned(), value)).into(),
        host_name: "desk.example.org".to_owned(),
        now: Timestamp::from_unix(1_795_253_400),
        time_zone: TimeZone::fixed(Offset::constant(3)),
        reads_passwords: true,
    }
}

/// What an operator would see of a file: its mistakes, or its settings and warnings.
fn outcome(path: &Path, environment: &ProcessContext) -> String {
    match config::load(path, environment, GRAMMAR) {
        Ok(loaded) => {
            let warnings: String = loaded.warnings.iter().map(|warning| format!("warning: {warning}\n")).collect();
            let unusable = loaded.unusable.iter().map(|it| format!("unusable {}: {}\n", it.mailbox, it.problem));
            format!("{warnings}{}{:#?}\n", unusable.collect::<String>(), loaded.settings)
        }
        Err(errors) => format!("{errors}\n"),
    }
}

/// A temporary folder with a config file and others beside it.
fn folder_with(files: &[(&str, &str)]) -> tempfile::TempDir {
    let folder = temporary_folder();
    for (name, text) in files {
        let path = folder.path().join(name);
        fs::write(&path, text).expect("a file in a temporary folder");
        fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).expect("its permissions");
    }
    folder
}

/// A small desk whose mailbox has these lines besides its host and user.
fn desk_with(mailbox: &str) -> String {
    format!(
        "[desk.OTK]\nname = \"Support\"\naddress = \"support@example.org\"\n\
         [transport.main]\nhost = \"smtp.example.org\"\n\
         [mailbox.support]\nhost = \"imap.example.org\"\nuser = \"support@example.org\"\n{mailbox}\n"
    )
}

#[test]
fn every_fixture_gives_exactly_its_expected_messages() {
    let rewrite = std::env::var_os("UPDATE_GOLDEN").is_some();
    let mut fixtures: Vec<PathBuf> =
        fs::read_dir("fixtures/config").expect("fixtures").map(|entry| entry.expect("an entry").path()).collect();
    fixtures.retain(|path| path.extension().is_some_and(|extension| extension == "toml"));
    fixtures.sort();
    assert!(fixtures.len() > 60, "only {} fixtures found", fixtures.len());

    let mut different = Vec::new();
    for path in fixtures {
        let seen = outcome(&path, &environment());
        assert!(!seen.contains(CANARY), "{} lets a password out:\n{seen}", path.display());
        let is_good = path.file_name().is_some_and(|name| name.to_string_lossy().starts_with("good-"));
        assert_eq!(is_good, seen.contains("Settings {"), "{}:\n{seen}", path.display());
        let golden = path.with_extension("expected");
        if rewrite {
            fs::write(&golden, &seen).expect("a golden file");
        }
        let expected = fs::read_to_string(&golden).unwrap_or_default();
        if seen != expected {
            different.push(format!("{}\nexpected:\n{expected}seen:\n{seen}", path.display()));
        }
    }
    assert!(different.is_empty(), "{}", different.join("\n"));
}

#[test]
fn every_mistake_names_its_file_and_its_remedy() {
    for entry in fs::read_dir("fixtures/config").expect("fixtures") {
        let path = entry.expect("an entry").path();
        if path.extension().is_none_or(|extension| extension != "toml") {
            continue;
        }
        let Err(errors) = config::load(&path, &environment(), GRAMMAR) else { continue };
        for error in errors.errors() {
            let text = error.to_string();
            let rest = text.strip_prefix(&path.display().to_string()).expect("begins with the file");
            let has_remedy = rest.contains("; ") || rest.contains("expected ") || rest.contains(" is not a");
            assert!(has_remedy, "{text}");
        }
    }
}

#[test]
fn a_file_that_is_not_there_is_explained() {
    let seen = outcome(Path::new("fixtures/config/nowhere.toml"), &environment());
    assert_eq!(
        seen,
        "fixtures/config/nowhere.toml: cannot be read (entity not found); begin with a copy of config.example.toml, \
         readable by the daemon's user\n"
    );
}

#[test]
fn a_password_is_read_from_each_place_and_never_shown() {
    let with_newline = format!("{CANARY}\r\n");
    let folder = folder_with(&[("support.password", &with_newline), ("support", CANARY)]);
    let mut environment = environment();
    let here = folder.path().to_str().expect("a UTF-8 path").to_owned();
    environment.variables.insert("CREDENTIALS_DIRECTORY".to_owned(), here);
    for place in [
        "password_file = \"support.password\"",
        "password_credential = \"support\"",
        "password_env = \"SUPPORT_PASSWORD\"",
    ] {
        let path = folder.path().join("maildesk.toml");
        fs::write(&path, desk_with(place)).expect("a config file");
        let loaded = config::load(&path, &environment, GRAMMAR).expect(place);
        let SourceSettings::Imap(imap) = &loaded.settings.mailboxes[0].source else { panic!("no IMAP for {place}") };
        assert_eq!(imap.credential, Credential::Password(Secret::new(CANARY)), "{place}");
        assert!(loaded.warnings.is_empty(), "{place}: {:?}", loaded.warnings);
        assert!(!format!("{loaded:?}{loaded:#?}").contains(CANARY), "{place}");
    }
}

#[test]
fn unusable_password_files_are_refused_without_showing_them() {
    for (content, problem) in [
        ("", "the password is empty"),
        (" \n", "the password is empty"),
        ("canary-7f3a9\nsecond\n", "more than one line"),
        ("canary-7f3a9\0", "control characters"),
    ] {
        let folder = folder_with(&[
            ("maildesk.toml", &desk_with("password_file = \"support.password\"")),
            ("support.password", content),
        ]);
        let seen = outcome(&folder.path().join("maildesk.toml"), &environment());
        assert!(seen.contains("maildesk.toml:9: mailbox.support.password_file: "), "{content:?}: {seen}");
        assert!(seen.contains(problem), "{content:?}: {seen}");
        assert!(!seen.contains(CANARY), "{content:?}: {seen}");
    }
}

#[test]
fn a_password_file_that_everybody_may_read_is_a_warning() {
    let folder = folder_with(&[
        ("maildesk.toml", &desk_with("password_file = \"support.password\"")),
        ("support.password", CANARY),
    ]);
    for (mode, warned) in [(0o600, false), (0o640, false), (0o644, true)] {
        let secret = folder.path().join("support.password");
        fs::set_permissions(&secret, fs::Permissions::from_mode(mode)).expect("permissions");
        let loaded = config::load(&folder.path().join("maildesk.toml"), &environment(), GRAMMAR).expect("a good file");
        let text: String = loaded.warnings.iter().map(ToString::to_string).collect();
        assert_eq!(text.contains("password_file: every user"), warned, "{mode:o}: {text}");
    }
}

#[test]
fn a_ca_file_needs_a_certificate() {
    let own = rcgen::generate_simple_self_signed(["imap.example.org".to_owned()]).expect("a certificate");
    let broken = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
    for (pem, problem) in [
        (own.cert.pem(), None),
        (own.signing_key.serialize_pem(), Some("contains no certificate")),
        (broken.to_owned(), Some("contains a certificate that cannot be read")),
    ] {
        let config = desk_with("password_env = \"SUPPORT_PASSWORD\"\nca_file = \"ca.pem\"");
        let folder = folder_with(&[("maildesk.toml", &config), ("ca.pem", &pem)]);
        let seen = outcome(&folder.path().join("maildesk.toml"), &environment());
        match problem {
            None => assert!(seen.contains("Settings {"), "{seen}"),
            Some(problem) => assert!(seen.contains(problem), "{seen}"),
        }
    }
}

#[test]
fn state_lies_where_the_file_or_systemd_says() {
    let folder = folder_with(&[
        ("plain.toml", &desk_with("password_env = \"SUPPORT_PASSWORD\"")),
        ("own.toml", &format!("state_dir = \"state\"\n{}", desk_with("password_env = \"SUPPORT_PASSWORD\""))),
    ]);
    let state_dir = |file: &str, systemd: Option<&str>| {
        let mut environment = environment();
        environment.variables.extend(systemd.map(|value| ("STATE_DIRECTORY".to_owned(), value.to_owned())));
        config::load(&folder.path().join(file), &environment, GRAMMAR).expect(file).settings.state_dir
    };
    assert_eq!(state_dir("plain.toml", None), Path::new("/var/lib/maildesk"));
    assert_eq!(state_dir("plain.toml", Some("/run/a:/run/b")), Path::new("/run/a"));
    assert_eq!(state_dir("own.toml", Some("/run/a")), folder.path().join("state"));
}

#[test]
fn a_machine_without_a_usable_name_greets_as_localhost() {
    let folder = folder_with(&[("maildesk.toml", &desk_with("password_env = \"SUPPORT_PASSWORD\""))]);
    for (host_name, hello) in [("desk.example.org", "desk.example.org"), ("", "localhost"), ("a b", "localhost")] {
        let environment = ProcessContext { host_name: host_name.to_owned(), ..environment() };
        let loaded = config::load(&folder.path().join("maildesk.toml"), &environment, GRAMMAR).expect("a good file");
        let TransportKind::Smtp(smtp) = &loaded.settings.transports[0].kind else { panic!("no SMTP") };
        assert_eq!(smtp.hello, hello);
    }
}

/// Half-finished edits: every fixture without one of its lines, and cut off within each line.
#[test]
fn no_damaged_file_panics_lets_a_password_out_or_gives_half_a_desk() {
    let folder = temporary_folder();
    let path = folder.path().join("maildesk.toml");
    let mut tried = 0;
    for entry in fs::read_dir("fixtures/config").expect("fixtures") {
        let fixture = entry.expect("an entry").path();
        let Ok(text) = fs::read_to_string(&fixture) else { continue };
        let lines: Vec<&str> = text.lines().collect();
        for at in (0..lines.len()).filter(|_| fixture.extension().is_some_and(|extension| extension == "toml")) {
            let without = [&lines[..at], &lines[at + 1..]].concat().join("\n");
            let half: String = lines[at].chars().take(lines[at].chars().count() / 2).collect();
            let cut = [&lines[..at], &[half.as_str()]].concat().join("\n");
            for damaged in [without, cut] {
                fs::write(&path, &damaged).expect("a config file");
                let seen = outcome(&path, &environment());
                assert!(!seen.contains(CANARY), "{damaged}\n{seen}");
                let Ok(loaded) = config::load(&path, &environment(), GRAMMAR) else { continue };
                tried += 1;
                let settings = loaded.settings;
                assert!(settings.mailboxes.iter().all(|mailbox| settings.desk(&mailbox.desk).is_some()), "{damaged}");
                let transports: Vec<&String> = settings.transports.iter().map(|transport| &transport.name).collect();
                assert!(settings.desks.iter().all(|desk| transports.contains(&&desk.transport)), "{damaged}");
                let is_of = |line: &&str, kind: &str| line.starts_with(kind) && line.matches('.').count() == 1;
                let tables = |kind: &str| damaged.lines().filter(|line| is_of(line, kind)).count();
                let mailboxes = settings.mailboxes.len() + loaded.unusable.len();
                assert_eq!(mailboxes, tables("[mailbox."), "{damaged}");
                let desks = settings.desks.iter().filter(|desk| desk.renamed_to.is_none()).count();
                assert_eq!(desks, tables("[desk."), "{damaged}");
                assert_eq!(settings.transports.len(), tables("[transport."), "{damaged}");
            }
        }
    }
    assert!(tried > 50, "only {tried} damaged files were good");
}

#[test]
fn every_text_that_a_desk_may_say_has_its_keys() {
    let (_, keys) = SECTIONS.iter().find(|(section, _)| *section == "desk.NAME.texts").expect("the section");
    let names = TextName::VARIANTS.iter().flat_map(|name| ["ru", "en"].map(|language| format!("{name}_{language}")));
    assert_eq!(names.collect::<Vec<_>>(), *keys);
}
