//! `check`: checks the configuration; `--connect` also logs in to all servers, `--probe` also sends each desk test e-mails.

mod advice;
mod connect;
mod folders;
mod probe;
mod progress;
mod summary;
mod texts;
mod toml_lines;

use std::process::ExitCode;
use std::time::Duration;

use serde::Serialize;
use serde_json::Value;

use crate::daemon::{self, DATABASE};
use crate::flow;
use crate::model::policy::Desk;
use crate::model::settings::Settings;
use crate::model::{DeskKey, Timestamp};
use crate::store::Reader;

use self::progress::WaitingProgress;
use self::toml_lines::ConfigLine;
use super::list::configured_desk;
use super::{Globals, print, runtime};

/// Arguments of `check`.
#[derive(clap::Args)]
pub struct Args {
    /// Also log in to every mailbox and mail server, and report what they support
    #[arg(long)]
    connect: bool,
    /// Also send each desk test e-mails from itself, find them in its mailbox, report how they arrived, and remove them
    #[arg(long, requires = "connect")]
    probe: bool,
    /// How long to wait for a test e-mail, in seconds
    #[arg(long, requires = "probe", default_value_t = 60, value_name = "SECONDS",
          value_parser = clap::value_parser!(u64).range(1..=3_600))]
    probe_wait: u64,
    /// Probe this desk only
    #[arg(long, requires = "probe", value_name = "KEY")]
    desk: Option<String>,
    /// How long one server may take, in seconds
    #[arg(long, requires = "connect", default_value_t = 60, value_name = "SECONDS",
          value_parser = clap::value_parser!(u64).range(1..=600))]
    timeout: u64,
    /// Only print the texts that each desk sends to customers, and that [desk.KEY.texts] may replace
    #[arg(long, conflicts_with = "connect")]
    texts: bool,
}

/// The result of checking one desk, mailbox or transport.
#[derive(Debug, Default, Serialize)]
struct Finding {
    what: String,
    ok: bool,
    details: Vec<String>,
    /// What works now but will cause trouble.
    warnings: Vec<String>,
    /// Suggested lines for the configuration.
    #[serde(skip)]
    config: Vec<ConfigLine>,
    /// The result as data, for `--json`; None where only the configuration was checked.
    #[serde(skip_serializing_if = "Option::is_none")]
    facts: Option<Value>,
}

impl Finding {
    fn fine(what: String, details: Vec<String>) -> Self {
        Self { what, ok: true, details, ..Self::default() }
    }

    fn failed(what: String, why: String) -> Self {
        Self { what, ok: false, details: vec![why], ..Self::default() }
    }
}

