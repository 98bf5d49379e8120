//! Extracts the readable text and the attachments of a message.

use std::borrow::Cow;

use super::attachment::{self, Declared};
use super::part::Part;
use super::pictures::Pictures;
use super::reading::{self, Choice};
use super::transfer::Encoding;
use super::words::{html_charset, looks_like_html, tidy};
use super::{charset, flowed, guard, header, pictures, split, tnef, uuencode};
use crate::mail::{automatic, html};
use crate::model::{Attachment, Defect};

/// Longer texts are cut, in bytes.
const MAX_TEXT: usize = 1024 * 1024;
/// How much of a text part is read, in bytes; more than [`MAX_TEXT`], because markup is larger than its text.
const MAX_TEXT_PART: usize = 4 * 1024 * 1024;

/// How many forwarded messages are read for the text of a message that has none itself.
const MAX_MESSAGES: usize = 20;

/// The content of a message.
#[derive(Debug, Default)]
pub struct Body {
    /// The readable text.
    pub text: String,
    /// Whether the text was converted from HTML.
    pub is_html: bool,
    /// The attachments in order.
    pub attachments: Vec<Attachment>,
    /// The `message/delivery-status` part (RFC 3464), decoded.
    pub delivery_status: Option<String>,
    /// The header of the message that a delivery report returns.
    pub returned_header: Option<Vec<u8>>,
    /// The method of a `text/calendar` part (RFC 5546).
    pub calendar_method: Option<String>,
    /// Defects of the body.
    pub defects: Vec<Defect>,
}

/// The part number of an unpacked file: the index of the MIME part in the low 16 bits, its position in it, from 1, above.
pub fn inner_id(part: u32, position: usize) -> u32 {
    part | (position as u32) << 16
}

/// Reads all parts of a message.
pub fn read(root: &Part<'_>) -> Body {
    let mut reader = BodyReader::default();
    reader.collect_names(root);
    let rendered = reader.part(root, PartPlace::Root);
    let BodyReader { mut body, pictures, only_text } = reader;
    for attachment in &mut body.attachments {
        attachment.inline |= attachment.content_id.as_ref().is_some_and(|id| pictures.is_shown(id));
    }
    attachment::make_names_unique(&mut body.attachments);
    body.is_html = rendered.as_ref().is_some_and(|rendered| rendered.kind == PartKind::Html);
    body.text = tidy(&rendered.map(|r| r.text).unwrap_or_default());
    // Without other text: a text part that is also an attachment, or the text in a winmail.dat.
    if body.text.is_empty() {
        body.text = tidy(&only_text.unwrap_or_default());
    }
    if body.text.is_empty() {
        body.text = tidy(&text_of_messages(root));
    }
    if body.text.len() > MAX_TEXT {
        let mut end = MAX_TEXT;
        while !body.text.is_char_boundary(end) {
            end -= 1;
        }
        body.text.truncate(end);
        body.defects.push(Defect("text: too long, cut at 1 MiB".to_owned()));
    }
    body
}

/// The texts of the messages in a message without text of its own, each with its sender and subject.
fn text_of_messages(part: &Part<'_>) -> String {
    if !part.children.is_empty() {
        let digest = part.media_type() == "multipart/digest";
        let own = |child: &Part<'_>| digest && child.content_type.value.is_empty();
        let texts = part.children.iter().map(|c| if own(c) { text_of_message(c) } else { text_of_messages(c) });
        return texts.filter(|text| !text.is_empty()).take(MAX_MESSAGES).collect::<Vec<_>>().join("\n\n");
    }
    if part.media_type() == "message/rfc822" { text_of_message(part) } else { String::new() }
}

fn text_of_message(part: &Part<'_>) -> String {
    let raw = part.encoding.decode(part.body);
    if guard::check(&raw).is_err() {
        return String::new();
    }
    let message = split::tree(&raw).root;
    let mut reader = BodyReader::default();
    reader.collect_names(&message);
    let words = reader.part(&message, PartPlace::Root).map(|rendered| rendered.text).unwrap_or_default();
    let field = |name: &str| {
        let value = message.header.first(name).map(|body| header::text(body, None)).unwrap_or_default();
        if value.is_empty() { value } else { format!("{name}: {value}\n") }
    };
    format!("{}{}\n{}", field("From"), field("Subject"), words.trim_end())
}

