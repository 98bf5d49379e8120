//! `demo`: plays two example desks in a temporary folder, one of them with an engineer, then five whole support processes.
//! Maildirs replace IMAP and files replace SMTP; everything else works as in an installation.

mod processes;
mod steering;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context as _, bail};

use crate::config::{self, ProcessContext};
use crate::daemon::{DATABASE, Daemon};
use crate::flow;
use crate::mail::parse;
use crate::model::{Disposition, LetterId, RequestNumber};
use crate::store::{LetterRow, Reader, View};

use super::run::system_clock;
use super::show::file_summary;
use super::{Globals, print, runtime};

/// Arguments of `demo`.
#[derive(clap::Args)]
pub struct Args {
    /// Use this folder, which must not exist yet, instead of a new temporary one
    #[arg(long, value_name = "DIR")]
    folder: Option<PathBuf>,
}

/// A message to be put into a demo mailbox.
struct Delivery {
    mailbox: &'static str,
    name: &'static str,
    raw: &'static [u8],
    /// The recipient of the acknowledgement that it answers, whose Message-ID replaces `LETTER-ID` in it; None for a new
    /// message.
    answers: Option<&'static str>,
}

macro_rules! delivery {
    ($mailbox:literal, $name:literal, $answers:expr) => {
        Delivery {
            mailbox: $mailbox,
            name: $name,
            raw: include_bytes!(concat!("../../../fixtures/demo/", $name)),
            answers: $answers,
        }
    };
}

/// The width of the output in columns.
const WIDTH: usize = 80;

const CONFIG: &str = include_str!("../../../fixtures/demo/maildesk.toml");

/// The messages of the first pass.
const FIRST: [Delivery; 6] = [
    delivery!("crm", "crm-1-screenshot.eml", None),
    delivery!("crm", "crm-2-log.eml", None),
    delivery!("crm", "crm-3-vacation.eml", None),
    delivery!("crm", "crm-4-newsletter.eml", None),
    delivery!("booking", "booking-1-log.eml", None),
    delivery!("booking", "booking-2-broken.eml", None),
];

/// The messages of the second pass, after the first e-mails were sent.
const LATER: [Delivery; 3] = [
    delivery!("crm", "later-crm-reply.eml", Some("anna@shop.example")),
    delivery!("crm", "later-crm-stranger.eml", None),
    delivery!("booking", "later-booking-bounce.eml", Some("dispatch@bus.example")),
];

/// Plays the demo and prints its results.
pub fn run(_globals: &Globals, args: &Args) -> anyhow::Result<ExitCode> {
    let folder = match &args.folder {
        Some(folder) => folder.clone(),
        None => std::env::temp_dir().join(format!("maildesk-demo-{}", std::process::id())),
    };
    fs::create_dir(&folder).with_context(|| format!("cannot make the folder {}", folder.display()))?;
    let folder = folder.canonicalize()?;
    let config = folder.join("maildesk.toml");
    fs::write(&config, CONFIG)?;
    for mailbox in ["crm", "booking"] {
        mailbox_at(&folder.join(mailbox))?;
    }
    deliver(&folder, &FIRST, &[])?;
    pass(&config)?;
    let letters = reader(&folder)?.view().letters(None, 100)?;
    deliver(&folder, &LATER, &letters)?;
    // A message is delivered twice, as by a server that was restored from a backup.
    let again = &FIRST[0];
    fs::write(folder.join(again.mailbox).join("new").join("redelivered.eml"), again.raw)?;
    pass(&config)?;
    report(&folder)?;
    steering::play(&folder, &config)?;
    processes::play(&folder)?;
    print::text(&next_steps(&folder, reader(&folder)?.view())?)?;
    Ok(ExitCode::SUCCESS)
}

/// An empty Maildir.
fn mailbox_at(folder: &Path) -> anyhow::Result<()> {
    for part in ["new", "cur", "tmp"] {
        fs::create_dir_all(folder.join(part))?;
    }
    Ok(())
}

/// Puts messages into the Maildirs.
fn deliver(folder: &Path, deliveries: &[Delivery], letters: &[LetterRow]) -> anyhow::Result<()> {
    for delivery in deliveries {
        let mut raw = delivery.raw.to_vec();
        if let Some(recipient) = delivery.answers {
            let letter = letters.iter().find(|letter| letter.recipient == recipient);
            let letter = letter.with_context(|| format!("no e-mail was sent to {recipient}"))?;
            raw = String::from_utf8(raw)?.replace("LETTER-ID", &letter.message_id).into_bytes();
        }
        fs::write(folder.join(delivery.mailbox).join("new").join(delivery.name), raw)?;
    }
    Ok(())
}

