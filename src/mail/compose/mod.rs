//! Renders a letter as an RFC 5322 message; the same letter always gives the same bytes. The only room that uses lettre's
//! message builder.

mod blocks;
mod file;
mod form;
mod html;
mod plain;
mod related;
mod style;
mod text;

use std::time::{Duration, SystemTime};

use lettre::address::AddressError;
use lettre::message::header::{ContentTransferEncoding, ContentType, HeaderName, HeaderValue};
use lettre::message::{Body, Mailbox, MessageBuilder, MultiPart, SinglePart};

use crate::model::{Block, Digest, Draft, LOOP_MARK, Letter, MessageForm, MessageId, SentFile};
use related::Related;

pub use file::encoded_size;
pub use text::blocks as blocks_in_plain;

/// The longest HTML part, in bytes: of a longer one Gmail shows the beginning only.
const LONGEST_HTML: usize = 100_000;

/// The texts of a letter as its readers may quote them: its plain text, and the text of its HTML. Pictures are named in it.
pub fn quotable(draft: &Draft, forms: &[MessageForm]) -> [String; 2] {
    let page = page(draft, forms, &Related::default()).unwrap_or_default();
    [text::plain(draft), super::html::to_text(&page)]
}

/// The HTML part: with the form of what is relayed; without, where it would be too long; `None` where it still is.
fn page(draft: &Draft, forms: &[MessageForm], related: &Related) -> Option<String> {
    let page = |forms: &[MessageForm]| {
        let length = draft.text.len() + draft.blocks.iter().map(Block::length).sum::<usize>();
        let is_short = length <= LONGEST_HTML;
        is_short.then(|| html::page(draft, forms, related)).filter(|page| page.len() <= LONGEST_HTML)
    };
    if forms.is_empty() { page(forms) } else { page(forms).or_else(|| page(&[])) }
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

/// Renders a letter: header, `multipart/alternative` of plain text and HTML, with the pictures in it as `multipart/related`, then
/// the attachments. `forms` are those of the messages that the draft names ([`Draft::formed`]).
///
/// `read` is given the files of one message at a time, and hands each with its bytes to the function that it is given too; its
/// errors are passed on. Automatic letters are marked as such (RFC 3834 section 5), and every letter carries the loop mark ([`LOOP_MARK`]).
pub fn compose<E: From<ComposeError>>(
    letter: &Letter,
    forms: &[MessageForm],
    mut read: impl FnMut(&[SentFile], &mut dyn FnMut(&SentFile, &[u8])) -> Result<(), E>,
) -> Result<Vec<u8>, E> {
    let files = &letter.draft.files;
    let related = Related::of_letter(letter, forms);
    let page = page(&letter.draft, forms, &related);
    // Where the page has no pictures, all files are attached.
    let is_shown = |file: &SentFile| {
        let id = related.id(file);
        id.is_some_and(|id| page.as_ref().is_some_and(|page| page.contains(&format!("cid:{id}"))))
    };
    let (shown, attached): (Vec<SentFile>, Vec<SentFile>) = files.iter().cloned().partition(is_shown);
    let boundaries = boundaries(letter);
    let Boundaries { related: within, mixed, .. } = &boundaries;
    let mut message = without_files(letter, page, &boundaries, [!shown.is_empty(), !attached.is_empty()])?;
    let ends = [(&shown, within), (&attached, mixed)].map(|(files, boundary)| match files.is_empty() {
        true => String::new(),
        false => format!("--{boundary}--\r\n"),
    });
    let end = ends.concat();
    if !message.ends_with(end.as_bytes()) {
        return Err(ComposeError::NoEnd.into());
    }
    message.truncate(message.len() - end.len());
    message.reserve_exact(usize::try_from(encoded_size(files)).unwrap_or(0));
    for (files, boundary, end) in [(shown, within, &ends[0]), (attached, mixed, &ends[1])] {
        for files in files.chunk_by(|one, other| one.received == other.received) {
            read(files, &mut |file, bytes| {
                let id = related.id(file).filter(|_| boundary == within);
                file::append(&mut message, boundary, file, id, bytes);
            })?;
        }
        message.extend_from_slice(end.as_bytes());
    }
    check_lines(&message)?;
    Ok(message)
}

/// Renders the message without its files; these are inserted before the closing boundaries at its end, of the parts that are
/// related to the text and of all.
fn without_files(
    letter: &Letter,
    page: Option<String>,
    boundaries: &Boundaries,
    [has_related, has_attached]: [bool; 2],
) -> Result<Vec<u8>, ComposeError> {
    let plain = part(ContentType::TEXT_PLAIN, text::plain(&letter.draft));
    let Some(page) = page else {
        let body = match has_attached {
            false => return Ok(header(letter)?.singlepart(plain)?.formatted()),
            true => MultiPart::mixed().boundary(&boundaries.mixed).singlepart(plain),
        };
        return Ok(header(letter)?.multipart(body)?.formatted());
    };
    let texts = MultiPart::alternative().boundary(&boundaries.alternative);
    let mut body = texts.singlepart(plain).singlepart(part(ContentType::TEXT_HTML, page));
    if has_related {
        let content_type =
            format!("multipart/related; boundary=\"{}\"; type=\"multipart/alternative\"", boundaries.related);
        let content_type = ContentType::parse(&content_type).expect("the type is well-formed");
        body = MultiPart::builder().header(content_type).multipart(body);
    }
    if has_attached {
        body = MultiPart::mixed().boundary(&boundaries.mixed).multipart(body);
    }
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

/// The boundaries of a letter's parts.
struct Boundaries {
    alternative: String,
    related: String,
    mixed: String,
}

/// The boundaries: derived from the Message-ID, so that every rendering is the same, and within the 70 characters of RFC 2046
/// section 5.1.1.
fn boundaries(letter: &Letter) -> Boundaries {
    let digest = Digest::of(letter.message_id.as_str().as_bytes()).to_string();
    let (inner, outer) = digest.split_at(32);
    let (first, last) = (&inner[..16], &outer[16..]);
    Boundaries { alternative: format!("=_{inner}"), related: format!("=_{last}{first}"), mixed: format!("=_{outer}") }
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
