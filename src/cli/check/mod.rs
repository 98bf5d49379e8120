//! `check`: what the configuration says, with `--connect` what the servers say to it, and with `--probe` what becomes of a letter.

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

use crate::model::settings::Settings;
use crate::model::{DeskKey, Timestamp};

use self::progress::WaitingProgress;
use self::toml_lines::ConfigLine;
use super::{Globals, print, runtime};

/// What `check` takes.
#[derive(clap::Args)]
pub struct Args {
    /// Also log in to every mailbox and mail server, and say what they can do
    #[arg(long)]
    connect: bool,
    /// Also send each desk letters from itself, find them in its mailbox, say what became of them, and remove them
    #[arg(long, requires = "connect")]
    probe: bool,
    /// How long to wait for such a letter, in seconds
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
    /// Instead, print what each desk writes to customers, as texts that [desk.KEY.texts] may replace
    #[arg(long, conflicts_with = "connect")]
    texts: bool,
}

/// What was found out about one thing.
#[derive(Debug, Default, Serialize)]
struct Finding {
    what: String,
    ok: bool,
    details: Vec<String>,
    /// What works and will make trouble.
    warnings: Vec<String>,
    /// What follows for the configuration.
    #[serde(skip)]
    config: Vec<ConfigLine>,
    /// The same as data.
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

/// Checks. Fails if the configuration has a mistake or a server cannot be used.
pub fn run(globals: &Globals, args: &Args) -> anyhow::Result<ExitCode> {
    let loaded = globals.load()?;
    let settings = &loaded.settings;
    if args.texts {
        return texts::print_texts(globals, settings);
    }
    let probed = args.desk.as_deref().map(|key| known_desk(settings, key)).transpose()?;
    let mut findings: Vec<Finding> = settings.desks.iter().map(|desk| summary::describe_desk(desk, settings)).collect();
    findings.extend(
        loaded
            .unusable
            .iter()
            .map(|unusable| Finding::failed(format!("mailbox {}", unusable.mailbox), unusable.problem.to_string())),
    );
    if args.connect {
        let runtime = runtime()?;
        findings.extend(runtime.block_on(ask_servers(settings, args, probed.as_ref())));
        // A name that is still being looked up keeps nobody waiting.
        runtime.shutdown_background();
    } else {
        findings.extend(settings.mailboxes.iter().map(|m| Finding::fine(summary::mailbox_title(m), Vec::new())));
        findings.extend(settings.transports.iter().map(|t| Finding::fine(summary::transport_title(t), Vec::new())));
    }
    let warnings: Vec<String> = loaded.warnings.iter().map(ToString::to_string).collect();
    let ok = findings.iter().all(|finding| finding.ok);
    let config: Vec<ConfigLine> = findings.iter_mut().flat_map(|finding| finding.config.drain(..)).collect();
    if globals.json {
        let object = serde_json::json!({ "ok": ok, "findings": findings, "warnings": warnings, "config": config });
        print::json(&object)?;
    } else {
        report(&findings, &warnings)?;
        if args.connect && !args.probe {
            hanging("note", "clocks, plus addresses and Authentication-Results show only in a letter: see --probe")?;
        }
        if !config.is_empty() {
            print::text(&format!("\nWhat follows for the configuration:\n\n{}", toml_lines::written(&config)))?;
        }
    }
    Ok(if ok { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

async fn ask_servers(settings: &Settings, args: &Args, only: Option<&DeskKey>) -> Vec<Finding> {
    let limit = Duration::from_secs(args.timeout);
    let progress = WaitingProgress::start();
    let mut findings = connect::ask_all(settings, limit, &progress).await;
    if args.probe {
        let desks = settings.desks.iter().filter(|desk| only.is_none_or(|key| desk.key == *key));
        for desk in desks {
            let patience = probe::Patience { step: limit, arrival: Duration::from_secs(args.probe_wait) };
            findings.push(probe::probe(settings, desk, patience, &progress).await);
        }
    }
    progress.end();
    findings
}

fn known_desk(settings: &Settings, key: &str) -> anyhow::Result<DeskKey> {
    let keys = || settings.desks.iter().map(|desk| &desk.key);
    match keys().find(|known| known.as_str().eq_ignore_ascii_case(key)) {
        Some(known) => Ok(known.clone()),
        None => {
            let keys: Vec<&str> = keys().map(DeskKey::as_str).collect();
            anyhow::bail!("no desk {key:?}; there are: {}", keys.join(", "))
        }
    }
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

/// A line under its verdict; what a terminal has no room for goes on below the words.
fn hanging(verdict: &str, text: &str) -> anyhow::Result<()> {
    print::hanging(&format!("{verdict:8}"), &print::clean(text))
}

fn now() -> Timestamp {
    Timestamp::from(jiff::Timestamp::now())
}
