//! The second part of the demo: an engineer answers by mail, the customer confirms by a link, and a forged message is held.

use std::fs;
use std::path::Path;

use anyhow::Context as _;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::flow;
use crate::mail::parse;
use crate::model::{Disposition, Incoming, LetterKind, NamedAddress, RequestNumber};
use crate::store::{LetterRow, ReceivedFilter, View};

use super::super::{history, print};
use super::{pass, reader, reasons};

const ANSWER: &str = include_str!("../../../fixtures/demo/steer-crm-ivanov.eml");
const CLICK: &str = include_str!("../../../fixtures/demo/steer-crm-click.eml");
const FORGED: &str = include_str!("../../../fixtures/demo/steer-crm-forged.eml");

/// How many first and last lines are printed of a reply that quotes a notification.
const REPLY: (usize, usize) = (12, 0);

/// The widest line that is printed of a message.
const WIDEST: usize = 76;

/// Plays this part with the request OTK-1, and prints what each message leads to.
pub fn play(folder: &Path, config: &Path) -> anyhow::Result<()> {
    let number = RequestNumber::parse("OTK-1")?;
    print::text(&format!("\nAN ENGINEER IS NOTIFIED, AND ANSWERS BY MAIL\n\nThe last notification about {number}:"))?;
    let notification = last_letter(reader(folder)?.view(), &number, LetterKind::Notification)?;
    print_message(&notification, usize::MAX, 0)?;

    print::text("\nThe engineer replies as to any mail, and adds a tag to the subject:")?;
    let reply = filled_in(ANSWER, &format!("Re: {} [done]", notification.subject_raw), &notification);
    receive(folder, config, "steer-ivanov.eml", &reply)?;
    print_message(&parse::parse(reply.as_bytes()), REPLY.0, REPLY.1)?;

    print::text("\nThe customer gets the engineer's words, with links to answer by one click:")?;
    let answer = last_letter(reader(folder)?.view(), &number, LetterKind::Answer)?;
    print_message(&answer, usize::MAX, 0)?;

    let asked = subject_of_link(&answer.text, " confirm ").context("the answer has no link to confirm with")?;
    print::text(&format!(
        "\nThe customer clicks the first one, and sends the message that it opens:\n  Subject: {asked}"
    ))?;
    receive(folder, config, "steer-click.eml", &filled_in(CLICK, &asked, &answer))?;
    let reader = reader(folder)?;
    let request = reader.view().request(&number)?.with_context(|| format!("{number} is gone"))?;
    print::text(&format!("\n{number} AFTERWARDS"))?;
    print::text(&format!("  {}\n", history::standing(&request).join("\n  ")))?;
    print::text(&history::events(&reader.view().events(&number)?).join("\n"))?;

    print::text("\nSOMEBODY FORGES THE ENGINEER'S ADDRESS\n")?;
    receive(folder, config, "steer-forged.eml", FORGED)?;
    forged(folder)
}

/// Prints the disposition of the forged message, and the unchanged request.
fn forged(folder: &Path) -> anyhow::Result<()> {
    print_message(&parse::parse(FORGED.as_bytes()), usize::MAX, 0)?;
    let reader = reader(folder)?;
    let held = reader
        .view()
        .received(Some(ReceivedFilter::Disposition(Disposition::Held)), 1)?
        .into_iter()
        .next()
        .context("the forged message is not held")?;
    print::text(&format!("\n  message {} is held", held.id))?;
    reasons(&held.reasons, 4)?;
    let number = held.request.context("the forged message names a request")?;
    let request = reader.view().request(&number)?.with_context(|| format!("{number} is gone"))?;
    print::text(&format!("  {number} is unchanged: {}", history::standing(&request).remove(0)))?;
    print::text("  The engineer is asked whether they wrote this; its tag waits for a yes.")
}

/// Puts a message into the mailbox, and runs a pass.
fn receive(folder: &Path, config: &Path, name: &str, raw: &str) -> anyhow::Result<()> {
    fs::write(folder.join("crm").join("new").join(name), raw)?;
    pass(config)
}

/// The last e-mail of this kind about a request, as its recipient reads it.
fn last_letter(view: View<'_>, number: &RequestNumber, kind: LetterKind) -> anyhow::Result<Incoming> {
    let mut letters: Vec<LetterRow> = view.letters_of(number)?;
    letters.retain(|letter| letter.kind == kind);
    let id = letters.iter().map(|letter| letter.id).max_by_key(|id| id.0);
    let row = id.map(|id| view.letter(id)).transpose()?.flatten();
    let row = row.with_context(|| format!("{number} has no {kind}"))?;
    Ok(parse::parse(&flow::render(view, &row)?))
}

/// Fills in a template as a mail program writes a reply: the subject encoded, the thread continued, the e-mail quoted.
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

/// A header's value in encoded words (RFC 2047), each within the limit of 75 characters.
fn encoded(text: &str) -> String {
    let words: Vec<char> = text.chars().collect();
    let words = words.chunks(15).map(|word| STANDARD.encode(word.iter().collect::<String>()));
    words.map(|word| format!("=?utf-8?B?{word}?=")).collect::<Vec<_>>().join("\n ")
}

/// The subject of the first `mailto:` URL whose subject contains `wanted`.
fn subject_of_link(text: &str, wanted: &str) -> Option<String> {
    let urls = text.split("<mailto:").skip(1).filter_map(|rest| rest.split('>').next());
    let encoded = urls.filter_map(|url| url.split_once("?subject="));
    encoded.filter_map(|(_, fields)| decoded(fields.split('&').next()?)).find(|subject| subject.contains(wanted))
}

/// Percent-decodes a text; `None` for an invalid code.
fn decoded(text: &str) -> Option<String> {
    let mut parts = text.split('%');
    let mut bytes = parts.next()?.as_bytes().to_vec();
    for part in parts {
        let (code, rest) = part.split_at_checked(2)?;
        bytes.push(u8::from_str_radix(code, 16).ok()?);
        bytes.extend_from_slice(rest.as_bytes());
    }
    String::from_utf8(bytes).ok()
}

/// Prints a message: header, and the first and last lines of its text, with an ellipsis for what is left out.
pub fn print_message(message: &Incoming, first: usize, last: usize) -> anyhow::Result<()> {
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
