//! The last part of the demo: five support processes that differ only in their configuration. Each gets one message.

use std::fs;
use std::path::Path;

use anyhow::Context as _;

use crate::flow;
use crate::mail::parse;
use crate::model::LetterKind;
use crate::store::LetterRow;

use super::super::{history, print};
use super::steering::print_message;
use super::{mailbox_at, pass, reader};

/// An example desk with a message to it.
struct Process {
    name: &'static str,
    /// What this process shows.
    about: &'static str,
    config: &'static str,
    message: &'static [u8],
}

macro_rules! process {
    ($name:literal, $about:literal) => {
        Process {
            name: $name,
            about: $about,
            config: include_str!(concat!("../../../fixtures/desks/", $name, ".toml")),
            message: include_bytes!(concat!("../../../fixtures/demo/process-", $name, ".eml")),
        }
    };
}

const PROCESSES: [Process; 5] = [
    process!("otk", "a problem that stops work gets a high priority at once; a screenshot is asked for"),
    process!("mixvel", "missing details are asked for at once, and an engineer is assigned"),
    process!("trekmark", "the first line is told, and keeps control of requests that it passes on"),
    process!("iqnix", "a portal that is down goes to the administrator"),
    process!("retributor", "key words pass the request to the third line, where an engineer is assigned"),
];

/// A text file that one of the configurations names.
const SIGNATURE: (&str, &str) =
    ("trekmark.signature.ru.txt", include_str!("../../../fixtures/desks/texts/trekmark.signature.ru.txt"));

/// The line of each example configuration after which mailboxes and transports are configured.
const SERVERS: &str = "# How mail is received and sent";

/// Plays each process in a folder of its own, and prints what its message led to.
pub fn play(folder: &Path) -> anyhow::Result<()> {
    print::text("\nFIVE SUPPORT PROCESSES, EACH BY CONFIGURATION ONLY (fixtures/desks)")?;
    PROCESSES.iter().try_for_each(|process| play_one(process, &folder.join(process.name)))
}

fn play_one(process: &Process, folder: &Path) -> anyhow::Result<()> {
    let desk = process.config.split(SERVERS).next().unwrap_or_default();
    let config = folder.join("maildesk.toml");
    fs::create_dir_all(folder.join("texts"))?;
    fs::write(folder.join("texts").join(SIGNATURE.0), SIGNATURE.1)?;
    fs::write(
        &config,
        desk.replace("/var/lib/maildesk", "state")
            + "[mailbox.inbox]\nmaildir = \"inbox\"\nstart = \"all\"\n\n[transport.emails]\nfolder = \"emails\"\n",
    )?;
    mailbox_at(&folder.join("inbox"))?;
    fs::write(folder.join("inbox/new/message.eml"), process.message)?;
    pass(&config)?;

    let reader = reader(folder)?;
    let view = reader.view();
    let number = view.requests(None, None, 1)?.into_iter().next().context("the message opened no request")?.number;
    let request = view.request(&number)?.with_context(|| format!("{number} is gone"))?;
    let letters = view.letters_of(&number)?;
    print::text(&format!("\n{number}  {}", print::clean(&request.subject)))?;
    print::text(&format!("  {}", print::folded(process.about, 76).join("\n  ")))?;
    print::text(&format!("  {}", history::standing(&request).join("\n  ")))?;
    let told: Vec<&str> = of_kind(&letters, LetterKind::Notification).map(|letter| letter.recipient.as_str()).collect();
    print::text(&format!("  told: {}", print::folded(&told.join(", "), 70).join("\n        ")))?;
    let asked = of_kind(&letters, LetterKind::Acknowledgement).find(|_| !request.progress.missing.is_empty());
    if let Some(acknowledgement) = asked {
        let written = view.letter(acknowledgement.id)?.context("the acknowledgement is gone")?;
        print_message(&parse::parse(&flow::render(view, &written)?), usize::MAX, 0)?;
    }
    Ok(())
}

fn of_kind(letters: &[LetterRow], kind: LetterKind) -> impl Iterator<Item = &LetterRow> {
    letters.iter().filter(move |letter| letter.kind == kind)
}
