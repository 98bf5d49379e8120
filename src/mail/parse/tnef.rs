//! Unpacks `winmail.dat`, into which Outlook wraps files and text (TNEF, MS-OXTNEF).

use super::words::html_charset;
use super::{charset, rtf};

/// The content of a TNEF stream.
#[derive(Debug, Default, PartialEq)]
pub struct Contents<'a> {
    /// The plain text of the message, or that of its rich text; None: there is neither.
    pub text: Option<String>,
    /// The HTML of the message.
    pub html: Option<String>,
    /// The files in order.
    pub files: Vec<TnefFile<'a>>,
}

/// A file in a TNEF stream.
#[derive(Debug, Default, PartialEq)]
pub struct TnefFile<'a> {
    /// Its long name, else its short (8.3) name.
    pub name: String,
    /// Its media type, if stated.
    pub media_type: Option<String>,
    /// `Content-ID` without angle brackets, if stated.
    pub content_id: Option<String>,
    /// Its content.
    pub bytes: &'a [u8],
}

const SIGNATURE: u32 = 0x223e_9f78;
/// Further files of a stream are ignored.
const MAX_FILES: usize = 100;
/// Further properties of a list are ignored.
const MAX_PROPERTIES: u32 = 1_000;

/// Attributes (MS-OXTNEF 2.1.3.2).
const OEM_CODEPAGE: u32 = 0x0006_9007;
const BODY: u32 = 0x0002_800c;
const MESSAGE_PROPERTIES: u32 = 0x0006_9003;
const ATTACH_REND_DATA: u32 = 0x0006_9002;
const ATTACH_TITLE: u32 = 0x0001_8010;
const ATTACH_DATA: u32 = 0x0006_800f;
const ATTACH_PROPERTIES: u32 = 0x0006_9005;

/// Properties (MS-OXPROPS).
const PR_BODY: u16 = 0x1000;
const PR_RTF_COMPRESSED: u16 = 0x1009;
const PR_HTML: u16 = 0x1013;
const PR_ATTACH_DATA: u16 = 0x3701;
const PR_ATTACH_LONG_FILENAME: u16 = 0x3707;
const PR_ATTACH_MIME_TAG: u16 = 0x370e;
const PR_ATTACH_CONTENT_ID: u16 = 0x3712;

/// Parses a TNEF stream; None: it is not one. A truncated stream gives what precedes the cut.
pub fn read(stream: &[u8]) -> Option<Contents<'_>> {
    let mut cursor = Cursor(stream);
    (cursor.u32()? == SIGNATURE).then_some(())?;
    cursor.take(2)?;
    let mut contents = Contents::default();
    let mut codepage = "windows-1252".to_owned();
    let mut rich = None;
    while let Some((attribute, data)) = cursor.attribute() {
        match attribute {
            OEM_CODEPAGE => codepage = Cursor(data).u32().map_or(codepage, |number| format!("windows-{number}")),
            BODY => contents.text = Some(text(data, &codepage)),
            MESSAGE_PROPERTIES => {
                for (id, value) in properties(data, &codepage) {
                    match (id, value) {
                        (PR_BODY, TnefValue::Text(text)) => contents.text = contents.text.or(Some(text)),
                        (PR_HTML, TnefValue::Text(html)) => contents.html = Some(html),
                        (PR_HTML, TnefValue::Bytes(html)) => {
                            contents.html = Some(charset::decode(html, html_charset(html).as_deref()).text);
                        }
                        (PR_RTF_COMPRESSED, TnefValue::Bytes(stream)) => rich = rtf::decompress(stream),
                        _ => {}
                    }
                }
            }
            ATTACH_REND_DATA if contents.files.len() < MAX_FILES => contents.files.push(TnefFile::default()),
            _ => {
                if let Some(file) = contents.files.last_mut() {
                    file.take(attribute, data, &codepage);
                }
            }
        }
    }
    let has_words = contents.text.as_ref().is_some_and(|text| !text.trim().is_empty());
    if !has_words && let Some(rich) = rich {
        contents.text = Some(rtf::to_text(&rich));
    }
    Some(contents)
}

impl<'a> TnefFile<'a> {
    fn take(&mut self, attribute: u32, data: &'a [u8], codepage: &str) {
        match attribute {
            ATTACH_TITLE if self.name.is_empty() => self.name = text(data, codepage),
            ATTACH_DATA => self.bytes = data,
            ATTACH_PROPERTIES => {
                for (id, value) in properties(data, codepage) {
                    match (id, value) {
                        (PR_ATTACH_LONG_FILENAME, TnefValue::Text(name)) if !name.is_empty() => self.name = name,
                        (PR_ATTACH_MIME_TAG, TnefValue::Text(media_type)) => {
                            self.media_type = Some(media_type.to_ascii_lowercase())
                        }
                        (PR_ATTACH_CONTENT_ID, TnefValue::Text(id)) => {
                            self.content_id = Some(id.trim_matches(['<', '>', ' ']).to_owned());
                        }
                        (PR_ATTACH_DATA, TnefValue::Bytes(bytes)) if self.bytes.is_empty() => self.bytes = bytes,
                        _ => {}
                    }
                }
            }
            _ => {}
        }
    }
}

enum TnefValue<'a> {
    Text(String),
    Bytes(&'a [u8]),
}