/// Checks, and prints all results. The exit code is 1 if a server cannot be used; a mistake in the configuration is an error.
pub fn run(globals: &Globals, args: &Args) -> anyhow::Result<ExitCode> {
    let loaded = globals.load()?;
    let settings = &loaded.settings;
    if args.texts {
        return texts::print_texts(globals, settings);
    }
    let keys = desks(settings).map(|desk| &desk.key);
    let probed = args.desk.as_deref().map(|key| configured_desk(keys, key)).transpose()?;
    let mut findings: Vec<Finding> = desks(settings).map(|desk| summary::describe_desk(desk, settings)).collect();
    findings.extend(
        loaded
            .unusable
            .iter()
            .map(|unusable| Finding::failed(format!("mailbox {}", unusable.mailbox), unusable.problem.to_string())),
    );
    if args.connect {
        let runtime = runtime()?;
        findings.extend(runtime.block_on(ask_servers(settings, args, probed.as_ref())));
        // Do not wait for DNS look-ups that are still running.
        runtime.shutdown_background();
    } else {
        findings.extend(settings.mailboxes.iter().map(|m| Finding::fine(summary::mailbox_title(m), Vec::new())));
        findings.extend(settings.transports.iter().map(|t| Finding::fine(summary::transport_title(t), Vec::new())));
    }
    let mut warnings: Vec<String> = loaded.warnings.iter().map(ToString::to_string).collect();
    // Of files with passwords the warnings of the configuration tell.
    let keys = daemon::exposed(&settings.state_dir, &[]);
    warnings.extend(
        keys.iter().map(|keys| {
            format!("{}: every user of this machine can read the keys; run chmod o= on it", keys.display())
        }),
    );
    findings.extend(brackets(settings));
    let (stranded, left) = orphans(settings)?;
    findings.extend(stranded);
    warnings.extend(left);
    let ok = findings.iter().all(|finding| finding.ok);
    let config: Vec<ConfigLine> = findings.iter_mut().flat_map(|finding| finding.config.drain(..)).collect();
    if globals.json {
        let object = serde_json::json!({ "ok": ok, "findings": findings, "warnings": warnings, "config": config });
        print::json(&object)?;
    } else {
        report(&findings, &warnings)?;
        if args.connect && !args.probe {
            hanging(
                "note",
                "clocks, plus addresses and Authentication-Results can only be checked with test e-mails: see --probe",
            )?;
        }
        if !config.is_empty() {
            print::text(&format!("\nSuggested for the configuration:\n\n{}", toml_lines::written(&config)))?;
        }
    }
    Ok(if ok { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// What of the stored mail and requests belongs to nothing of the settings: what refuses them, and what only warns. Nothing where
/// there is no database yet.
fn orphans(settings: &Settings) -> anyhow::Result<(Vec<Finding>, Vec<String>)> {
    let database = settings.state_dir.join(DATABASE);
    if !database.is_file() {
        let nearby = daemon::desk_nearby(&settings.state_dir).map(|other| {
            let (folder, other) = (settings.state_dir.display(), other.display());
            format!("state_dir: {folder} holds no database, so a start makes a new one with numbers from 1; if {other} is meant, correct state_dir")
        });
        return Ok((Vec::new(), nearby.into_iter().collect()));
    }
    let reader = match Reader::open(&database) {
        Ok(reader) => reader,
        Err(error) => return Ok((Vec::new(), vec![format!("not compared with the database: {error}")])),
    };
    let (mut refused, mut warnings) = (Vec::new(), Vec::new());
    for orphan in flow::orphans(reader.view(), settings, true, now())? {
        if orphan.is_stranded && !settings.accept_orphans {
            let remedy = format!("{}; or accept_orphans = true", orphan.remedy);
            let details = vec![orphan.problem, remedy];
            refused.push(Finding { what: orphan.about, details, ..Finding::default() });
        } else {
            warnings.push(orphan.to_string());
        }
    }
    Ok((refused, warnings))
}

/// The brackets that engineers' mail programs or servers seem to write into their mail, as lines for the configuration. Nothing where
/// there is no database that can be read.
fn brackets(settings: &Settings) -> Vec<Finding> {
    let database = settings.state_dir.join(DATABASE);
    let Ok(reader) = Reader::open(&database) else { return Vec::new() };
    let proposed = |desk: &Desk| {
        let seen = flow::frequent_brackets(&reader.view(), desk).ok().filter(|seen| !seen.is_empty())?;
        let quoted = |word: &String| toml_lines::text(&print::clean(word));
        let words: Vec<String> =
            desk.ignored_brackets.iter().chain(seen.iter().map(|(word, _)| word)).map(quoted).collect();
        let told: Vec<String> = seen.iter().map(|(word, n)| format!("[{word}] {n} times")).collect();
        let why = format!("engineers typed no tag so, or their server writes it: {}", print::clean(&told.join(", ")));
        let line =
            ConfigLine::new("desk", desk.key.as_str(), format!("ignored_brackets = [{}]", words.join(", ")), why);
        Some(Finding {
            config: vec![line],
            ..Finding::fine(format!("desk {}: brackets that are no tags", desk.key), told)
        })
    };
    desks(settings).filter_map(proposed).collect()
}

/// The desks under the keys that they have now.
fn desks(settings: &Settings) -> impl Iterator<Item = &Desk> + Clone {
    settings.desks.iter().filter(|desk| desk.renamed_to.is_none())
}

async fn ask_servers(settings: &Settings, args: &Args, only: Option<&DeskKey>) -> Vec<Finding> {
    let limit = Duration::from_secs(args.timeout);
    let progress = WaitingProgress::start();
    let mut findings = connect::ask_all(settings, limit, &progress).await;
    if args.probe {
        let desks = desks(settings).filter(|desk| only.is_none_or(|key| desk.key == *key));
        for desk in desks {
            let patience = probe::Patience { step: limit, arrival: Duration::from_secs(args.probe_wait) };
            findings.push(probe::probe(settings, desk, patience, &progress).await);
        }
    }
    progress.end();
    findings
}

fn report(findings: &[Finding], warnings: &[String]) -> anyhow::Result<()> {
    for finding in findings {
        let verdict = if finding.ok { "ok     " } else { "FAILED " };
        hanging(verdict, &finding.what)?;
        for detail in &finding.details {
            hanging("", detail)?;
        }
        for warning in &finding.warnings {
            hanging("warning", warning)?;
        }
    }
    for warning in warnings {
        hanging("warning", warning)?;
    }
    Ok(())
}

/// Prints a text in a column after its verdict; on a terminal, wrapped lines stay in that column.
fn hanging(verdict: &str, text: &str) -> anyhow::Result<()> {
    print::hanging(&format!("{verdict:8}"), &print::clean(text))
}

fn now() -> Timestamp {
    Timestamp::from(jiff::Timestamp::now())
}
