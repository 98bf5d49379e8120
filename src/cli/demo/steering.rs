//! The second half of the demo: an engineer answers by mail, the customer agrees by a link, and a forger gets nowhere.

use std::fs;
use std::path::Path;

use anyhow::Context as _;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::flow;
use crate::mail::parse;
use crate::model::{Incoming, LetterKind, NamedAddress, RequestNumber};
use crate::store::{LetterRow, View};

use super::super::{history, print};
use super::{pass, reader, reasons};

const ANSWER: &str = include_str!("../../../fixtures/demo/steer-crm-ivanov.eml");
const CLICK: &str = include_str!("../../../fixtures/demo/steer-crm-click.eml");
const FORGED: &str = include_str!("../../../fixtures/demo/steer-crm-forged.eml");

/// How many first and last lines are printed of a notification, and of the reply that quotes it.
const NOTIFICATION: (usize, usize) = (12, 2);
const REPLY: (usize, usize) = (12, 0);

/// The widest line that is printed of a letter.
const WIDEST: usize = 76;

/// Plays it on the request that the first half opened, and prints what comes of each message.
pub fn play(folder: &Path, config: &Path) -> anyhow::Result<()> {
    let number = RequestNumber::parse("OTK-1")?;
    print::text(&format!("\nAN ENGINEER IS TOLD, AND ANSWERS BY MAIL\n\nThe last notification about {number}:"))?;
    let notification = last_letter(reader(folder)?.view(), &number, LetterKind::Notification)?;
    letter(&notification, NOTIFICATION.0, NOTIFICATION.1)?;

    print::text("\nHe replies as to any mail, and puts a tag behind the subject:")?;
    let reply = filled_in(ANSWER, &format!("Re: {} [done]", notification.subject_raw), &notification);
    receive(folder, config, "steer-ivanov.eml", &reply)?;
    letter(&parse::parse(reply.as_bytes()), REPLY.0, REPLY.1)?;

    print::text("\nThe customer gets his words, and what she can say to them by one click:")?;
    let answer = last_letter(reader(folder)?.view(), &number, LetterKind::Answer)?;
    letter(&answer, usize::MAX, 0)?;

    let asked = subject_of_link(&answer.text, " confirm ").context("the answer has no link to confirm with")?;
    print::text(&format!("\nShe clicks the first one, and sends the mail that it opens:\n  Subject: {asked}"))?;
    receive(folder, config, "steer-click.eml", &filled_in(CLICK, &asked, &answer))?;
    let reader = reader(folder)?;
    let request = reader.view().request(&number)?.with_context(|| format!("{number} is gone"))?;
    print::text(&format!("\nWHAT {number} HAS COME TO"))?;
    print::text(&format!("  {}\n", history::standing(&request).join("\n  ")))?;
    print::text(&history::events(&reader.view().events(&number)?).join("\n"))?;

    print::text("\nSOMEBODY FORGES THE ENGINEER'S ADDRESS\n")?;
    receive(folder, config, "steer-forged.eml", FORGED)?;
    forged(folder)
}

/// What became of the forged message, and of the request that it was after.
fn forged(folder: &Path) -> anyhow::Result<()> {
    letter(&parse::parse(FORGED.as_bytes()), usize::MAX, 0)?;
    let reader = reader(folder)?;
    let held = reader.view().received(Some("held"), 1)?.into_iter().next().context("the forged message is not held")?;
    print::text(&format!("\n  message {} is held", held.id))?;
    reasons(&held.reasons, 4)?;
    let number = held.request.context("the forged message names a request")?;
    let request = reader.view().request(&number)?.with_context(|| format!("{number} is gone"))?;
    print::text(&format!("  {number} stands as it stood: {}", history::standing(&request).remove(0)))?;
    print::text("  The engineer is asked whether he wrote it. Only his answer would carry it out.")
}

/// Puts a message into the mailbox, and has it handled.
fn receive(folder: &Path, config: &Path, name: &str, raw: &str) -> anyhow::Result<()> {
    fs::write(folder.join("crm").join("new").join(name), raw)?;
    pass(config)
}

