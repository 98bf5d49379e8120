//! `received`: lists every message that was ever seen with its disposition; shows, exports or replays one.

use std::io::IsTerminal as _;
use std::process::ExitCode;
use std::str::FromStr as _;

use anyhow::{Context as _, bail};
use clap::Subcommand;
use clap::builder::{PossibleValuesParser, TypedValueParser};
use jiff::civil::Date;
use serde_json::json;
use strum::VariantNames as _;

use crate::model::{Disposition, ReceivedId};
use crate::store::{MessageFilter, ReceivedFilter, ReceivedState};

use super::list::ListLength;
use super::search::beginning_of;
use super::show::message_lines;
use super::{Globals, print, runtime};

/// Arguments of `received`.
#[derive(clap::Args)]
pub struct Args {
    #[command(subcommand)]
    action: Option<Action>,
    /// Only messages with this disposition
    #[arg(long, value_parser = filter())]
    disposition: Option<ReceivedFilter>,
    /// Only messages whose sender or subject contains these words
    #[arg(long, value_name = "WORDS")]
    about: Option<String>,
    /// Only messages of this mailbox
    #[arg(long, value_name = "NAME")]
    mailbox: Option<String>,
    /// Only messages accepted on this day or later
    #[arg(long, value_name = "DAY")]
    since: Option<Date>,
    #[command(flatten)]
    cut: ListLength,
}

#[derive(Subcommand)]
enum Action {
    /// Show a message's disposition with its reasons, its defects and its files
    Show {
        /// The message's number, as `received` prints it
        message: i64,
    },
    /// Write a raw message to standard output, as it was fetched
    Export {
        /// The message's number, as `received` prints it
        message: i64,
    },
    /// Queue a quarantined message to be handled again
    Replay {
        /// The message's number, as `received` prints it
        message: i64,
    },
    /// Make each message that a flood has added to a request a request of its own, with a number and an acknowledgement
    Split {
        /// The request's number: OTK-1042
        request: String,
    },
}

/// Parses the name of a state or disposition.
fn filter() -> impl TypedValueParser<Value = ReceivedFilter> {
    PossibleValuesParser::new(ReceivedState::VARIANTS.iter().chain(Disposition::VARIANTS)).try_map(|name| {
        let state = ReceivedState::from_str(&name).map(ReceivedFilter::State);
        state.or_else(|_| Disposition::from_str(&name).map(ReceivedFilter::Disposition))
    })
}

/// Lists messages, or acts on one.
pub fn run(globals: &Globals, args: &Args) -> anyhow::Result<ExitCode> {
    match &args.action {
        None => list(globals, args)?,
        Some(Action::Show { message }) => show(globals, ReceivedId(*message))?,
        Some(Action::Export { message }) => {
            let raw = globals
                .reader()?
                .view()
                .raw(ReceivedId(*message))
                .with_context(|| format!("the raw bytes of message {message} are not stored"))?;
            print::bytes(&raw)?;
        }
        Some(Action::Replay { message }) => replay(globals, ReceivedId(*message))?,
        Some(Action::Split { request }) => split(globals, request)?,
    }
    Ok(ExitCode::SUCCESS)
}

fn list(globals: &Globals, args: &Args) -> anyhow::Result<()> {
    let reader = globals.reader()?;
    let filter = MessageFilter {
        words: args.about.clone(),
        mailbox: args.mailbox.clone(),
        since: args.since.map(beginning_of).transpose()?,
        ..MessageFilter::of(args.disposition)
    };
    let messages = reader.view().listed_messages(&filter, args.cut.most())?;
    let headings = ["MESSAGE", "ACCEPTED", "MAILBOX", "FROM", "DISPOSITION", "REQUEST", "SUBJECT"];
    globals.list(&messages, &headings, |m| {
        vec![
            m.id.to_string(),
            print::brief(m.accepted_at),
            m.mailbox.clone(),
            m.sender.clone(),
            m.outcome(),
            m.request.as_ref().map(ToString::to_string).unwrap_or_default(),
            m.subject.clone(),
        ]
    })?;
    args.cut.note(messages.len(), reader.view().listed_messages_in_all(&filter)?, "message");
    if !globals.json && std::io::stdout().is_terminal() {
        let counts = reader.view().received_counts()?;
        let counts: Vec<String> = counts.iter().map(|(state, count)| format!("{count} {state}")).collect();
        print::text(&format!("\nIn all: {}", counts.join(", ")))?;
    }
    Ok(())
}

fn show(globals: &Globals, id: ReceivedId) -> anyhow::Result<()> {
    let reader = globals.reader()?;
    let message = reader.view().received_one(id)?.with_context(|| format!("there is no message {id}"))?;
    let files = reader.view().attachments(id)?;
    if globals.json {
        return print::json(&json!({ "message": message, "attachments": files }));
    }
    print::report(&message_lines(&message, &files).join("\n"))
}

/// Queues a quarantined message. Works beside a running daemon, which handles it at its next rescan.
fn replay(globals: &Globals, id: ReceivedId) -> anyhow::Result<()> {
    let store = globals.store()?;
    if !runtime()?.block_on(store.write(move |tx| tx.replay(id)))? {
        bail!("there is no quarantined message {id} (see `maildesk received --disposition quarantined`)");
    }
    print::text(&format!(
        "message {id} is queued again; a running daemon handles it within half a minute, otherwise run `maildesk once`"
    ))
}

/// Queues the messages of a flood to be handled again, each as a request of its own.
fn split(globals: &Globals, request: &str) -> anyhow::Result<()> {
    let number = super::request_number(request)?;
    let (store, flooded) = (globals.store()?, number.clone());
    let count = runtime()?.block_on(store.write(move |tx| tx.split_flood(&flooded)))?;
    if count == 0 {
        bail!("no flood has added messages to {number}, or they are requests of their own already");
    }
    print::text(&format!(
        "{count} messages of {number} are queued again, each to be a request of its own; a running daemon handles them within \
         half a minute, otherwise run `maildesk once`"
    ))
}
