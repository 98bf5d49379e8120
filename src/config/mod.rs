//! Floor 1: reads `maildesk.toml` into checked [`Settings`], which are valid by construction.
//!
//! Every mistake is reported with file, line, key and remedy, and all mistakes are reported together. Therefore the file is
//! read from toml's spanned tables rather than by serde's derive, which has no line numbers and stops at the first mistake.

mod calendar;
mod contract;
mod credential;
mod defaults;
mod desk;
mod engineer;
mod keys;
mod mailbox;
mod metrics;
mod oauth2;
mod phrases;
mod process;
mod provider;
mod report;
mod require;
mod rule;
mod secret;
mod section;
mod server;
mod status;
mod team;
mod texts;
mod transport;
mod values;
mod words;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use jiff::tz::TimeZone;
use toml::de::DeTable;

pub use keys::SECTIONS;
pub use process::ProcessContext;
pub use report::{ConfigError, ConfigErrors, Unusable};
pub use words::Grammar;

use crate::model::policy::{AckLimits, Desk};
use crate::model::settings::{MailboxSettings, RetrySettings, Settings};
use crate::model::{DeskKey, Timestamp};
use engineer::EngineerDirectory;
use report::Report;
use section::{FileReading, NamedTable, Section};

/// The result of reading a configuration file without mistakes.
#[derive(Clone, Debug)]
pub struct Loaded {
    /// The settings.
    pub settings: Settings,
    /// What the operator should know, though it is not a mistake.
    pub warnings: Vec<ConfigError>,
    /// Mailboxes left out of the settings because their passwords or other secrets cannot be read; at least one other mailbox
    /// can be used.
    pub unusable: Vec<Unusable>,
    /// The files that hold passwords.
    pub secret_files: Vec<PathBuf>,
}

/// Reads and checks a configuration file, with the passwords that it names. Relative paths in it begin at its folder.
/// `grammar` checks the words that a desk adds to tags.
///
/// # Errors
/// All mistakes in the file; for a file that cannot be read or is not TOML, only that reason.
pub fn load(path: &Path, process: &ProcessContext, grammar: Grammar) -> Result<Loaded, ConfigErrors> {
    let ((settings, secret_files), warnings, unusable) =
        open(path, process, |reading, top| (read(reading, top, grammar), std::mem::take(&mut reading.secret_files)))?;
    Ok(Loaded { settings, warnings, unusable, secret_files })
}

/// Reads only `state_dir`, the folder of the database. Reads no passwords.
///
/// # Errors
/// The file cannot be read or is not TOML, or this key has a mistake.
pub fn state_dir(path: &Path, process: &ProcessContext) -> Result<PathBuf, ConfigErrors> {
    let (folder, ..) = open(path, process, |reading, top| read_state_dir(&mut Section::top(reading, top)))?;
    Ok(folder)
}

/// Reads only the keys of the desks, earlier ones too. Reads no passwords.
///
/// # Errors
/// The file cannot be read or is not TOML, or a key has a mistake.
pub fn desk_keys(path: &Path, process: &ProcessContext) -> Result<Vec<DeskKey>, ConfigErrors> {
    let (keys, ..) = open(path, process, |reading, top| {
        let tables = Section::top(reading, top).tables("desk", "OTK");
        let earlier = desk::read_earlier_keys(reading, &tables);
        desk::read_keys(reading, &tables).into_iter().chain(earlier).collect()
    })?;
    Ok(keys)
}

/// Reads only the state folder and the mailboxes, for `maildesk ingest`: a mail server's user must not need passwords, so
/// mailboxes whose passwords cannot be read are left out.
///
/// # Errors
/// The file cannot be read or is not TOML, or these keys have a mistake.
pub fn mailboxes(path: &Path, process: &ProcessContext) -> Result<(PathBuf, Vec<MailboxSettings>), ConfigErrors> {
    let (read, ..) = open(path, process, |reading, top| {
        let mut top = Section::top(reading, top);
        let state_dir = read_state_dir(&mut top);
        let (desks, mailboxes) = (top.tables("desk", "OTK"), top.tables("mailbox", "support"));
        let desks = desk::read_keys(reading, &desks);
        (state_dir, mailbox::read_all(reading, &mailboxes, &desks))
    })?;
    Ok(read)
}