/// The position of a part in its parent.
#[derive(Clone, Copy, PartialEq)]
enum PartPlace {
    Root,
    /// First part of a multipart: its text, if it is text.
    First,
    Later,
    Alternative,
    Report,
    Digest,
}

#[derive(Clone, Copy, PartialEq)]
enum PartKind {
    Plain,
    Html,
    /// HTML whose brackets stand in the plain text as well ([`reading`]).
    VouchedHtml,
    Picture,
}

/// A part as readable text.
struct Rendered {
    kind: PartKind,
    text: String,
}

#[derive(Default)]
struct BodyReader {
    body: Body,
    pictures: Pictures,
    /// The first text that is an inline attachment, or in a winmail.dat.
    only_text: Option<String>,
}

impl BodyReader {
    fn collect_names(&mut self, part: &Part<'_>) {
        if let Some(id) = part.content_id() {
            let name = declared_name(part).map(|name| attachment::safe_name(&name)).unwrap_or_default();
            self.pictures.add(id, name);
        }
        part.children.iter().for_each(|child| self.collect_names(child));
    }

    fn part(&mut self, part: &Part<'_>, place: PartPlace) -> Option<Rendered> {
        if part.children.is_empty() {
            return self.leaf(part, place);
        }
        match part.media_type() {
            "multipart/alternative" => self.alternative(part),
            "multipart/report" => self.sequence(part, |n| if n == 0 { PartPlace::First } else { PartPlace::Report }),
            "multipart/digest" => self.sequence(part, |_| PartPlace::Digest),
            _ => self.sequence(part, |n| if n == 0 { PartPlace::First } else { PartPlace::Later }),
        }
    }

    /// Reads the parts in sequence: mixed, related, signed, and unknown multiparts (RFC 2046 section 5.1.7).
    fn sequence(&mut self, part: &Part<'_>, place: impl Fn(usize) -> PartPlace) -> Option<Rendered> {
        let mut texts: Vec<Rendered> = Vec::new();
        for (n, child) in part.children.iter().enumerate() {
            texts.extend(self.part(child, place(n)));
        }
        let words = texts.iter().any(|t| t.kind != PartKind::Picture);
        let html = texts.iter().any(|t| t.kind == PartKind::Html);
        let vouched = texts.iter().any(|t| t.kind == PartKind::VouchedHtml);
        // HTML shows its pictures itself, so placeholders are for plain text only.
        let kept: Vec<&str> = texts
            .iter()
            .filter(|t| t.kind != PartKind::Picture || !html && !vouched)
            .map(|t| t.text.trim_end())
            .collect();
        let kind = if html {
            PartKind::Html
        } else if vouched {
            PartKind::VouchedHtml
        } else if words {
            PartKind::Plain
        } else {
            PartKind::Picture
        };
        (!kept.is_empty()).then(|| Rendered { kind, text: kept.join("\n\n") })
    }

    /// Reads the versions of one text, and chooses among them.
    fn alternative(&mut self, part: &Part<'_>) -> Option<Rendered> {
        let mut versions: Vec<Rendered> =
            part.children.iter().filter_map(|child| self.part(child, PartPlace::Alternative)).collect();
        let has_words = |version: &Rendered| !version.text.trim().is_empty();
        let html =
            versions.iter().rposition(|v| v.kind != PartKind::Plain && v.kind != PartKind::Picture && has_words(v));
        let plain = versions.iter().position(|v| v.kind == PartKind::Plain && has_words(v));
        let best = match (plain, html) {
            (Some(plain), Some(html)) => match reading::choose(&versions[plain].text, &versions[html].text) {
                Choice::Plain => plain,
                Choice::Html => html,
                Choice::HtmlAsPlain => {
                    versions[html].kind = PartKind::VouchedHtml;
                    html
                }
            },
            (plain, html) => plain.or(html).unwrap_or(0),
        };
        versions.into_iter().nth(best)
    }

