//! Correspondence as an mbox file (mboxrd): requesters' messages as received, and our e-mails to them as sent.

use crate::cli::print;
use crate::flow;
use crate::mail::{parse, words};
use crate::model::{LetterId, LetterState, ReceivedId, RequestNumber, Timestamp, Visibility};
use crate::store::{LetterRow, View};

use super::output::Output;

/// A message of a request, whose bytes are read when it is written.
enum ExportedMessage {
    Received(ReceivedId),
    Sent(LetterId),
}

/// Writes the messages of a request in order of time. Engineers' messages are left out: they contain tokens.
pub(super) fn write(view: View<'_>, number: &RequestNumber, output: &mut Output) -> anyhow::Result<()> {
    for (at, from, message) in messages(view, number)? {
        let raw = match message {
            ExportedMessage::Received(id) => view.raw(id)?,
            ExportedMessage::Sent(id) => match view.letter(id)? {
                Some(letter) => flow::render(view, &letter)?,
                None => continue,
            },
        };
        if proves_engineer(&raw) {
            eprintln!(
                "maildesk: {number}: the message of {} is left out: it contains a token that proves who an engineer is",
                print::local(at)
            );
            continue;
        }
        output.write(separator(&from, at).as_bytes())?;
        output.write(&quoted(flow::strip_envelope(&raw)))?;
    }
    Ok(())
}

/// Whether a message contains an engineer's token, whoever wrote it: engineers may be requesters too.
fn proves_engineer(raw: &[u8]) -> bool {
    words::holds_token(raw) || {
        let incoming = parse::parse(raw);
        let files = incoming.attachments.iter().filter_map(|file| parse::attachment(raw, file.part));
        words::holds_token(incoming.text.as_bytes()) || files.into_iter().any(|file| words::holds_token(&file))
    }
}

fn messages(view: View<'_>, number: &RequestNumber) -> anyhow::Result<Vec<(Timestamp, String, ExportedMessage)>> {
    let Some(request) = view.request(number)? else { return Ok(Vec::new()) };
    let is_party = |address: &str| request.participants.iter().any(|person| person.email.as_str() == address);
    if let Some(at) = request.progress.erased_at {
        eprintln!("maildesk: {number}: {}", print::erased(at));
    }
    let mut messages = Vec::new();
    for entry in view.history(number)? {
        let is_shown = entry.visibility == Visibility::Correspondence && is_party(&entry.author);
        if is_shown && !view.is_erased(entry.received)? {
            messages.push((entry.at, entry.author, ExportedMessage::Received(entry.received)));
        }
    }
    let went = |row: &&LetterRow| row.state == LetterState::Sent && row.erased_at.is_none() && is_party(&row.recipient);
    for row in view.letters_of(number)?.iter().filter(went) {
        if let Some(letter) = view.letter(row.id)?.filter(|letter| letter.draft.engineer.is_none()) {
            messages.push((row.created_at, letter.draft.from.address.to_string(), ExportedMessage::Sent(row.id)));
        }
    }
    messages.sort_by_key(|(at, ..)| *at);
    Ok(messages)
}

/// The line that begins a message in the file; addresses contain no spaces.
fn separator(from: &str, at: Timestamp) -> String {
    let day = at.to_jiff().to_zoned(jiff::tz::TimeZone::UTC).strftime("%a %b %e %H:%M:%S %Y");
    format!("From {from} {day}\n")
}

/// The message with LF line ends, another `>` before each line like a separator (`From `, `>From `), and an empty line at its
/// end.
fn quoted(raw: &[u8]) -> Vec<u8> {
    let mut lines = Vec::with_capacity(raw.len() + 2);
    for line in raw.strip_suffix(b"\n").unwrap_or(raw).split(|byte| *byte == b'\n') {
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        let marks = line.iter().take_while(|byte| **byte == b'>').count();
        if line[marks..].starts_with(b"From ") {
            lines.push(b'>');
        }
        lines.extend_from_slice(line);
        lines.push(b'\n');
    }
    lines.push(b'\n');
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_line_of_a_message_parts_it_from_the_next() {
        for raw in [
            &b"Subject: x\r\n\r\nFrom here on\r\n>From there\r\nfrom\r\n"[..],
            b"Subject: x\n\nFrom here on\n>From there\nfrom",
        ] {
            let expected = "Subject: x\n\n>From here on\n>>From there\nfrom\n\n";
            assert_eq!(String::from_utf8_lossy(&quoted(raw)), expected);
        }
        assert_eq!(quoted(b""), b"\n\n");
        let line = separator("ivan@example.com", Timestamp::from_unix(1_795_253_400));
        assert_eq!(line, "From ivan@example.com Sat Nov 21 09:30:00 2026\n");
    }
}