/// Opens the file and reads its top table; returns the value with warnings and unusable mailboxes, or all mistakes.
fn open<T>(
    path: &Path,
    process: &ProcessContext,
    read: impl for<'t> FnOnce(&mut FileReading<'t>, &'t DeTable<'t>) -> T,
) -> Result<(T, Vec<ConfigError>, Vec<Unusable>), ConfigErrors> {
    let report = Report::new(path.display().to_string());
    let text = match read_text(path) {
        Ok(text) => text,
        Err(problem) => return Err(report.fatal(None, problem)),
    };
    let top = match DeTable::parse(&text) {
        Ok(top) if top.get_ref().is_empty() => {
            return Err(report.fatal(None, "is empty; begin with a copy of config.example.toml"));
        }
        Ok(top) => top.into_inner(),
        Err(error) => {
            let line = error.span().map(|span| section::line_of(&text, span.start));
            return Err(report.fatal(line, syntax(&text, &error)));
        }
    };
    let folder = path.parent().unwrap_or(Path::new(""));
    let mut reading = FileReading {
        text: &text,
        folder,
        process,
        state_dir: PathBuf::new(),
        report,
        secret_files: Vec::new(),
        asked: None,
    };
    let value = read(&mut reading, &top);
    let (warnings, unusable) = reading.report.finish()?;
    Ok((value, warnings, unusable))
}

fn read_text(path: &Path) -> Result<String, String> {
    let bytes = std::fs::read(path).map_err(|error| {
        if error.kind() == std::io::ErrorKind::PermissionDenied {
            return "cannot be read by this user (permission denied); run it as the service's user: sudo -u maildesk maildesk …"
                .to_owned();
        }
        format!(
            "cannot be read ({}); begin with a copy of config.example.toml, readable by the daemon's user",
            error.kind()
        )
    })?;
    String::from_utf8(bytes).map_err(|_| "is not UTF-8 text; save it as UTF-8".to_owned())
}

/// The TOML parser's message without the text of the line, which may contain a misplaced password.
fn syntax(text: &str, error: &toml::de::Error) -> String {
    let place = error.span().and_then(|span| text.get(span)).unwrap_or_default();
    if error.message() == "duplicate key" {
        return format!("{place} stands twice in one table; remove one of them");
    }
    // Only keys are shown: a value may be a misplaced password.
    let hint = match place.chars().next() {
        Some(letter) if !letter.is_ascii() && error.message().contains("unquoted key") => {
            let remedy = if is_for_free_names(text, error.span()) { "; put the name in quotes" } else { "" };
            format!("; {letter:?} (U+{:04X}) is not an ASCII letter{remedy}", u32::from(letter))
        }
        _ => String::new(),
    };
    format!("is not TOML: {}{hint}", error.message())
}

/// Whether a place is in the header of a table whose name may have letters outside ASCII, if quoted.
fn is_for_free_names(text: &str, place: Option<std::ops::Range<usize>>) -> bool {
    let before = place.and_then(|place| text.get(..place.start)).unwrap_or_default();
    let header = before.rsplit('\n').next().unwrap_or_default();
    ["engineer.", "team.", "status.", "mailbox.", "transport."].iter().any(|kind| header.ends_with(kind))
}

/// Reads an imaginary file for the keys that the readers ask for.
fn asked_keys() -> Vec<keys::Table> {
    let process = ProcessContext {
        variables: BTreeMap::new(),
        host_name: String::new(),
        now: Timestamp::default(),
        time_zone: TimeZone::UTC,
        reads_passwords: false,
    };
    let (asked, report) = (Some(keys::Asked::begin()), Report::new(String::new()));
    let mut reading = FileReading {
        text: "",
        folder: Path::new(""),
        process: &process,
        state_dir: PathBuf::new(),
        report,
        secret_files: Vec::new(),
        asked,
    };
    let nothing = DeTable::new();
    read(&mut reading, &nothing, Grammar { clash: |_, _, _| None, unfit: |_, _| None });
    reading.asked.map(keys::Asked::tables).unwrap_or_default()
}

