//! Extracts the readable text and the attachments of a message.

mod kinds;
mod text;
mod unpack;

use super::address;
use super::attachment::{self, Declared};
use super::cms::{self, Cms};
use super::part::Part;
use super::pictures::Pictures;
use super::reading::{self, Choice};
use super::words::tidy;
use super::{calendar, charset, header, pictures, tnef, unwrap};
use crate::mail::{automatic, versions};
use crate::model::{Attachment, Defect, Form, ForwardedMail, MessageProtection};
use kinds::{conventional_name, declared_name, is_cut_off_body, is_generic_name, is_text};

/// Longer texts are cut, in bytes.
const MAX_TEXT: usize = 1024 * 1024;

/// How many forwarded messages are read for the text of a message that has none itself.
const MAX_MESSAGES: usize = 20;

/// The content of a message.
#[derive(Debug, Default)]
pub struct Body {
    /// The readable text.
    pub text: String,
    /// The form of the text; empty where it came without HTML.
    pub form: Form,
    /// The version of the text that is not read, where it says something else; empty where there is none.
    pub other_text: String,
    /// Whether the text was converted from HTML.
    pub is_html: bool,
    /// Whether the text is that of attached messages, because there is no other.
    pub is_attached: bool,
    /// The messages that are attached.
    pub forwarded: Vec<ForwardedMail>,
    /// The attachments in order.
    pub attachments: Vec<Attachment>,
    /// The `message/delivery-status` part (RFC 3464), decoded.
    pub delivery_status: Option<String>,
    /// The header of the first message in it: of a delivery report, that which it returns.
    pub returned_header: Option<Vec<u8>>,
    /// The method of a `text/calendar` part (RFC 5546).
    pub calendar_method: Option<String>,
    /// Whether it is encrypted, and how.
    pub encrypted: Option<MessageProtection>,
    /// Defects of the body.
    pub defects: Vec<Defect>,
}

