//! Extracts files that stand inside of another part: in a winmail.dat, uuencoded in a text, as `data:` pictures in HTML.

use std::borrow::Cow;

use super::super::attachment::{self, Declared};
use super::super::part::Part;
use super::super::reading::{self, Choice};
use super::super::transfer::Encoding;
use super::super::{charset, data_pictures, header, tnef, uuencode};
use super::{BodyReader, PartKind, Rendered};
use crate::mail::html;

/// The part number of an unpacked file: the index of the MIME part in the low 16 bits, its position in it, from 1, above.
fn inner_id(part: u32, position: usize) -> u32 {
    part | (position as u32) << 16
}

impl BodyReader {
    /// The text in a winmail.dat, used if the message has no other.
    pub(super) fn tnef_text(&mut self, contents: &tnef::Contents<'_>) {
        let plain = contents.text.as_deref().unwrap_or_default();
        let (html, form) = html::read(&self.pictures.in_html(contents.html.as_deref().unwrap_or_default()));
        let (kind, text) = match reading::choose(plain, &html) {
            Choice::Plain => (PartKind::Plain, plain.to_owned()),
            Choice::Html => (PartKind::Html, html),
            Choice::HtmlAsPlain => (PartKind::VouchedHtml, html),
        };
        if self.only_text.is_none() && !text.trim().is_empty() {
            self.only_text = Some(Rendered { kind, text, form, other: String::new() });
        }
    }

    /// Replaces a winmail.dat by the files in it.
    pub(super) fn tnef_files(&mut self, part: &Part<'_>, contents: tnef::Contents<'_>) {
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
    }

    /// Extracts uuencoded files from a text; returns the text without them, and their number.
    pub(super) fn without_uuencoded<'b>(&mut self, part: &Part<'_>, bytes: Cow<'b, [u8]>) -> (Cow<'b, [u8]>, usize) {
        let files = uuencode::find(&bytes);
        if files.is_empty() || part.encoding == Encoding::Uuencode {
            return (bytes, 0);
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
        (Cow::Owned(rest), files.len())
    }

    /// Extracts `data:` pictures from HTML, of which `unpacked` other files were extracted before; returns the HTML with
    /// references to them in their places.
    pub(super) fn without_data_pictures<'b>(
        &mut self,
        part: &Part<'_>,
        bytes: Cow<'b, [u8]>,
        unpacked: usize,
    ) -> Cow<'b, [u8]> {
        let pictures = data_pictures::find(&bytes);
        if pictures.is_empty() {
            return bytes;
        }
        let (mut rest, mut from) = (Vec::new(), 0);
        for (position, picture) in (1..).zip(&pictures) {
            let alt = charset::decode(&picture.alt, part.content_type.plain("charset")).text;
            let name = attachment::safe_name(&picture.name(&alt, position));
            let id = inner_id(part.index, unpacked + position);
            let claims = Declared {
                name: Some(name.clone()),
                media_type: picture.media_type.clone(),
                content_id: None,
                inline: true,
            };
            self.body.attachments.push(attachment::describe(id, claims, &picture.decode()));
            let reference = format!("data-{id}");
            rest.extend_from_slice(&bytes[from..picture.range.start]);
            rest.extend_from_slice(format!("cid:{reference}").as_bytes());
            self.pictures.add(reference, name);
            from = picture.range.end;
        }
        rest.extend_from_slice(&bytes[from..]);
        Cow::Owned(rest)
    }
}
