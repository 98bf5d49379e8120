//! Reads rich text: the compression of MAPI bodies (MS-OXRTFCP), and the words of RTF 1.9.

use std::collections::HashMap;

use encoding_rs::{Encoding, WINDOWS_1252};

/// Longer texts are cut, in bytes.
const LONGEST: usize = 8 * 1024 * 1024;
/// Groups nested deeper are read as if they were at this depth.
const DEEPEST: usize = 200;

const COMPRESSED: &[u8] = b"LZFu";
const STORED: &[u8] = b"MELA";
const DICTIONARY: usize = 4096;
/// What the dictionary begins with (MS-OXRTFCP 2.1.3.1.5).
const PRELOADED: &[u8] = b"{\\rtf1\\ansi\\mac\\deff0\\deftab720{\\fonttbl;}{\\f0\\fnil \\froman \\fswiss \\fmodern \\fscript \\fdecor MS Sans SerifSymbolArialTimes New RomanCourier{\\colortbl\\red0\\green0\\blue0\r\n\\par \\pard\\plain\\f0\\fs20\\b\\i\\u\\tab\\tx";

/// Decompresses an RTF body; None: it is none. A truncated one gives what precedes the cut.
pub fn decompress(stream: &[u8]) -> Option<Vec<u8>> {
    let (header, body) = stream.split_at_checked(16)?;
    let raw_size = u32::from_le_bytes(header[4..8].try_into().ok()?) as usize;
    let most = raw_size.min(LONGEST);
    match &header[8..12] {
        STORED => Some(body[..body.len().min(most)].to_vec()),
        COMPRESSED => Some(expand(body, most)),
        _ => None,
    }
}