/// The last letter of this kind about a request, as its recipient reads it.
fn last_letter(view: View<'_>, number: &RequestNumber, kind: LetterKind) -> anyhow::Result<Incoming> {
    let mut letters: Vec<LetterRow> = view.letters_of(number)?;
    letters.retain(|letter| letter.kind == kind.as_str());
    let id = letters.iter().map(|letter| letter.id).max_by_key(|id| id.0);
    let row = id.map(|id| view.letter(id)).transpose()?.flatten();
    let row = row.with_context(|| format!("{number} has no {}", kind.as_str()))?;
    Ok(parse::parse(&flow::render(view, &row)?))
}

/// A message as a mail program writes it: the subject encoded, the thread continued, the letter quoted.
fn filled_in(template: &str, subject: &str, answered: &Incoming) -> String {
    let quoted: Vec<String> = answered.text.trim_end().lines().map(|line| format!("> {line}")).collect();
    let references: Vec<String> = answered.references.iter().map(|id| format!("<{id}>")).collect();
    let id = answered.message_id.as_ref().map(ToString::to_string).unwrap_or_default();
    template
        .replace("LETTER-SUBJECT", &encoded(subject))
        .replace("LETTER-REFERENCES", &references.join("\n "))
        .replace("LETTER-ID", &id)
        .replace("LETTER-TEXT", &quoted.join("\n"))
}

/// A header's value in encoded words (RFC 2047), short enough for each.
fn encoded(text: &str) -> String {
    let words: Vec<char> = text.chars().collect();
    let words = words.chunks(15).map(|word| STANDARD.encode(word.iter().collect::<String>()));
    words.map(|word| format!("=?utf-8?B?{word}?=")).collect::<Vec<_>>().join("\n ")
}

/// The subject that a mail program takes from the first `mailto:` URL whose subject holds this.
fn subject_of_link(text: &str, wanted: &str) -> Option<String> {
    let urls = text.split("<mailto:").skip(1).filter_map(|rest| rest.split('>').next());
    urls.filter_map(|url| url.split_once("?subject=")).map(|(_, subject)| decoded(subject)).find(|s| s.contains(wanted))
}

/// Percent-decoded; what is no code stays.
fn decoded(text: &str) -> String {
    let mut bytes = Vec::new();
    let mut rest = text;
    while let Some((before, behind)) = rest.split_once('%') {
        bytes.extend_from_slice(before.as_bytes());
        match behind.get(..2).and_then(|code| u8::from_str_radix(code, 16).ok()) {
            Some(byte) => {
                bytes.push(byte);
                rest = &behind[2..];
            }
            None => {
                bytes.push(b'%');
                rest = behind;
            }
        }
    }
    bytes.extend_from_slice(rest.as_bytes());
    String::from_utf8_lossy(&bytes).into_owned()
}

/// Prints a message: of its text the first lines, and the last ones where more is left out.
pub fn letter(message: &Incoming, first: usize, last: usize) -> anyhow::Result<()> {
    let person = |people: &[NamedAddress]| people.first().map_or_else(String::new, |person| person.address.clone());
    let (from, to) = (print::clean(&person(&message.from)), print::clean(&person(&message.to)));
    print::text(&format!("  From: {from}\n  To: {to}\n  Subject: {}\n", print::clean(&message.subject_raw)))?;
    let lines: Vec<String> = message.text.trim_end().lines().map(print::clean).collect();
    let left_out = first.min(lines.len())..lines.len().saturating_sub(last).max(first.min(lines.len()));
    for (index, line) in lines.iter().enumerate() {
        if index == left_out.start && !left_out.is_empty() {
            print::text("  …")?;
        }
        if !left_out.contains(&index) {
            let folded = print::folded(line, WIDEST).into_iter().map(|line| print::cut(&line, WIDEST));
            print::text(format!("  {}", folded.collect::<Vec<_>>().join("\n  ")).trim_end())?;
        }
    }
    Ok(())
}
