//! `outbox`: lists the e-mails we send with their delivery states, shows one, or sends one again.

use std::process::ExitCode;

use anyhow::{Context as _, bail};
use clap::Subcommand;
use clap::builder::{PossibleValuesParser, TypedValueParser as _};
use jiff::civil::Date;
use serde_json::json;
use strum::VariantNames as _;

use crate::flow;
use crate::model::{DeskKey, LetterId, LetterState};
use crate::store::{LetterFilter, LetterRow};

use super::list::ListLength;
use super::run::system_clock;
use super::search::beginning_of;
use super::{Globals, print, request_number, runtime};

/// Arguments of `outbox`.
#[derive(clap::Args)]
pub struct Args {
    #[command(subcommand)]
    action: Option<Action>,
    /// Only e-mails in this state
    #[arg(long, value_parser = PossibleValuesParser::new(LetterState::VARIANTS).try_map(|name| name.parse::<LetterState>()))]
    state: Option<LetterState>,
    /// Only e-mails to addresses that contain this
    #[arg(long, value_name = "ADDRESS")]
    to: Option<String>,
    /// Only e-mails about this request
    #[arg(long, value_name = "NUMBER")]
    request: Option<String>,
    /// Only e-mails written on this day or later
    #[arg(long, value_name = "DAY")]
    since: Option<Date>,
    #[command(flatten)]
    cut: ListLength,
}

#[derive(Subcommand)]
enum Action {
    /// Print an e-mail as it is sent
    Show {
        /// The e-mail's number, as `outbox` prints it
        number: i64,
    },
    /// Cancel an e-mail that waits and was never tried, or that failed: it is not sent
    Cancel {
        /// The e-mail's number, as `outbox` prints it
        number: i64,
    },
    /// Send an e-mail that failed again, or a waiting one now; or all that failed
    Retry {
        /// The e-mail's number, as `outbox` prints it
        #[arg(required_unless_present = "failed", conflicts_with = "failed")]
        number: Option<i64>,
        /// All e-mails that failed
        #[arg(long)]
        failed: bool,
        /// Of these only those of desks that send by this transport
        #[arg(long, value_name = "NAME", requires = "failed")]
        transport: Option<String>,
    },
}

/// Lists e-mails, or acts on one.
pub fn run(globals: &Globals, args: &Args) -> anyhow::Result<ExitCode> {
    match &args.action {
        None => list(globals, args)?,
        Some(Action::Show { number }) => show(globals, LetterId(*number))?,
        Some(Action::Cancel { number }) => cancel(globals, LetterId(*number))?,
        Some(Action::Retry { number: Some(number), .. }) => retry(globals, LetterId(*number))?,
        Some(Action::Retry { transport, .. }) => retry_failed(globals, transport.as_deref())?,
    }
    Ok(ExitCode::SUCCESS)
}

/// Prints the bytes as they are sent; as JSON, what the e-mail was made from, and those bytes as text.
fn show(globals: &Globals, id: LetterId) -> anyhow::Result<()> {
    let reader = globals.reader()?;
    if let Some(at) = reader.view().letter_row(id)?.and_then(|row| row.erased_at) {
        if globals.json {
            return print::json(&json!({ "id": id, "erased_at": at }));
        }
        return print::text(&format!("e-mail {id}: {}", print::erased(at)));
    }
    let letter = reader.view().letter(id)?.with_context(|| format!("there is no e-mail {id}"))?;
    let raw = flow::render(reader.view(), &letter)?;
    if globals.json {
        return print::json(&json!({ "id": id, "email": letter, "raw": String::from_utf8_lossy(&raw) }));
    }
    print::bytes(&raw)
}

fn list(globals: &Globals, args: &Args) -> anyhow::Result<()> {
    let filter = LetterFilter {
        state: args.state,
        recipient: args.to.clone(),
        request: args.request.as_deref().map(request_number).transpose()?,
        since: args.since.map(beginning_of).transpose()?,
    };
    let reader = globals.reader()?;
    let letters = reader.view().listed_letters(&filter, args.cut.most())?;
    globals.list(&letters, &["E-MAIL", "REQUEST", "KIND", "TO", "STATE"], |l| {
        vec![l.id.to_string(), print::number(l.request.as_ref()), l.kind.to_string(), l.recipient.clone(), state(l)]
    })?;
    args.cut.note(letters.len(), reader.view().listed_letters_in_all(&filter)?, "e-mail");
    Ok(())
}