/// Expands LZFu: each bit of a control byte says whether a literal byte or a reference into the dictionary follows.
fn expand(body: &[u8], most: usize) -> Vec<u8> {
    let mut dictionary = [0; DICTIONARY];
    dictionary[..PRELOADED.len()].copy_from_slice(PRELOADED);
    let mut at = PRELOADED.len();
    let mut out = Vec::new();
    let mut bytes = body.iter().copied();
    let mut write = |byte: u8, at: &mut usize, dictionary: &mut [u8; DICTIONARY]| {
        out.push(byte);
        dictionary[*at] = byte;
        *at = (*at + 1) % DICTIONARY;
        out.len() < most
    };
    'stream: while let Some(control) = bytes.next() {
        for bit in 0..8 {
            let Some(first) = bytes.next() else { break 'stream };
            if control >> bit & 1 == 0 {
                if !write(first, &mut at, &mut dictionary) {
                    break 'stream;
                }
                continue;
            }
            let Some(second) = bytes.next() else { break 'stream };
            let token = usize::from(first) << 8 | usize::from(second);
            let (offset, length) = (token >> 4, (token & 0xf) + 2);
            if offset == at {
                break 'stream;
            }
            for n in 0..length {
                if !write(dictionary[(offset + n) % DICTIONARY], &mut at, &mut dictionary) {
                    break 'stream;
                }
            }
        }
    }
    out
}

/// The words of an RTF document.
pub fn to_text(rtf: &[u8]) -> String {
    let mut reader = Reader { groups: vec![Group::default()], ..Reader::default() };
    let mut rest = rtf;
    while let Some((&byte, after)) = rest.split_first() {
        rest = after;
        match byte {
            b'{' => reader.open(),
            b'}' => reader.close(),
            b'\r' | b'\n' | 0 => {}
            b'\\' => rest = reader.control(rest),
            byte => reader.byte(byte),
        }
        if reader.text.len() > LONGEST {
            break;
        }
    }
    reader.flush();
    reader.text
}

/// What a group restores at its end.
#[derive(Clone, Copy, Default)]
struct Group {
    /// Whether its content is no text, such as a table of fonts or a picture.
    skipped: bool,
    in_fonts: bool,
    font: i32,
    /// How many characters stand for a `\u` character in readers without Unicode.
    fallback: Option<usize>,
}

#[derive(Default)]
struct Reader {
    groups: Vec<Group>,
    text: String,
    /// Bytes in the charset of the current font, not decoded yet.
    pending: Vec<u8>,
    /// A UTF-16 high surrogate, not paired yet.
    surrogate: Option<u16>,
    codepage: i32,
    /// Fonts and their `\fcharset`.
    fonts: HashMap<i32, i32>,
    /// How many characters of a fallback are still to be passed over.
    to_skip: usize,
}

impl Reader {
    fn group(&mut self) -> &mut Group {
        if self.groups.is_empty() {
            self.groups.push(Group::default());
        }
        let last = self.groups.len() - 1;
        &mut self.groups[last]
    }

    fn open(&mut self) {
        self.to_skip = 0;
        let group = *self.group();
        if self.groups.len() < DEEPEST {
            self.groups.push(group);
        }
    }

    fn close(&mut self) {
        self.flush();
        self.to_skip = 0;
        if self.groups.len() > 1 {
            self.groups.pop();
        }
    }

    fn byte(&mut self, byte: u8) {
        if self.to_skip > 0 {
            self.to_skip -= 1;
        } else if !self.group().skipped {
            self.pending.push(byte);
        }
    }

    fn write(&mut self, text: &str) {
        if self.to_skip > 0 {
            self.to_skip -= 1;
        } else if !self.group().skipped {
            self.flush();
            self.text.push_str(text);
        }
    }

    /// Decodes the pending bytes.
    fn flush(&mut self) {
        if !self.pending.is_empty() {
            let font = self.group().font;
            let charset = self.fonts.get(&font).copied().unwrap_or_default();
            let label = label(charset, self.codepage);
            let encoding = Encoding::for_label(label.as_bytes()).unwrap_or(WINDOWS_1252);
            self.text.push_str(&encoding.decode_without_bom_handling(&self.pending).0);
            self.pending.clear();
        }
    }

    /// Handles what follows a backslash; returns the rest.
    fn control<'a>(&mut self, rest: &'a [u8]) -> &'a [u8] {
        let Some((&first, after)) = rest.split_first() else { return rest };
        if !first.is_ascii_alphabetic() {
            return self.symbol(first, after);
        }
        let length = rest.iter().take(32).take_while(|b| b.is_ascii_alphabetic()).count();
        let (word, after) = rest.split_at(length);
        let digits = after.iter().take(11).enumerate();
        let number = digits.take_while(|&(n, b)| b.is_ascii_digit() || n == 0 && *b == b'-').count();
        let (parameter, after) = after.split_at(number);
        let parameter = std::str::from_utf8(parameter).ok().and_then(|digits| digits.parse::<i32>().ok());
        let after = after.strip_prefix(b" ").unwrap_or(after);
        if word == b"bin" {
            return &after[usize::try_from(parameter.unwrap_or(0)).unwrap_or(0).min(after.len())..];
        }
        self.word(word, parameter);
        after
    }

    fn symbol<'a>(&mut self, symbol: u8, after: &'a [u8]) -> &'a [u8] {
        match symbol {
            b'\'' => {
                let hex = |at: usize| after.get(at).and_then(|&b| char::from(b).to_digit(16));
                if let (Some(high), Some(low)) = (hex(0), hex(1)) {
                    self.byte((high * 16 + low) as u8);
                    return &after[2..];
                }
            }
            b'*' => self.group().skipped = true,
            b'~' => self.write(" "),
            b'_' => self.write("-"),
            b'\r' | b'\n' => self.write("\n"),
            b'\\' | b'{' | b'}' => self.byte(symbol),
            _ => {}
        }
        after
    }

    fn word(&mut self, word: &[u8], parameter: Option<i32>) {
        match word {
            b"par" | b"line" | b"sect" | b"page" | b"row" => self.write("\n"),
            b"tab" => self.write("\t"),
            b"cell" | b"nestcell" => self.write(" | "),
            b"emdash" => self.write("—"),
            b"endash" => self.write("–"),
            b"bullet" => self.write("•"),
            b"lquote" => self.write("‘"),
            b"rquote" => self.write("’"),
            b"ldblquote" => self.write("“"),
            b"rdblquote" => self.write("”"),
            b"fonttbl" => {
                let group = self.group();
                (group.skipped, group.in_fonts) = (true, true);
            }
            b"colortbl" | b"stylesheet" | b"info" | b"pict" | b"object" | b"header" | b"footer" | b"listtable"
            | b"themedata" | b"datastore" => self.group().skipped = true,
            b"ansicpg" => self.codepage = parameter.unwrap_or(0),
            b"uc" => self.group().fallback = usize::try_from(parameter.unwrap_or(1)).ok(),
            b"u" => self.unicode(parameter.unwrap_or(0)),
            b"f" => {
                self.flush();
                self.group().font = parameter.unwrap_or(0);
            }
            b"fcharset" if self.group().in_fonts && self.fonts.len() < 1_000 => {
                let font = self.group().font;
                self.fonts.insert(font, parameter.unwrap_or(0));
            }
            _ => {}
        }
    }

    /// A UTF-16 unit, written as a signed number.
    fn unicode(&mut self, unit: i32) {
        if self.group().skipped {
            return;
        }
        self.flush();
        let unit = unit as u16;
        let units = self.surrogate.take().into_iter().chain([unit]);
        if (0xd800..0xdc00).contains(&unit) {
            self.surrogate = Some(unit);
        } else {
            let chars = char::decode_utf16(units).map(|c| c.unwrap_or(char::REPLACEMENT_CHARACTER));
            self.text.extend(chars.filter(|&c| c != '\0'));
        }
        self.to_skip = self.group().fallback.unwrap_or(1).min(16);
    }
}

