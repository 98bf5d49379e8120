//! `list`: lists requests by what they have in common, the last changed first.

use std::process::ExitCode;

use anyhow::Context as _;
use clap::builder::{PossibleValuesParser, TypedValueParser as _};
use jiff::civil::Date;
use serde::de::DeserializeOwned;
use strum::VariantNames as _;

use crate::config::{self, ProcessContext};
use crate::model::{DeskKey, Kind, Phase, Place, Priority, ShortName, Status};
use crate::store::{RequestFilter, RequestOrder, View};

use super::run::system_clock;
use super::search::beginning_of;
use super::{Globals, print};

/// Arguments of `list`.
#[derive(clap::Args)]
#[command(after_help = "Several options narrow the list together. A list that is cut says so on standard error.")]
pub struct Args {
    /// Only requests whose number, subject or requester contains these words
    words: Option<String>,
    /// Only requests of this desk, by its key
    #[arg(long, value_name = "KEY")]
    desk: Option<String>,
    /// Only requests that are neither answered nor closed
    #[arg(long, conflicts_with = "phase")]
    open: bool,
    /// Only requests in this phase: new, open, waiting, planned, completed, closed; may be given several times
    #[arg(long, value_parser = read::<Phase>)]
    phase: Vec<Phase>,
    /// Only requests with this status, by its name in the configuration
    #[arg(long)]
    status: Option<String>,
    /// Only requests of this kind: incident, problem, 'service request', 'change request'
    #[arg(long, value_parser = read::<Kind>)]
    kind: Option<Kind>,
    /// Only requests of this priority: low, normal, high, critical
    #[arg(long, value_parser = read::<Priority>)]
    priority: Option<Priority>,
    /// Only requests of this engineer, by the name of their table
    #[arg(long, value_name = "NAME", conflicts_with = "unassigned")]
    assignee: Option<String>,
    /// Only requests of nobody
    #[arg(long)]
    unassigned: bool,
    /// Only requests that were passed on to this line
    #[arg(long, value_name = "NUMBER")]
    line: Option<u8>,
    /// Only requests that were passed on to this team
    #[arg(long, value_name = "NAME", conflicts_with = "line")]
    team: Option<String>,
    /// Only requests whose requester's address contains this
    #[arg(long, value_name = "ADDRESS")]
    requester: Option<String>,
    /// Only requests whose next deadline is over
    #[arg(long)]
    overdue: bool,
    /// Only requests opened on this day or later
    #[arg(long, value_name = "DAY")]
    since: Option<Date>,
    /// The order: the last changed or opened first, by number, or the most urgent first
    #[arg(long, default_value = "changed", value_parser = PossibleValuesParser::new(RequestOrder::VARIANTS).try_map(|name| name.parse::<RequestOrder>()))]
    sort: RequestOrder,
    #[command(flatten)]
    cut: ListLength,
}

/// How long a list may be.
#[derive(clap::Args)]
pub struct ListLength {
    /// How many at most
    #[arg(long, default_value_t = 50, value_name = "N")]
    limit: u32,
    /// All of them
    #[arg(long, conflicts_with = "limit")]
    all: bool,
}

impl ListLength {
    /// How many are listed at most.
    pub fn most(&self) -> u32 {
        if self.all { u32::MAX } else { self.limit }
    }

    /// Says on standard error that a list is cut, where it is.
    pub fn note(&self, shown: usize, in_all: u64, thing: &str) {
        if (shown as u64) < in_all {
            eprintln!(
                "maildesk: {shown} of {} are shown; --all shows all, --limit N so many",
                print::count(in_all, thing)
            );
        }
    }
}

/// The name in the store of what people write in words: `need info` is `need_info`.
fn named(text: &str) -> String {
    text.trim().to_lowercase().replace(' ', "_")
}

/// Reads a phase, kind or priority, in words or as JSON names it.
fn read<T: DeserializeOwned>(text: &str) -> Result<T, String> {
    serde_json::from_value(named(text).into()).map_err(|error| error.to_string().replace('`', "\""))
}

impl Args {
    fn filter(&self, desk: Option<DeskKey>) -> anyhow::Result<RequestFilter> {
        let team = self.team.as_deref().map(ShortName::parse).transpose()?.map(Place::Team);
        let open = [Phase::New, Phase::Open, Phase::Waiting, Phase::Planned];
        Ok(RequestFilter {
            desk: desk.map(|desk| desk.to_string()),
            words: self.words.clone(),
            phases: if self.open { open.to_vec() } else { self.phase.clone() },
            status: self.status.as_ref().map(|text| Status::try_from(named(text))).transpose()?,
            kind: self.kind,
            priority: self.priority,
            assignee: self.assignee.as_deref().map(ShortName::parse).transpose()?,
            is_unassigned: self.unassigned,
            place: self.line.map(Place::Line).or(team),
            requester: self.requester.clone(),
            overdue_at: self.overdue.then(|| system_clock()()),
            since: self.since.map(beginning_of).transpose()?,
        })
    }
}

/// Lists requests.
pub fn run(globals: &Globals, args: &Args) -> anyhow::Result<ExitCode> {
    let reader = globals.reader()?;
    let view = reader.view();
    let desk = args.desk.as_ref().map(|key| known_desk(globals, view, key)).transpose()?;
    let filter = args.filter(desk)?;
    let requests = view.listed_requests(&filter, args.sort, args.cut.most())?;
    globals.list(&requests, &["REQUEST", "STATUS", "ASSIGNEE", "CHANGED", "REQUESTER", "SUBJECT"], |r| {
        vec![
            r.number.to_string(),
            r.status.to_string(),
            r.assignee.as_ref().map(ToString::to_string).unwrap_or_default(),
            print::brief(r.changed_at),
            r.requester.clone(),
            r.subject.clone(),
        ]
    })?;
    args.cut.note(requests.len(), view.listed_requests_in_all(&filter)?, "request");
    Ok(ExitCode::SUCCESS)
}

/// The desk with this key in upper or lower case: a configured one, or a former one that still has requests.
pub fn known_desk(globals: &Globals, view: View<'_>, text: &str) -> anyhow::Result<DeskKey> {
    let configured = config::desk_keys(globals.config_path(), &ProcessContext::of_process())?;
    match DeskKey::parse(text) {
        Ok(key) if !view.requests(Some(key.as_str()), None, 1)?.is_empty() => Ok(key),
        _ => configured_desk(configured.iter(), text),
    }
}

/// The configured desk with this key in upper or lower case.
pub fn configured_desk<'k>(keys: impl Iterator<Item = &'k DeskKey> + Clone, text: &str) -> anyhow::Result<DeskKey> {
    let known = keys.clone().find(|key| key.as_str().eq_ignore_ascii_case(text));
    known.cloned().with_context(|| {
        let names: Vec<&str> = keys.map(DeskKey::as_str).collect();
        format!("there is no desk {text:?}; there are: {}", names.join(", "))
    })
}