/// Reads all parts of a message.
pub fn read(root: &Part<'_>) -> Body {
    let mut reader = BodyReader::default();
    reader.collect_names(root);
    let rendered = reader.part(root, PartPlace::Root);
    let BodyReader { mut body, pictures, only_text, calendar } = reader;
    for attachment in &mut body.attachments {
        attachment.inline |= attachment.content_id.as_ref().is_some_and(|id| pictures.is_shown(id));
    }
    attachment::make_names_unique(&mut body.attachments);
    body.forwarded = attached_messages(root);
    let rendered = rendered.filter(|rendered| !tidy(&rendered.text).is_empty());
    // Without other text: a text part that is also an attachment, the text in a winmail.dat, an invitation.
    let rendered = rendered.or(only_text).filter(|rendered| !tidy(&rendered.text).is_empty()).or(calendar);
    body.is_html = rendered.as_ref().is_some_and(|rendered| rendered.kind == PartKind::Html);
    let Rendered { text, mut form, other, .. } = rendered.unwrap_or(Rendered::plain(PartKind::Plain, String::new()));
    body.text = tidy(&text);
    body.other_text = tidy(&other);
    body.other_text.truncate(body.other_text.floor_char_boundary(MAX_TEXT));
    form.place_pictures(|id| picture_part(&body.attachments, id));
    body.form = form;
    // A signature alone says nothing: the words are in the messages.
    if body.text.is_empty() || body.text.starts_with("--") && matches!(body.text.lines().next(), Some("--" | "-- ")) {
        let texts = [text_of_messages(root), std::mem::take(&mut body.text)];
        body.is_attached = !texts[0].is_empty();
        body.text = tidy(&texts.join("\n\n"));
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

/// The part of the picture with this Content-ID, or of the one that stood in the HTML itself under this name.
fn picture_part(attachments: &[Attachment], content_id: &str) -> Option<u32> {
    let inner = content_id.strip_prefix("data-").and_then(|part| part.parse().ok());
    let found = attachments.iter().find(|file| match &file.content_id {
        Some(id) => id == content_id,
        None => Some(file.part) == inner,
    });
    found.filter(|file| file.content_type.starts_with("image/")).map(|file| file.part)
}

/// The texts of the messages in a message without text of its own, each with its sender and subject.
pub fn text_of_messages(part: &Part<'_>) -> String {
    if !part.children.is_empty() {
        let digest = part.media_type() == "multipart/digest";
        let own = |child: &Part<'_>| digest && child.content_type.value.is_empty();
        let texts = part.children.iter().map(|c| if own(c) { text_of_message(c) } else { text_of_messages(c) });
        return texts.filter(|text| !text.is_empty()).take(MAX_MESSAGES).collect::<Vec<_>>().join("\n\n");
    }
    if part.media_type() == "message/rfc822" { text_of_message(part) } else { String::new() }
}

fn text_of_message(part: &Part<'_>) -> String {
    let field = |name: &str, value: &str| if value.is_empty() { String::new() } else { format!("{name}: {value}\n") };
    let Some((from, mail)) = attached_message(part) else { return String::new() };
    format!("{}{}\n{}", field("From", &from), field("Subject", &mail.subject), mail.words)
}

/// The messages in a message, the first of them; not those in reports about deliveries.
fn attached_messages(part: &Part<'_>) -> Vec<ForwardedMail> {
    if part.media_type() == "multipart/report" {
        return Vec::new();
    }
    if !part.children.is_empty() {
        return part.children.iter().flat_map(attached_messages).take(MAX_MESSAGES).collect();
    }
    let is_message = part.media_type() == "message/rfc822";
    is_message.then(|| attached_message(part)).flatten().map(|(_, mail)| mail).into_iter().collect()
}

/// An attached message, and its `From` as it stands there. `None` where its structure exceeds the limits; the file is there.
fn attached_message(part: &Part<'_>) -> Option<(String, ForwardedMail)> {
    let raw = part.encoding.decode(part.body);
    let read = unwrap::with_tree(&raw, |message, _| {
        let message = &message.root;
        let mut reader = BodyReader::default();
        reader.collect_names(message);
        let words = reader.part(message, PartPlace::Root).map(|rendered| rendered.text).unwrap_or_default();
        let field = |name: &str| message.header.first(name).map(|body| header::text(body, None)).unwrap_or_default();
        let from = message.header.first("From").and_then(|body| address::mailboxes(body, None).into_iter().next());
        let (date, subject, words) = (field("Date"), field("Subject"), words.trim_end().to_owned());
        (field("From"), ForwardedMail { from, date, subject, words, note: String::new(), is_attached: true })
    });
    read.ok()
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
    /// Its form; empty where there is no HTML.
    form: Form,
    /// The version of it that is not read; empty where it says the same.
    other: String,
}

impl Rendered {
    fn plain(kind: PartKind, text: String) -> Self {
        Self { kind, text, form: Form::default(), other: String::new() }
    }
}

/// The form of texts that stand one below the other; empty where none has one.
fn joined_form(texts: &[Rendered]) -> Form {
    let mut joined = Form::default();
    if texts.iter().all(|text| text.form.lines.is_empty()) {
        return joined;
    }
    for text in texts {
        let has_form = !text.form.lines.is_empty();
        joined.append(if has_form { text.form.clone() } else { Form::of_plain(&text.text) });
    }
    joined
}

#[derive(Default)]
struct BodyReader {
    body: Body,
    pictures: Pictures,
    /// The first text that is also an attachment, or in a winmail.dat.
    only_text: Option<Rendered>,
    /// The first invitation in words.
    calendar: Option<Rendered>,
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
        if part.media_type() == "multipart/encrypted" {
            self.encrypted(MessageProtection::EncryptedPgp);
        }
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

    fn encrypted(&mut self, protection: MessageProtection) {
        if self.body.encrypted.is_none() {
            self.body.encrypted = Some(protection);
            self.body.defects.push(Defect(protection.to_string()));
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
        texts.retain(|t| t.kind != PartKind::Picture || !html && !vouched);
        let kept: Vec<&str> = texts.iter().map(|t| t.text.trim_end()).collect();
        let kind = if html {
            PartKind::Html
        } else if vouched {
            PartKind::VouchedHtml
        } else if words {
            PartKind::Plain
        } else {
            PartKind::Picture
        };
        let text = kept.join("\n\n");
        let differs = texts.iter().any(|text| !text.other.is_empty());
        let others = texts.iter().filter(|_| differs).map(|t| if t.other.is_empty() { &t.text } else { &t.other });
        let other = others.map(|text| text.trim_end()).collect::<Vec<_>>().join("\n\n");
        (!kept.is_empty()).then(|| Rendered { kind, text, form: joined_form(&texts), other })
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
        if let (Some(plain), Some(html)) = (plain, html) {
            let [plain, html] = [plain, html].map(|at| versions[at].text.clone());
            let differ = !reading::says_nothing(&plain, &html) && versions::differ(&plain, &html);
            let is_plain = versions[best].text == plain;
            versions[best].other = if !differ {
                String::new()
            } else if is_plain {
                html
            } else {
                plain
            };
        }
        // The plain text has the form of the HTML, as far as the two agree.
        if let Some(html) = html.filter(|html| *html != best) {
            versions[best].form = std::mem::take(&mut versions[html].form);
        }
        versions.into_iter().nth(best)
    }

    fn leaf(&mut self, part: &Part<'_>, place: PartPlace) -> Option<Rendered> {
        match part.media_type() {
            "message/delivery-status" | "message/global-delivery-status" if self.body.delivery_status.is_none() => {
                self.body.delivery_status =
                    Some(String::from_utf8_lossy(&part.encoding.decode(part.body)).into_owned());
            }
            "message/rfc822" | "message/global" | "text/rfc822-headers" | "message/global-headers"
                if self.body.returned_header.is_none() =>
            {
                let bytes = part.encoding.decode(part.body);
                self.body.returned_header = Some(bytes[..bytes.len().min(header::MAX_HEADER)].to_vec());
            }
            "text/calendar" if self.calendar.is_none() => {
                let (bytes, _) = part.content();
                let text = calendar::to_text(&charset::decode(&bytes, part.content_type.plain("charset")).text);
                self.calendar = text.map(|text| Rendered::plain(PartKind::Plain, text));
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
        let (bytes, _) = part.content();
        if let Some(contents) = tnef::read(&bytes) {
            self.tnef_text(&contents);
            if !contents.files.is_empty() {
                self.tnef_files(part, contents);
                return None;
            }
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
        if unwrap::is_smime(part) && cms::read(&bytes) == Some(Cms::Encrypted) {
            self.encrypted(MessageProtection::EncryptedSmime);
        }
        let file = attachment::describe(part.index, claims, &bytes);
        if matches!(part.media_type(), "text/plain" | "text/html") {
            if is_cut_off_body(part) && matches!(place, PartPlace::First | PartPlace::Later) {
                self.body.attachments.push(file);
                return self.text(part).filter(|rendered| !rendered.text.trim().is_empty());
            }
            if self.only_text.is_none() && (inline || place == PartPlace::Root || is_generic_name(&file.filename)) {
                self.only_text = self.text(part);
            }
        }
        let picture = (file.inline && file.content_id.is_none()).then(|| pictures::placeholder(&file.filename));
        self.body.attachments.push(file);
        picture.map(|text| Rendered::plain(PartKind::Picture, text))
    }
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
