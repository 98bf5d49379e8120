//! Collects what the report of a machine returns of the message that it is about, in whatever part or form; and complaints.

use std::sync::LazyLock;

use regex::Regex;

use super::part::Part;
use super::{address, body, date, header, message_ids};
use crate::mail::pattern;
use crate::model::{Complaint, Incoming, MessageId, Returned};

/// Of a longer part only so much is searched for ids, in bytes.
const MOST_SEARCHED: usize = 256 * 1024;

/// Further ids are ignored.
const MOST_IDS: usize = 100;

/// Collects what a report returns; `text` is its readable text.
pub fn read(root: &Part<'_>, text: &str) -> Returned {
    let mut returned = Returned::default();
    let mut searched = Vec::new();
    collect(root, &mut returned, &mut searched);
    searched.push(text.to_owned());
    for id in found(&searched, &MESSAGE_ID) {
        returned.ids.extend((!returned.ids.contains(&id)).then_some(id));
    }
    for id in found(&searched, &ANY_ID) {
        let is_known = returned.ids.contains(&id) || returned.mentioned.contains(&id);
        returned.mentioned.extend((!is_known).then_some(id));
    }
    returned.text = [text, &body::text_of_messages(root)].join("\n");
    returned
}

fn found(texts: &[String], pattern: &Regex) -> Vec<MessageId> {
    let found = texts.iter().flat_map(|text| pattern.captures_iter(text));
    found.filter_map(|found| MessageId::parse(&found[1]).ok()).take(MOST_IDS).collect()
}

/// Reads the header of the first message in the report, and gathers the texts of all parts.
fn collect(part: &Part<'_>, returned: &mut Returned, searched: &mut Vec<String>) {
    part.children.iter().for_each(|child| collect(child, returned, searched));
    let media_type = part.media_type();
    if !part.children.is_empty() || !media_type.starts_with("text/") && !media_type.starts_with("message/") {
        return;
    }
    let bytes = part.encoding.decode(part.body);
    if is_message(media_type) && returned.ids.is_empty() {
        let block = header::read(&bytes);
        returned.ids = block.first("Message-ID").map(message_ids).unwrap_or_default();
        returned.date = block.first("Date").and_then(|body| date::read(&header::text(body, None)));
        let to = block.all("To").flat_map(|field| address::mailboxes(field.body, None));
        returned.recipients.extend(to.map(|mailbox| mailbox.address));
    }
    searched.push(String::from_utf8_lossy(&bytes[..bytes.len().min(MOST_SEARCHED)]).into_owned());
}

fn is_message(media_type: &str) -> bool {
    matches!(media_type, "message/rfc822" | "message/global" | "text/rfc822-headers" | "message/global-headers")
}

/// Whether there is a message, or its header, beside the text.
pub fn has_message(root: &Part<'_>) -> bool {
    is_message(root.media_type()) || root.children.iter().any(has_message)
}

/// The complaint that a message is: a feedback report (RFC 5965), or one of Microsoft's programme, which sends none.
///
/// Reports that say something else are none: of failed authentication (RFC 6591), and that a message is no spam (RFC 6430).
pub fn complaint(incoming: &Incoming, root: &Part<'_>) -> Option<Complaint> {
    let fields = match root.media_type() {
        "multipart/report" => root.children.iter().find(|part| part.media_type() == "message/feedback-report"),
        "message/feedback-report" => Some(root),
        _ => None,
    };
    let Some(part) = fields else { return of_microsoft(incoming, root) };
    // Some put the fields behind a blank line, as if they were the body of a message.
    let bytes = part.encoding.decode(part.body);
    let block = header::read(bytes.trim_ascii_start());
    let field = |name| block.first(name).map(|body| header::text(body, None)).unwrap_or_default();
    let kind = field("Feedback-Type").trim().to_ascii_lowercase();
    if matches!(kind.as_str(), "not-spam" | "auth-failure" | "dmarc") {
        return None;
    }
    let recipients = ["Original-Rcpt-To", "Removal-Recipient", "Original-Recipient"].into_iter();
    let recipients = recipients.flat_map(|name| block.all(name)).map(|field| header::text(field.body, None));
    let address = |text: String| text.rsplit(';').next().unwrap_or_default().trim_matches(['<', '>', ' ']).to_owned();
    let kind = if kind.is_empty() { "abuse".to_owned() } else { kind };
    Some(Complaint { kind, recipients: recipients.map(address).filter(|address| address.contains('@')).collect() })
}

/// A complaint of the Junk Mail Reporting Program: the message itself, with a header field that names its reader.
fn of_microsoft(incoming: &Incoming, root: &Part<'_>) -> Option<Complaint> {
    let sender = incoming.from.first()?.address.to_ascii_lowercase();
    let is_theirs = ["staff@hotmail.com", "staff@outlook.com"].contains(&sender.as_str());
    let is_complaint = incoming.subject_raw.to_ascii_lowercase().starts_with("complaint about message from");
    (is_theirs && is_complaint).then_some(())?;
    let message = std::iter::once(root).chain(&root.children).find(|part| is_message(part.media_type()))?;
    let bytes = message.encoding.decode(message.body);
    let block = header::read(&bytes);
    let reader = block.first("X-HmXmrOriginalRecipient").map(|body| header::text(body, None));
    Some(Complaint { kind: "abuse".to_owned(), recipients: reader.into_iter().collect() })
}

/// A Message-ID in a header, also where it is quoted or stands in a text.
static MESSAGE_ID: LazyLock<Regex> = LazyLock::new(|| {
    pattern(r"(?im)^[\s>|*]*(?:original[- ])?message[- ]?id:?\*?\s*:?\s*<?([^<>\s]{1,250}@[^<>\s]{1,250})>?")
});

/// Anything that looks like one.
static ANY_ID: LazyLock<Regex> = LazyLock::new(|| pattern(r"<([^<>\s]{1,250}@[^<>\s]{1,250})>"));
