//! Correspondence as mail programs read it (mboxrd): what requesters have sent as it came, and our letters as they went.

use crate::cli::print;
use crate::flow;
use crate::mail::{parse, words};
use crate::model::{LetterId, ReceivedId, RequestNumber, Timestamp, Visibility};
use crate::store::{LetterRow, View};

use super::output::Output;

/// A message of a request; read when its turn comes.
enum Message {
    Received(ReceivedId),
    Letter(LetterId),
}

/// Writes the messages of a request in their order. Engineers' messages hold tokens and stay here.
pub(super) fn write(view: View<'_>, number: &RequestNumber, output: &mut Output) -> anyhow::Result<()> {
    for (at, from, message) in messages(view, number)? {
        let raw = match message {
            Message::Received(id) => view.raw(id)?,
            Message::Letter(id) => match view.letter(id)? {
                Some(letter) => flow::render(view, &letter)?,
                None => continue,
            },
        };
        if proves_engineer(&raw) {
            eprintln!(
                "maildesk: {number}: a message of {} is left out: it proves who an engineer is",
                print::local(at)
            );
            continue;
        }
        output.write(separator(&from, at).as_bytes())?;
        output.write(&quoted(flow::strip_envelope(&raw)))?;
    }
    Ok(())
}

/// Whether a message holds an engineer's token, whoever wrote it: engineers have requests of their own, too.
fn proves_engineer(raw: &[u8]) -> bool {
    words::holds_token(raw) || {
        let incoming = parse::parse(raw);
        let files = incoming.attachments.iter().filter_map(|file| parse::attachment(raw, file.part));
        words::holds_token(incoming.text.as_bytes()) || files.into_iter().any(|file| words::holds_token(&file))
    }
}

fn messages(view: View<'_>, number: &RequestNumber) -> anyhow::Result<Vec<(Timestamp, String, Message)>> {
    let Some(request) = view.request(number)? else { return Ok(Vec::new()) };
    let is_party = |address: &str| request.participants.iter().any(|person| person.email.as_str() == address);
    if let Some(at) = request.progress.erased_at {
        eprintln!("maildesk: {number}: {}", print::erased(at));
    }
    let mut messages = Vec::new();
    for entry in view.history(number)? {
        let is_shown = entry.visibility == Visibility::Correspondence && is_party(&entry.author);
        if is_shown && !view.is_erased(entry.received)? {
            messages.push((entry.at, entry.author, Message::Received(entry.received)));
        }
    }
    let went = |row: &&LetterRow| row.state == "sent" && row.erased_at.is_none() && is_party(&row.recipient);
    for row in view.letters_of(number)?.iter().filter(went) {
        if let Some(letter) = view.letter(row.id)?.filter(|letter| letter.draft.engineer.is_none()) {
            messages.push((row.created_at, letter.draft.from.address.to_string(), Message::Letter(row.id)));
        }
    }
    messages.sort_by_key(|(at, ..)| *at);
    Ok(messages)
}

/// The line that begins a message; addresses of messages hold no space.
fn separator(from: &str, at: Timestamp) -> String {
    let day = at.to_jiff().to_zoned(jiff::tz::TimeZone::UTC).strftime("%a %b %e %H:%M:%S %Y");
    format!("From {from} {day}\n")
}

/// Lines end with LF, one that begins as a separator does gets another `>`, and an empty one ends the message.
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