/// Reads all settings. Where the report has mistakes, defaults replace what is wrong and the result is not used.
fn read<'t>(reading: &mut FileReading<'t>, entries: &'t DeTable<'t>, grammar: Grammar) -> Settings {
    let mut top = Section::top(reading, entries);
    let state_dir = read_state_dir(&mut top);
    let accept_orphans = top.switch("accept_orphans").unwrap_or(false);
    let desk_tables = top.tables("desk", "OTK");
    let engineer_tables = top.some_tables("engineer", "ivanov");
    let mailbox_tables = top.tables("mailbox", "support");
    let transport_tables = top.tables("transport", "main");
    let retry = read_retry(&mut top.table("retry"));
    let limits = read_limits(&mut top.table("limits"));
    let metrics = metrics::read(&mut top.table("metrics"));

    let desk_keys = desk::read_keys(reading, &desk_tables);
    let transport_names: Vec<&str> = transport_tables.iter().map(|table| table.name).collect();
    let transports = transport::read_all(reading, &transport_tables);
    let directory = EngineerDirectory::read(reading, &engineer_tables, &desk_keys);
    let (mut desks, words) = desk::read_all(reading, &desk_tables, &transport_names, &directory, grammar);
    words::check(reading, &desks, words, &directory, grammar);
    let mailboxes = mailbox::read_all(reading, &mailbox_tables, &desk_keys);
    let zone = &reading.process.time_zone;
    let changes_at = directory.next_leaving().and_then(|day| Some(zone.to_timestamp(day.at(0, 0, 0, 0)).ok()?.into()));
    let earlier: Vec<Desk> = desks.iter().flat_map(Desk::under_earlier_keys).collect();
    desks.extend(earlier);
    let settings =
        Settings { state_dir, mailboxes, desks, transports, retry, limits, metrics, accept_orphans, changes_at };
    if settings.mailboxes.is_empty() {
        reading.report.refuse_unusable();
    }
    warn_of_unused(&mut reading.report, &settings, &desk_tables, &transport_tables);
    settings
}

/// The state folder: of the file, of systemd (`StateDirectory=`, the first of its list), or the default.
fn read_state_dir(top: &mut Section<'_, '_>) -> PathBuf {
    let from_systemd = top.reading().process.variables.get("STATE_DIRECTORY");
    let fallback = from_systemd.and_then(|list| list.split(':').next()).filter(|first| !first.is_empty());
    let fallback = PathBuf::from(fallback.unwrap_or(defaults::STATE_DIR));
    let folder = top.path("state_dir").unwrap_or(fallback);
    top.reading().state_dir.clone_from(&folder);
    folder
}

fn read_retry(section: &mut Section<'_, '_>) -> RetrySettings {
    let fallback = RetrySettings::default();
    let mut duration =
        |key, range, fallback| section.quantity(key, |text| values::duration(text, range)).unwrap_or(fallback);
    let retry = RetrySettings {
        first: duration("first", defaults::RETRY_GAP_RANGE, fallback.first),
        longest: duration("longest", defaults::RETRY_GAP_RANGE, fallback.longest),
        give_up: duration("give_up", defaults::RETRY_AGE_RANGE, fallback.give_up),
        unsure: duration("unsure", defaults::RETRY_AGE_RANGE, fallback.unsure),
    };
    if retry.longest < retry.first {
        section.error("longest", "is shorter than first; gaps grow from first to longest, so make it at least as long");
    }
    if retry.give_up < retry.first {
        section.error("give_up", "is shorter than first, so no e-mail would be tried twice; make it longer");
    }
    retry
}

fn read_limits(section: &mut Section<'_, '_>) -> AckLimits {
    let fallback = AckLimits::default();
    let mut limit = |key, fallback| section.number(key, 1..=defaults::LIMIT_MAX).unwrap_or(fallback);
    AckLimits {
        sender_ten_minutes: limit("sender_ten_minutes", fallback.sender_ten_minutes),
        sender_hour: limit("sender_hour", fallback.sender_hour),
        sender_day: limit("sender_day", fallback.sender_day),
        alike_hour: limit("alike_hour", fallback.alike_hour),
        alike_rounds: limit("alike_rounds", fallback.alike_rounds),
        flood_hour: limit("flood_hour", fallback.flood_hour),
        domain_hour: limit("domain_hour", fallback.domain_hour),
        customers_hour: limit("customers_hour", fallback.customers_hour),
        all_hour: limit("all_hour", fallback.all_hour),
        waiting: limit("waiting", fallback.waiting),
    }
}

fn warn_of_unused(report: &mut Report, settings: &Settings, desks: &[NamedTable<'_>], transports: &[NamedTable<'_>]) {
    // The desks of mailboxes that cannot be read are not known here.
    let is_known = !report.has_unusable();
    for table in desks.iter().filter(|_| is_known) {
        let is_fed = |key: DeskKey| settings.mailboxes.iter().any(|mailbox| mailbox.desk == key);
        if !DeskKey::parse(table.name).is_ok_and(is_fed) {
            report.warning(&table.spot, "no mailbox feeds this desk; name it in a mailbox: desk = \"…\"");
        }
    }
    for table in transports {
        if !settings.desks.iter().any(|desk| desk.transport == table.name) {
            report.warning(&table.spot, "no desk uses this transport; name it in a desk: transport = \"…\"");
        }
    }
}
