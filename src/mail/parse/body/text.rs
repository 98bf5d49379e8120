//! Decodes a text part: charset, markup, flowed lines.

use super::super::words::{html_charset, looks_like_html};
use super::super::{charset, flowed, split};
use super::{BodyReader, PartKind, Rendered};
use crate::mail::html;
use crate::mail::parse::part::Part;
use crate::model::{Defect, MessageProtection};

/// How much of a text part is read, in bytes; more than the longest text, because markup is larger than its text.
const MAX_TEXT_PART: usize = 4 * 1024 * 1024;

impl BodyReader {
    pub(super) fn text(&mut self, part: &Part<'_>) -> Option<Rendered> {
        let (bytes, fault) = part.content();
        self.body.defects.extend(fault.map(|fault| Defect(format!("text: {fault}"))));
        let (bytes, unpacked) = self.without_uuencoded(part, bytes);
        let declared = part.content_type.plain("charset");
        let is_html = part.media_type() == "text/html" || looks_like_html(&bytes);
        let bytes = if is_html { self.without_data_pictures(part, bytes, unpacked) } else { bytes };
        let readable = &bytes[..bytes.len().min(MAX_TEXT_PART)];
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
            let (text, form) = html::read(&self.pictures.in_html(&text));
            self.note_armour(&text);
            return Some(Rendered { kind: PartKind::Html, text, form, other: String::new() });
        }
        self.note_armour(&text);
        let parameter = |name: &str| part.content_type.plain(name).unwrap_or_default().to_ascii_lowercase();
        let text = if parameter("format") == "flowed" {
            flowed::unwrap(&text, parameter("delsp") == "yes")
        } else {
            text.replace("\r\n", "\n").replace('\r', "\n")
        };
        Some(Rendered::plain(PartKind::Plain, self.pictures.in_plain(&text)))
    }

    /// Notes that a text is an encrypted message (RFC 9580 section 6), but for a greeting or a quotation around it.
    fn note_armour(&mut self, text: &str) {
        let mut lines = text.lines().map(str::trim);
        let before = lines.by_ref().take_while(|line| *line != ARMOUR).filter(|line| is_word_of_writer(line)).count();
        let armoured = lines.by_ref().take_while(|line| !line.starts_with("-----END PGP MESSAGE")).count();
        if armoured > 0 && before <= MOST_LINES_BEFORE {
            self.encrypted(MessageProtection::EncryptedPgp);
        }
    }
}

/// The first line of a message that is encrypted by OpenPGP.
const ARMOUR: &str = "-----BEGIN PGP MESSAGE-----";

/// Behind more lines of words, an encrypted message is something that its writer asks about.
const MOST_LINES_BEFORE: usize = 3;

fn is_word_of_writer(line: &str) -> bool {
    !line.is_empty() && !line.starts_with('>')
}