/// One pass of the daemon, as `maildesk once` does it.
fn pass(config: &Path) -> anyhow::Result<()> {
    let settings = config::load(config, &ProcessContext::of_process(), crate::cli::GRAMMAR)?.settings;
    let program = std::env::current_exe()?;
    let pass = runtime()?.block_on(async {
        let daemon = Daemon::open(settings, system_clock(), &program).await?;
        let pass = daemon.pass().await?;
        daemon.close().await?;
        anyhow::Ok(pass)
    })?;
    for (name, result) in pass.mailboxes {
        if let Err(error) = result {
            bail!("mailbox {name}: {error}");
        }
    }
    Ok(())
}

fn reader(folder: &Path) -> anyhow::Result<Reader> {
    Ok(Reader::open(&folder.join("state").join(DATABASE))?)
}

/// Prints the requests, the dispositions of all messages, and the e-mails written.
fn report(folder: &Path) -> anyhow::Result<()> {
    let reader = reader(folder)?;
    let view = reader.view();
    print::text(&format!("Two desks, two mailboxes, no server. Everything is in {}\n", folder.display()))?;

    print::text("REQUESTS")?;
    let mut requests = view.requests(None, None, 100)?;
    requests.sort_by(|a, b| a.number.cmp(&b.number));
    for request in &requests {
        let mut holds = print::count(u64::from(request.messages), "message");
        if request.attachments > 0 {
            holds.push_str(&format!(", {}", print::count(u64::from(request.attachments), "file")));
        }
        print::text(&format!("  {:<7} {}", request.number.to_string(), print::clean(&request.subject)))?;
        print::text(&format!("          {}, {holds}", request.requester))?;
        // The files of a delivery report are not the customer's.
        let messages = view.received_of(&request.number)?.into_iter();
        for message in messages.filter(|message| message.disposition != Some(Disposition::Report)) {
            for file in view.attachments(message.id)? {
                let lines = file_summary(&file);
                let lines: Vec<String> = lines.iter().flat_map(|line| print::folded(line, WIDTH - 12)).collect();
                print::text(&format!("          {}", lines.join("\n            ")))?;
            }
        }
    }

    print::text("\nMESSAGES AND THEIR DISPOSITIONS")?;
    let mut messages = view.received(None, 100)?;
    messages.reverse();
    for message in &messages {
        let disposition = message.outcome();
        let request = message.request.as_ref().map(ToString::to_string).unwrap_or_default();
        let subject: String = print::clean(&message.subject).chars().take(44).collect();
        print::text(&format!("  {:>2} {disposition:<9} {request:<7} {subject}", message.id.to_string()))?;
        reasons(&message.reasons, 23)?;
    }

    let mut letters = view.letters(None, 100)?;
    letters.reverse();
    print::text(&format!("\nE-MAILS WRITTEN (as files in {})", folder.join("emails").display()))?;
    for letter in &letters {
        print::text(&format!(
            "  {:>2} {:<7} {:<15} to {:<28} {}",
            letter.id.to_string(),
            print::number(letter.request.as_ref()),
            letter.kind,
            letter.recipient,
            letter.state
        ))?;
    }
    if let Some(first) = view.letter(LetterId(1))? {
        print::text("\nTHE FIRST E-MAIL")?;
        steering::print_message(&parse::parse(&flow::render(view, &first)?), usize::MAX, 0)?;
    }
    Ok(())
}

/// Prints the reasons of a disposition.
fn reasons(reasons: &[String], indent: usize) -> anyhow::Result<()> {
    let (indent, word) = (" ".repeat(indent), "because ");
    for reason in reasons {
        let lines = print::folded(&print::clean(reason), WIDTH - indent.len() - word.len());
        print::text(&format!("{indent}{word}{}", lines.join(&format!("\n{indent}{}", " ".repeat(word.len())))))?;
    }
    Ok(())
}

fn next_steps(folder: &Path, view: View<'_>) -> anyhow::Result<String> {
    let number = RequestNumber::parse("OTK-1")?;
    let first = view.received_of(&number)?.into_iter().next().context("OTK-1 has no message")?.id;
    let program = std::env::args().next().unwrap_or_else(|| "maildesk".to_owned());
    let maildesk = format!("{program} --config {}/maildesk.toml", folder.display());
    Ok(format!(
        "\nTRY NEXT\n  {maildesk} show {number}\n  {maildesk} attachment {first} 1 --output screenshot.png\n  {maildesk} received\n  \
         {maildesk} received --disposition held\n  {maildesk} outbox show 1\n  Put a message of your own into {}/crm/new, then:\n  {maildesk} once\n\
         Delete the folder when you no longer need it.",
        folder.display()
    ))
}