/// The text and binary properties of a list (MS-OXTNEF 2.1.3.4), up to the first malformed one.
fn properties<'a>(data: &'a [u8], codepage: &str) -> Vec<(u16, TnefValue<'a>)> {
    let mut cursor = Cursor(data);
    let count = cursor.u32().unwrap_or(0).min(MAX_PROPERTIES);
    let mut found = Vec::new();
    for _ in 0..count {
        match cursor.property(codepage) {
            Some((id, Some(value))) => found.push((id, value)),
            Some(_) => {}
            None => break,
        }
    }
    found
}

fn text(data: &[u8], codepage: &str) -> String {
    charset::decode(data, Some(codepage)).text.trim_end_matches('\0').to_owned()
}

/// The unread bytes of a stream; numbers are little-endian.
struct Cursor<'a>(&'a [u8]);

impl<'a> Cursor<'a> {
    fn take(&mut self, length: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.0.split_at_checked(length)?;
        self.0 = rest;
        Some(taken)
    }

    fn u16(&mut self) -> Option<u16> {
        Some(u16::from_le_bytes(self.take(2)?.try_into().ok()?))
    }

    fn u32(&mut self) -> Option<u32> {
        Some(u32::from_le_bytes(self.take(4)?.try_into().ok()?))
    }

    /// Reads bytes preceded by their length and padded to a multiple of four.
    fn counted(&mut self) -> Option<&'a [u8]> {
        let length = self.u32()? as usize;
        let taken = self.take(length)?;
        self.take(length.wrapping_neg() % 4)?;
        Some(taken)
    }

    fn attribute(&mut self) -> Option<(u32, &'a [u8])> {
        self.take(1)?;
        let attribute = self.u32()?;
        let length = self.u32()? as usize;
        let data = self.take(length.min(self.0.len()))?;
        // The checksum is ignored: damaged content is better than none.
        self.take(2.min(self.0.len()))?;
        Some((attribute, data))
    }

    /// Reads the id of the next property, and its value if it is text or binary.
    fn property(&mut self, codepage: &str) -> Option<(u16, Option<TnefValue<'a>>)> {
        let (kind, id) = (self.u16()?, self.u16()?);
        if id >= 0x8000 {
            self.take(16)?;
            match self.u32()? {
                0 => self.u32().map(|_| ())?,
                _ => self.counted().map(|_| ())?,
            }
        }
        let several = kind & 0x1000 != 0;
        let variable = matches!(kind & 0xfff, 0x0d | 0x1e | 0x1f | 0x102);
        let count = if several || variable { self.u32()?.min(MAX_PROPERTIES) } else { 1 };
        let mut value = None;
        for _ in 0..count {
            let read = match kind & 0xfff {
                0x02 | 0x03 | 0x04 | 0x0a | 0x0b => self.take(4).map(|_| None)?,
                0x05 | 0x06 | 0x07 | 0x14 | 0x40 => self.take(8).map(|_| None)?,
                0x48 => self.take(16).map(|_| None)?,
                0x1e => Some(TnefValue::Text(text(self.counted()?, codepage))),
                0x1f => Some(TnefValue::Text(text(self.counted()?, "utf-16le"))),
                0x0d | 0x102 => Some(TnefValue::Bytes(self.counted()?)),
                _ => return None,
            };
            value = value.or(read);
        }
        Some((id, value))
    }
}

#[cfg(test)]
mod tests {
    use super::{Contents, read};

    fn attribute(level: u8, id: u32, data: &[u8]) -> Vec<u8> {
        let sum: u16 = data.iter().fold(0, |sum, &b| sum.wrapping_add(u16::from(b)));
        [&[level], id.to_le_bytes().as_slice(), &(data.len() as u32).to_le_bytes(), data, &sum.to_le_bytes()].concat()
    }

    fn long_name(name: &str) -> Vec<u8> {
        let wide: Vec<u8> = name.encode_utf16().chain([0]).flat_map(u16::to_le_bytes).collect();
        let mut data = [1u32.to_le_bytes(), 0x3707_001fu32.to_le_bytes(), 1u32.to_le_bytes()].concat();
        data.extend((wide.len() as u32).to_le_bytes());
        data.extend(&wide);
        data.resize(data.len().next_multiple_of(4), 0);
        data
    }

    fn sample() -> Vec<u8> {
        let mut stream = [0x223e_9f78u32.to_le_bytes().as_slice(), &[1, 0]].concat();
        stream.extend(attribute(1, 0x0006_9007, &1251u32.to_le_bytes()));
        stream.extend(attribute(1, 0x0002_800c, b"\xcf\xf0\xe8\xe2\xe5\xf2\0"));
        stream.extend(attribute(2, 0x0006_9002, &[0; 14]));
        stream.extend(attribute(2, 0x0001_8010, b"OT~1.TXT\0"));
        stream.extend(attribute(2, 0x0006_800f, b"line"));
        stream.extend(attribute(2, 0x0006_9005, &long_name("отчёт.txt")));
        stream
    }

    #[test]
    fn files_and_text_are_unpacked() {
        let stream = sample();
        let Some(Contents { text, files, .. }) = read(&stream) else { panic!("a TNEF stream") };
        assert_eq!(text.as_deref(), Some("Привет"));
        assert_eq!(files.len(), 1);
        assert_eq!((files[0].name.as_str(), files[0].bytes), ("отчёт.txt", b"line".as_slice()));
    }

    #[test]
    fn truncated_streams_do_not_panic() {
        let stream = sample();
        for end in 0..stream.len() {
            read(&stream[..end]);
        }
        assert_eq!(read(b"not a TNEF stream"), None);
    }
}