    fn leaf(&mut self, part: &Part<'_>, place: PartPlace) -> Option<Rendered> {
        match part.media_type() {
            "message/delivery-status" if self.body.delivery_status.is_none() => {
                self.body.delivery_status =
                    Some(String::from_utf8_lossy(&part.encoding.decode(part.body)).into_owned());
            }
            "message/rfc822" | "text/rfc822-headers" if place == PartPlace::Report => {
                let bytes = part.encoding.decode(part.body);
                self.body.returned_header = Some(bytes[..bytes.len().min(header::MAX_HEADER)].to_vec());
            }
            "text/calendar" if self.body.calendar_method.is_none() => {
                let field = part.header.first("Content-Type").map(|body| header::text(body, None)).unwrap_or_default();
                self.body.calendar_method = automatic::calendar_method(&field);
            }
            _ => {}
        }
        if is_text(part, place) {
            return self.text(part);
        }
        if place == PartPlace::Alternative
            && part.media_type().starts_with("text/")
            && part.media_type() != "text/calendar"
        {
            return None;
        }
        self.file(part, place)
    }

    fn file(&mut self, part: &Part<'_>, place: PartPlace) -> Option<Rendered> {
        let bytes = part.encoding.decode(part.body);
        if let Some(contents) = tnef::read(&bytes).filter(|contents| !contents.files.is_empty()) {
            self.tnef(part, contents);
            return None;
        }
        if ["Content-Disposition", "Content-Type"]
            .iter()
            .any(|name| part.header.first(name).is_some_and(header::is_guessed))
        {
            self.body.defects.push(Defect("file name: 8-bit text, its charset was guessed".to_owned()));
        }
        let inline = part.disposition.value == "inline";
        let media_type = if place == PartPlace::Digest && part.content_type.value.is_empty() {
            "message/rfc822"
        } else {
            part.media_type()
        };
        let claims = Declared {
            name: declared_name(part).or_else(|| conventional_name(media_type, &bytes)),
            media_type: media_type.to_owned(),
            content_id: part.content_id(),
            inline,
        };
        let file = attachment::describe(part.index, claims, &bytes);
        if inline && self.only_text.is_none() && matches!(part.media_type(), "text/plain" | "text/html") {
            self.only_text = self.text(part).map(|rendered| rendered.text);
        }
        let picture = (file.inline && file.content_id.is_none()).then(|| pictures::placeholder(&file.filename));
        self.body.attachments.push(file);
        picture.map(|text| Rendered { kind: PartKind::Picture, text })
    }

    /// Replaces a winmail.dat by the files in it; its text is used if the message has no other.
    fn tnef(&mut self, part: &Part<'_>, contents: tnef::Contents<'_>) {
        for (position, file) in contents.files.into_iter().enumerate() {
            let claims = Declared {
                name: Some(file.name),
                media_type: file.media_type.unwrap_or_default(),
                content_id: file.content_id,
                inline: false,
            };
            let id = inner_id(part.index, position + 1);
            self.body.attachments.push(attachment::describe(id, claims, file.bytes));
        }
        self.only_text = self.only_text.take().or(contents.text);
    }

    fn text(&mut self, part: &Part<'_>) -> Option<Rendered> {
        let bytes = part.encoding.decode(part.body);
        let bytes = self.without_uuencoded(part, bytes);
        let readable = &bytes[..bytes.len().min(MAX_TEXT_PART)];
        let declared = part.content_type.plain("charset");
        let is_html = part.media_type() == "text/html" || looks_like_html(readable);
        let own_label = if is_html && declared.is_none() { html_charset(readable) } else { None };
        let decoded = charset::decode(readable, declared.or(own_label.as_deref()));
        self.body.defects.extend(decoded.defect.map(|defect| Defect(format!("text: {defect}"))));
        let mut text = decoded.text;
        // Not every database keeps U+0000 in a text.
        if text.contains('\0') {
            text = text.replace('\0', "\u{fffd}");
            self.body.defects.push(Defect("text: U+0000 in it is shown as U+FFFD".to_owned()));
        }
        if let Some(boundary) = split::boundary(part) {
            let lines =
                text.split_inclusive('\n').filter(|line| split::delimiter(line.as_bytes(), &boundary).is_none());
            text = lines.collect();
        }
        if is_html {
            return Some(Rendered { kind: PartKind::Html, text: html::to_text(&self.pictures.in_html(&text)) });
        }
        let parameter = |name: &str| part.content_type.plain(name).unwrap_or_default().to_ascii_lowercase();
        let text = if parameter("format") == "flowed" {
            flowed::unwrap(&text, parameter("delsp") == "yes")
        } else {
            text.replace("\r\n", "\n").replace('\r', "\n")
        };
        Some(Rendered { kind: PartKind::Plain, text: self.pictures.in_plain(&text) })
    }