/// An e-mail's state with its time, tries and the server's answer: `due 11-21 09:30 after 2 tries: 450 4.2.1 try later`.
fn state(letter: &LetterRow) -> String {
    let at = print::brief(letter.ended_at.unwrap_or(letter.due_at));
    let tries = match letter.attempts {
        0 | 1 => String::new(),
        more => format!(" after {more} tries"),
    };
    let answer = if letter.answer.is_empty() { String::new() } else { format!(": {}", letter.answer) };
    let erased = if letter.erased_at.is_some() { ", content erased" } else { "" };
    format!("{} {at}{tries}{answer}{erased}", letter.state)
}

/// Cancels an e-mail. One that a server may have taken cannot be called back.
fn cancel(globals: &Globals, id: LetterId) -> anyhow::Result<()> {
    let store = globals.store()?;
    if !runtime()?.block_on(store.write(move |tx| tx.cancel_for_operator(id)))? {
        bail!("there is no e-mail {id} that waits untried or has failed (see `maildesk outbox`)");
    }
    print::text(&format!("e-mail {id} is cancelled; its reader gets nothing, and its request is as it was"))
}

/// Makes an e-mail due now. Works beside a running daemon, which sends it at its next rescan.
fn retry(globals: &Globals, id: LetterId) -> anyhow::Result<()> {
    let store = globals.store()?;
    if let Some(at) = globals.reader()?.view().letter_row(id)?.and_then(|row| row.erased_at) {
        bail!("e-mail {id} cannot be sent again: {}", print::erased(at));
    }
    let now = system_clock()();
    if !runtime()?.block_on(store.write(move |tx| tx.retry_letter(id, now)))? {
        bail!("there is no waiting or failed e-mail {id} (see `maildesk outbox`)");
    }
    print::text(&format!(
        "e-mail {id} is due now; a running daemon sends it within half a minute, otherwise run `maildesk once`"
    ))
}

/// Makes all failed e-mails due now, of all transports or of one.
fn retry_failed(globals: &Globals, transport: Option<&str>) -> anyhow::Result<()> {
    let settings = globals.load()?.settings;
    if let Some(name) = transport.filter(|name| !settings.transports.iter().any(|known| known.name == *name)) {
        bail!("there is no transport {name}");
    }
    let desks = settings.desks.into_iter().filter(|desk| transport.is_none_or(|name| desk.transport == name));
    let desks: Vec<DeskKey> = desks.map(|desk| desk.key).collect();
    let (store, now) = (globals.store()?, system_clock()());
    let count = runtime()?.block_on(store.write(move |tx| tx.retry_failed(&desks, now)))?;
    print::text(&format!(
        "{} due now; a running daemon sends within half a minute, otherwise run `maildesk once`",
        print::count(count as u64, "failed e-mail")
    ))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{LetterKind, Timestamp};

    #[test]
    fn a_state_says_what_became_of_an_email() {
        let at = Timestamp::from_unix(1_600_000_000);
        let waiting = LetterRow {
            id: LetterId(1),
            request: None,
            kind: LetterKind::Notice,
            recipient: "ivan@example.com".to_owned(),
            state: LetterState::Due,
            attempts: 2,
            resent: 0,
            created_at: at,
            due_at: at,
            ended_at: None,
            answer: "450 later".to_owned(),
            message_id: "a@b".to_owned(),
            erased_at: None,
        };
        assert_eq!(state(&waiting), "due 2020-09-13 after 2 tries: 450 later");
        let sent = LetterRow { state: LetterState::Sent, attempts: 1, answer: String::new(), ..waiting };
        assert_eq!(state(&sent), "sent 2020-09-13");
    }
}