/// The charset of a font (`\fcharset`), or that of the document (`\ansicpg`).
fn label(charset: i32, codepage: i32) -> String {
    match charset {
        128 => "shift_jis".to_owned(),
        129 => "euc-kr".to_owned(),
        134 => "gbk".to_owned(),
        136 => "big5".to_owned(),
        161 => "windows-1253".to_owned(),
        162 => "windows-1254".to_owned(),
        177 => "windows-1255".to_owned(),
        178 => "windows-1256".to_owned(),
        186 => "windows-1257".to_owned(),
        204 => "windows-1251".to_owned(),
        238 => "windows-1250".to_owned(),
        _ if codepage > 0 => format!("windows-{codepage}"),
        _ => "windows-1252".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::{any, prop, prop_assert, proptest};

    use super::{PRELOADED, decompress, to_text};

    #[test]
    fn words_of_documents() {
        for (rtf, text) in [
            (r"{\rtf1\ansi\ansicpg1251 \'cf\'f0\'e8\'e2\'e5\'f2\par two\line three}", "Привет\ntwo\nthree"),
            (r"{\rtf1{\fonttbl{\f0\fcharset0 Arial;}{\f5\fcharset204 Arial;}}\f5 \'c4\'e0\f0 , a}", "Да, a"),
            (r"{\rtf1\u1055?\u1088?\uc0\u1080 \u-10179 \u-8704 !}", "При😀!"),
            (r"{\rtf1{\*\generator x;}{\colortbl;\red0;}a\{b\}\\c\~d}", "a{b}\\c d"),
            (r"{\rtf1 a{\pict 00ff}b\cell c\row}", "ab | c\n"),
            (r"{\rtf1\fromhtml1{\*\htmltag64 <p>}Hi\htmlrtf\par\htmlrtf0 you}", "Hi\nyou"),
            ("{\\rtf1 a\\bin3 }}}b}", "ab"),
            ("}}{{{", ""),
            ("\\", ""),
        ] {
            assert_eq!(to_text(rtf.as_bytes()), text, "{rtf}");
        }
    }

    #[test]
    fn bodies_are_decompressed() {
        assert_eq!(PRELOADED.len(), 207);
        // The examples of MS-OXRTFCP section 3.
        let simple = b"\x2d\x00\x00\x00\x2b\x00\x00\x00\x4c\x5a\x46\x75\xf1\xc5\xc7\xa7\x03\x00\x0a\x00\x72\x63\x70\x67\x31\x32\x35\x42\x32\x0a\xf3\x20\x68\x65\x6c\x09\x00\x20\x62\x77\x05\xb0\x6c\x64\x7d\x0a\x80\x0f\xa0";
        assert_eq!(decompress(simple).as_deref(), Some(&b"{\\rtf1\\ansi\\ansicpg1252\\pard hello world}\r\n"[..]));
        let crossing = b"\x1a\x00\x00\x00\x1c\x00\x00\x00\x4c\x5a\x46\x75\xe2\xd4\x4b\x51\x41\x00\x04\x20\x57\x58\x59\x5a\x0d\x6e\x7d\x01\x0e\xb0";
        assert_eq!(decompress(crossing).as_deref(), Some(&b"{\\rtf1 WXYZWXYZWXYZWXYZWXYZ}"[..]));
        let stored = b"\x10\0\0\0\x02\0\0\0MELA\0\0\0\0{}";
        assert_eq!(decompress(stored).as_deref(), Some(&b"{}"[..]));
        assert_eq!(decompress(b"short"), None);
        for end in 0..simple.len() {
            decompress(&simple[..end]);
        }
    }

    #[test]
    fn hostile_documents_are_read_to_their_end() {
        for unit in ["{", "}", "\\u1055?", "\\'cf", "{\\f1 ", "\\bin99999999999", "{\\fonttbl{\\f1\\fcharset204"] {
            assert!(to_text(unit.repeat(50_000).as_bytes()).len() <= 1_000_000, "{unit}");
        }
    }

    proptest! {
        #[test]
        fn any_bytes_are_read(
            bytes in prop::collection::vec(any::<u8>(), 0..300),
            rtf in "([{}]|\\\\(f|u|uc|bin|fcharset|ansicpg|par|'|\\*|fonttbl|pict)(-?[0-9]{1,6})?|[a-zа-я ]){0,60}",
        ) {
            to_text(&bytes);
            prop_assert!(to_text(rtf.as_bytes()).len() <= 10 * rtf.len());
            let header = [&[0, 0, 0, 0, 0xff, 0xff, 0, 0][..], b"LZFu", &[0; 4]].concat();
            prop_assert!(decompress(&[header, bytes].concat()).is_some());
        }
    }
}