    /// Extracts uuencoded files from a text; returns the text without them.
    fn without_uuencoded<'b>(&mut self, part: &Part<'_>, bytes: Cow<'b, [u8]>) -> Cow<'b, [u8]> {
        let files = uuencode::find(&bytes);
        if files.is_empty() || part.encoding == Encoding::Uuencode {
            return bytes;
        }
        let (mut rest, mut from) = (Vec::new(), 0);
        for (position, file) in files.iter().enumerate() {
            rest.extend_from_slice(&bytes[from..file.range.start]);
            from = file.range.end;
            let claims = Declared { name: Some(header::text(file.name, None)), ..Declared::default() };
            let id = inner_id(part.index, position + 1);
            self.body.attachments.push(attachment::describe(id, claims, &uuencode::decode(file.body)));
        }
        rest.extend_from_slice(&bytes[from..]);
        Cow::Owned(rest)
    }
}

/// Whether a part is read as text, not listed as an attachment.
fn is_text(part: &Part<'_>, place: PartPlace) -> bool {
    let media_type = part.media_type();
    let words = matches!(media_type, "text/plain" | "text/html" | "text" | "text/enriched" | "plain/text")
        || !media_type.contains('/')
        || (place == PartPlace::Root && media_type.starts_with("text/") && media_type != "text/calendar")
        || (media_type.starts_with("multipart/") && part.children.is_empty());
    let named = part.disposition.plain("filename").is_some() || part.disposition.decoded("filename").is_some();
    let file = part.disposition.value == "attachment"
        || (named && place != PartPlace::Root)
        || (part.content_type.decoded("name").is_some() && place == PartPlace::Later);
    words && !file && place != PartPlace::Digest
}

/// The declared file name: `filename` of Content-Disposition, else `name` of Content-Type.
fn declared_name(part: &Part<'_>) -> Option<String> {
    let named = part.disposition.decoded("filename").or_else(|| part.content_type.decoded("name"));
    named.filter(|name| !name.trim().is_empty())
}

/// The usual file name for types of parts that have none.
fn conventional_name(media_type: &str, bytes: &[u8]) -> Option<String> {
    let name = match media_type {
        "message/rfc822" | "message/global" => {
            let subject = header::read(bytes).first("Subject").map(|body| header::text(body, None)).unwrap_or_default();
            return Some(if subject.is_empty() { "message.eml".to_owned() } else { format!("{subject}.eml") });
        }
        "message/delivery-status" => "delivery-status.txt",
        "message/disposition-notification" => "disposition-notification.txt",
        "message/feedback-report" => "feedback-report.txt",
        "text/rfc822-headers" => "headers.txt",
        "text/calendar" => "invite.ics",
        "application/pgp-signature" => "signature.asc",
        "application/pgp-encrypted" => "version.asc",
        "application/pkcs7-signature" | "application/x-pkcs7-signature" => "smime.p7s",
        "application/pkcs7-mime" | "application/x-pkcs7-mime" => "smime.p7m",
        "application/ms-tnef" => "winmail.dat",
        _ => return None,
    };
    Some(name.to_owned())
}

#[cfg(test)]
mod tests {
    #[test]
    fn u_0000_becomes_a_visible_sign_and_a_defect() {
        let incoming = super::super::parse(b"From: a@example.com\r\nSubject: x\r\n\r\nbefore\0after\r\n");
        assert_eq!(incoming.text.trim(), "before\u{fffd}after");
        assert!(incoming.defects.iter().any(|defect| defect.0.contains("U+0000")), "{:?}", incoming.defects);
    }
}
