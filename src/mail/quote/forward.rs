//! Takes a forwarded message out of the text that forwards it: who wrote it and when, its subject, its words.

use std::sync::LazyLock;

use regex::Regex;

use super::align::BLOCK_LINES;
use super::heading::{self, Heading, heading};
use super::{is_quoted, unquoted};
use crate::mail::pattern;
use crate::model::{ForwardedMail, NamedAddress};

/// The message that a text forwards, with what stands above it. `is_forward` says that the subject is a forward's: only
/// then Outlook's header block begins one. `None` where nothing is forwarded.
pub fn forwarded(text: &str, is_forward: bool) -> Option<ForwardedMail> {
    let lines: Vec<&str> = text.lines().collect();
    let at = (0..lines.len()).find(|at| begins(&lines[*at..], is_forward))?;
    // Apple Mail marks what it forwards, sometimes from the line below its opening on.
    let below: Vec<&str> = lines[at..].iter().map(|line| without_mark(line)).collect();
    Some(ForwardedMail { note: lines[..at].join("\n").trim().to_owned(), ..read(&below) })
}

fn begins(lines: &[&str], is_forward: bool) -> bool {
    let bare: Vec<&str> = lines.iter().take(BLOCK_LINES).map(|line| without_mark(line)).collect();
    match heading(&bare) {
        Some(Heading::Forwarded) => true,
        Some(Heading::Original) => is_forward && !heading::is_cut_line(bare[0]),
        // Yandex writes fields behind a rule, and who wrote it last.
        None => is_forward && begins_with_rule(&bare),
    }
}

fn begins_with_rule(lines: &[&str]) -> bool {
    RULE.is_match(lines[0]) && lines[1..].iter().take(5).any(|line| DATED_AUTHOR.is_match(line))
}

fn without_mark(line: &str) -> &str {
    if is_quoted(line) { unquoted(line) } else { line }
}

/// Reads a heading with its fields, and the text below it.
fn read(lines: &[&str]) -> ForwardedMail {
    let mut mail = ForwardedMail::default();
    let mut end = usize::from(heading::field(lines[0]).is_none());
    let mut at = end;
    while at < lines.len().min(BLOCK_LINES + end) {
        let line = lines[at];
        if let Some(author) = DATED_AUTHOR.captures(line) {
            mail.date = author[1].trim().trim_end_matches(',').to_owned();
            mail.from = named(&author[2]);
            end = at + 1;
            break;
        }
        match heading::field(line) {
            Some(field) => {
                set(&mut mail, field, value(line));
                end = at + 1;
            }
            None if line.trim().is_empty() && goes_on(&lines[at..]) => {}
            // Of a field that goes on in the next line.
            None if end == at && !line.trim().is_empty() && end > 0 && heading::field(lines[end - 1]).is_some() => {
                end = at + 1;
            }
            None => break,
        }
        at += 1;
    }
    let is_end = |line: &&&str| END.is_match(line);
    let words: Vec<&str> = lines[end..].iter().filter(|line| !is_end(line)).copied().collect();
    mail.words = words.join("\n").trim().to_owned();
    mail
}

/// Whether further fields follow blank lines.
fn goes_on(lines: &[&str]) -> bool {
    let next = lines.iter().take(3).find(|line| !line.trim().is_empty());
    next.is_some_and(|next| heading::field(next).is_some() || DATED_AUTHOR.is_match(next))
}

fn set(mail: &mut ForwardedMail, field: usize, value: &str) {
    match field {
        0 if mail.from.is_none() => mail.from = named(value),
        1 if mail.date.is_empty() => value.clone_into(&mut mail.date),
        4 if mail.subject.is_empty() => value.trim_end_matches(';').clone_into(&mut mail.subject),
        _ => {}
    }
}

fn value(line: &str) -> &str {
    let at = line.find([':', '：', '՝']).map_or(0, |at| at + line[at..].chars().next().map_or(1, char::len_utf8));
    line[at..].trim_matches(|c: char| c.is_whitespace() || matches!(c, '*' | '_'))
}

/// Name and address as a header block writes them; an empty address where there is only a name.
fn named(value: &str) -> Option<NamedAddress> {
    let trim = |name: &str| {
        name.trim_matches(|c: char| c.is_whitespace() || matches!(c, '"' | '\'' | '<' | '[' | '(' | '*' | ':'))
            .to_owned()
    };
    match ADDRESS.find(value) {
        Some(found) => {
            let name = trim(value[..found.start()].trim_end().trim_end_matches("mailto:"));
            Some(NamedAddress { name, address: found.as_str().to_owned() })
        }
        None => Some(NamedAddress { name: trim(value), address: String::new() }).filter(|named| !named.name.is_empty()),
    }
}

static ADDRESS: LazyLock<Regex> = LazyLock::new(|| pattern(r"[\w.+-]+@[\w.-]+\w"));
static RULE: LazyLock<Regex> = LazyLock::new(|| pattern(r"^[\s>]*-{8,}\s*$"));
static DATED_AUTHOR: LazyLock<Regex> =
    LazyLock::new(|| pattern(r#"^[\s>]*(\d{1,2}[.:/]\d{1,2}[.:/]\d{2,4},?\s+\d{1,2}:\d{2},?)\s+(.*@.*)[:;]\s*$"#));
static END: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)^[\s>]*-{2,}\s*(?:конец|завершение|end of) (?:пересылаемого сообщения|пересланного сообщения|forwarded message)\s*-*\s*$",
    )
});

#[cfg(test)]
mod tests {
    use super::forwarded;

    #[test]
    fn only_a_forward_is_taken_for_one() {
        let block = "From: Boris <b@x.example>\nSent: Friday 9:00\nTo: Ivan\nSubject: Printer\n\nIt smokes.";
        let mail = forwarded(&format!("Please help.\n\n{block}"), true).unwrap();
        assert_eq!((mail.note.as_str(), mail.words.as_str()), ("Please help.", "It smokes."));
        assert_eq!((mail.subject.as_str(), mail.date.as_str()), ("Printer", "Friday 9:00"));
        assert!(forwarded(block, false).is_none(), "an answer quotes in the same way");
        assert!(forwarded("> It smokes.", true).is_none());
    }
}
