//! `list`: lists requests, the last changed first.

use std::process::ExitCode;

use anyhow::Context as _;

use crate::config::{self, ProcessContext};
use crate::model::DeskKey;
use crate::store::View;

use super::{Globals, print};

/// Arguments of `list`.
#[derive(clap::Args)]
pub struct Args {
    /// Only requests whose number, subject or requester contains these words
    words: Option<String>,
    /// Only requests of this desk, by its key
    #[arg(long, value_name = "KEY")]
    desk: Option<String>,
    /// How many at most
    #[arg(long, default_value_t = 50, value_name = "N")]
    limit: u32,
}

/// Lists requests.
pub fn run(globals: &Globals, args: &Args) -> anyhow::Result<ExitCode> {
    let reader = globals.reader()?;
    let view = reader.view();
    let desk = args.desk.as_ref().map(|key| known_desk(globals, view, key)).transpose()?;
    let requests = view.requests(desk.as_ref().map(DeskKey::as_str), args.words.as_deref(), args.limit)?;
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
