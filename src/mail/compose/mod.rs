//! Renders a letter as an RFC 5322 message; the same letter always gives the same bytes. The only room that uses lettre's
//! message builder.

mod file;
mod html;
mod text;

use std::time::{Duration, SystemTime};

use lettre::address::AddressError;
use lettre::message::header::{ContentTransferEncoding, ContentType, HeaderName, HeaderValue};
use lettre::message::{Body, Mailbox, MessageBuilder, MultiPart, SinglePart};

use crate::model::{Digest, Draft, LOOP_MARK, Letter, MessageId, SentFile};

pub use file::encoded_size;

/// The texts of a letter as its readers may quote them: its plain text, and the text of its HTML.
pub fn quotable(draft: &Draft) -> [String; 2] {
    [text::plain(draft), super::html::to_text(&html::page(draft))]
}

/// Why a letter cannot be rendered. Letters consist of checked values, so this is a bug of maildesk.
#[derive(Debug, thiserror::Error)]
pub enum ComposeError {
    /// lettre refuses an address.
    #[error("address: {0}")]
    Address(#[from] AddressError),
    /// lettre refuses a header field.
    #[error("header: {0}")]
    Header(#[from] lettre::error::Error),
    /// The rendered message violates the line format of RFC 5321; the line's number.
    #[error("line {0} of the message has a bare CR or LF, a NUL, or is longer than 998 bytes")]
    Line(usize),
    /// The rendered message does not end with its closing boundary, before which the attachments go.
    #[error("the message does not end with its closing boundary")]
    NoEnd,
}

/// Renders a letter: header, `multipart/alternative` of plain text and HTML, then the attachments.
///
/// `read` is given the attachments of one message at a time, and hands each with its bytes to the function that it is given too; its
/// errors are passed on. Automatic letters are marked as such (RFC 3834 section 5), and every letter carries the loop mark ([`LOOP_MARK`]).
pub fn compose<E: From<ComposeError>>(
    letter: &Letter,
    mut read: impl FnMut(&[SentFile], &mut dyn FnMut(&SentFile, &[u8])) -> Result<(), E>,
) -> Result<Vec<u8>, E> {
    let files = &letter.draft.files;
    let mut message = without_files(letter)?;
    if !files.is_empty() {
        let [_, boundary] = boundaries(letter);
        let end = format!("--{boundary}--\r\n");
        if !message.ends_with(end.as_bytes()) {
            return Err(ComposeError::NoEnd.into());
        }
        message.truncate(message.len() - end.len());
        message.reserve_exact(usize::try_from(encoded_size(files)).unwrap_or(0));
        for files in files.chunk_by(|one, other| one.received == other.received) {
            read(files, &mut |file, bytes| file::append(&mut message, &boundary, file, bytes))?;
        }
        message.extend_from_slice(end.as_bytes());
    }
    check_lines(&message)?;
    Ok(message)
}

/// Renders the message without attachments; these are inserted before its last line, the closing boundary.
fn without_files(letter: &Letter) -> Result<Vec<u8>, ComposeError> {
    let [inner, outer] = boundaries(letter);
    let texts = MultiPart::alternative()
        .boundary(inner)
        .singlepart(part(ContentType::TEXT_PLAIN, text::plain(&letter.draft)))
        .singlepart(part(ContentType::TEXT_HTML, html::page(&letter.draft)));
    let body = if letter.draft.files.is_empty() { texts } else { MultiPart::mixed().boundary(outer).multipart(texts) };
    Ok(header(letter)?.multipart(body)?.formatted())
}

/// The address in `To`. A letter to an engineer names the desk there, as a mailing list does: a reply to all must not reveal
/// the engineer's address or token.
fn named_recipient(draft: &Draft) -> &str {
    match draft.engineer {
        Some(_) => &draft.from.address,
        None => draft.to.as_str(),
    }
}

fn header(letter: &Letter) -> Result<MessageBuilder, ComposeError> {
    let draft = &letter.draft;
    let name = Some(text::one_line(&draft.from.name)).filter(|name| !name.is_empty());
    let seconds = u64::try_from(letter.date.unix()).unwrap_or(0);
    let mut builder = lettre::Message::builder()
        .date(SystemTime::UNIX_EPOCH + Duration::from_secs(seconds))
        .from(Mailbox::new(name, draft.from.address.parse()?))
        .to(Mailbox::new(None, named_recipient(draft).parse()?))
        .subject(text::one_line(&draft.subject))
        .message_id(Some(in_brackets(&letter.message_id)));
    if let Some(address) = &letter.reply_to {
        builder = builder.reply_to(Mailbox::new(None, address.as_str().parse()?));
    }
    if let Some(id) = &letter.in_reply_to {
        builder = builder.in_reply_to(in_brackets(id));
    }
    if !letter.references.is_empty() {
        let ids: Vec<_> = letter.references.iter().map(in_brackets).collect();
        builder = builder.references(ids.join(" "));
    }
    if draft.automatic {
        builder = builder
            .raw_header(field("Auto-Submitted", "auto-replied"))
            .raw_header(field("X-Auto-Response-Suppress", "All"));
    }
    Ok(builder.raw_header(field(LOOP_MARK, &text::one_line(&letter.instance))))
}

/// The boundaries of `multipart/alternative` and `multipart/mixed`: derived from the Message-ID, so that every rendering is
/// the same, and within the 70 characters of RFC 2046 section 5.1.1.
fn boundaries(letter: &Letter) -> [String; 2] {
    let digest = Digest::of(letter.message_id.as_str().as_bytes()).to_string();
    let (inner, outer) = digest.split_at(32);
    [format!("=_{inner}"), format!("=_{outer}")]
}

fn in_brackets(id: &MessageId) -> String {
    format!("<{id}>")
}

fn field(name: &'static str, value: &str) -> HeaderValue {
    HeaderValue::new(HeaderName::new_from_ascii_str(name), value.to_owned())
}

/// A text as a MIME part. lettre makes CR LF of each line feed in time that grows with the square of the text, so that it gets the
/// text with CR LF; the transfer encoding is that which lettre would choose by the text with line feeds.
fn part(content_type: ContentType, text: String) -> SinglePart {
    let encoding = encoding(&text);
    let text = text.replace("\r\n", "\n").replace('\n', "\r\n");
    let body = match encoding {
        ContentTransferEncoding::SevenBit => Body::dangerous_pre_encoded(text.into_bytes(), encoding),
        // lettre refuses no text in these encodings.
        _ => Body::new_with_encoding(text, encoding).unwrap_or_else(Body::new),
    };
    SinglePart::builder().header(content_type).body(body)
}

/// The shortest transfer encoding of a text: 7-bit for ASCII in lines of up to 75 characters, quoted-printable where at most a third of
/// the bytes are to be escaped, base64 otherwise.
fn encoding(text: &str) -> ContentTransferEncoding {
    let lines = text.split('\n').enumerate();
    // All lines but the first are counted with the line feed before them.
    let fits = lines.into_iter().all(|(index, line)| line.len() + usize::from(index > 0) < 76);
    if text.is_ascii() && fits {
        return ContentTransferEncoding::SevenBit;
    }
    let escaped = text.bytes().filter(|byte| !matches!(byte, b'\t' | b' '..=b'~')).count();
    if escaped <= text.len() / 3 { ContentTransferEncoding::QuotedPrintable } else { ContentTransferEncoding::Base64 }
}

/// Checks the line format of RFC 5321: a bare CR or LF could make a server read one message as two (SMTP smuggling).
fn check_lines(message: &[u8]) -> Result<(), ComposeError> {
    let mut lines = message.split(|&b| b == b'\n').enumerate().peekable();
    while let Some((index, line)) = lines.next() {
        let ended = lines.peek().is_some();
        let content = if ended { line.strip_suffix(b"\r") } else { Some(line) };
        if content.is_none_or(|c| c.len() > 998 || c.contains(&b'\r') || c.contains(&0)) {
            return Err(ComposeError::Line(index + 1));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests;
