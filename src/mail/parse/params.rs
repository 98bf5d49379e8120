//! Parses fields with parameters: `Content-Type`, `Content-Disposition` (RFC 2045 section 5.1, RFC 2183, RFC 2231).

use super::{charset, header};
use crate::mail::escapes;

/// A field such as `text/plain; charset=utf-8`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Parameterised {
    /// The text before the first semicolon, in lower case, without spaces and comments.
    pub value: String,
    /// The parameters in order, names in lower case, values not decoded.
    params: Vec<(String, String)>,
}

impl Parameterised {
    /// Parses a field body; `hint` is the charset for 8-bit bytes.
    pub fn read(body: &[u8], hint: Option<&str>) -> Self {
        let text = header::to_str(body, hint);
        let mut pieces = split(&text).into_iter();
        let first = pieces.next().unwrap_or_default();
        let mut read = Self::default();
        // Some mail clients write only a parameter: `Content-Type: charset=utf-8`.
        if first.contains('=') && !first.contains('/') {
            read.add(&first);
        } else {
            read.value = first.split_whitespace().collect::<String>().to_ascii_lowercase();
        }
        pieces.for_each(|piece| read.add(&piece));
        read
    }

    fn add(&mut self, piece: &str) {
        let named = piece.split_once('=').filter(|(name, _)| !name.trim().contains(char::is_whitespace));
        match (named, self.params.last_mut()) {
            (Some((name, value)), _) => {
                self.params.push((name.trim().to_ascii_lowercase(), unquote(value.trim())));
            }
            // A semicolon in a file name without quotes: what follows is no parameter, so it belongs to the name.
            (None, Some((name, value))) if matches!(name.as_str(), "name" | "filename") && !piece.trim().is_empty() => {
                value.push(';');
                value.push_str(piece.trim_end());
            }
            _ => {}
        }
    }

    /// The first parameter of this name, without quotes, not decoded.
    pub fn plain(&self, name: &str) -> Option<&str> {
        self.params.iter().find(|(n, _)| n == name).map(|(_, value)| value.as_str())
    }

    /// A parameter decoded: RFC 2231 charsets and continuations, encoded-words (forbidden there, but common), percent
    /// escapes. The RFC 2231 form has precedence over the plain one (RFC 6266 section 4.3).
    pub fn decoded(&self, name: &str) -> Option<String> {
        self.extended(name).or_else(|| self.plain(name).map(decode_plain)).map(|s| s.trim().to_owned())
    }

    /// Joins and decodes the RFC 2231 form: `name*=`, `name*0=`, `name*1*=` …
    fn extended(&self, name: &str) -> Option<String> {
        let mut segments: Vec<(u32, bool, &str)> = Vec::new();
        for (key, value) in &self.params {
            let Some(suffix) = key.strip_prefix(name).and_then(|s| s.strip_prefix('*')) else { continue };
            let (number, coded) = match suffix.strip_suffix('*') {
                Some(number) => (number, true),
                None => (suffix, suffix.is_empty()),
            };
            let number = if number.is_empty() { Some(0) } else { number.parse().ok() };
            if let Some(number) = number.filter(|n| !segments.iter().any(|(other, ..)| other == n)) {
                segments.push((number, coded, value));
            }
            if segments.len() == 100 {
                break;
            }
        }
        segments.sort_by_key(|&(number, ..)| number);
        let (mut charset, mut bytes, mut coded_any) = (None, Vec::new(), false);
        for (position, &(_, coded, value)) in segments.iter().enumerate() {
            let mut value = value;
            if coded && position == 0 {
                (charset, value) = labelled(value);
            }
            coded_any |= coded;
            bytes.extend(if coded { escapes::percent(value.as_bytes()) } else { value.as_bytes().to_vec() });
        }
        if segments.is_empty() {
            return None;
        }
        if !coded_any {
            return Some(decode_plain(&String::from_utf8_lossy(&bytes)));
        }
        let text = charset::decode(&bytes, charset.filter(|c| !c.is_empty())).text;
        Some(if text.contains("=?") { header::decode_words(&text) } else { text })
    }
}

/// Splits the charset from an extended value: `utf-8'ru'name`, or the broken forms `utf-8'name` and `utf-8"name"`.
fn labelled(value: &str) -> (Option<&str>, &str) {
    let mut parts = value.splitn(3, '\'');
    if let (Some(label), Some(_), Some(rest)) = (parts.next(), parts.next(), parts.next()) {
        return (Some(label), rest);
    }
    let broken = value.split_once(['\'', '"']).filter(|(label, _)| charset::is_known(label));
    broken.map_or((None, value), |(label, rest)| (Some(label), rest.trim_end_matches('"')))
}

/// Decodes encoded-words, else percent escapes if they give text; webmail in browsers writes these, in UTF-8 or another
/// charset.
fn decode_plain(value: &str) -> String {
    if value.contains("=?") {
        return header::decode_words(value);
    }
    let escapes = value.bytes().filter(|&b| b == b'%').count();
    if escapes < 2 {
        return value.to_owned();
    }
    // `utf-8''name`, although the parameter has no asterisk.
    let bare = value.split_once("''").filter(|(label, _)| label.len() <= 20).map_or(value, |(_, rest)| rest);
    let bytes = escapes::percent(bare.as_bytes());
    let readable = !bytes.is_ascii() && bytes.len() + 2 * escapes == bare.len();
    if readable { charset::decode(&bytes, None).text } else { value.to_owned() }
}

/// Splits at semicolons outside of quotes, and removes comments. Unbalanced quotation marks are ordinary characters.
fn split(text: &str) -> Vec<String> {
    let balanced = text.replace("\\\"", "").matches('"').count().is_multiple_of(2);
    let (mut pieces, mut piece, mut quoted, mut comment) = (Vec::new(), String::new(), false, 0u32);
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        match c {
            '\\' if quoted => {
                piece.push(c);
                piece.extend(chars.next());
            }
            '"' if balanced && comment == 0 => {
                quoted = !quoted;
                piece.push(c);
            }
            // Parentheses in an unquoted file name are part of it rather than a comment.
            '(' if !quoted && (comment > 0 || !is_name(&piece)) => comment += 1,
            ')' if !quoted && comment > 0 => comment -= 1,
            _ if comment > 0 => {}
            ';' if !quoted => pieces.push(std::mem::take(&mut piece)),
            c => piece.push(c),
        }
    }
    pieces.push(piece);
    pieces
}

/// Whether the incomplete piece is a `name` or `filename` parameter.
fn is_name(piece: &str) -> bool {
    let start = piece.trim_start().as_bytes();
    ["name", "filename"]
        .iter()
        .any(|name| start.get(..name.len()).is_some_and(|s| s.eq_ignore_ascii_case(name.as_bytes())))
}

/// Removes quotes, also single ones, which some programs write. A backslash escapes only a quote or a backslash, since Windows paths occur here too.
fn unquote(value: &str) -> String {
    let Some(inner) = value.strip_prefix('"') else {
        let single = value.strip_prefix('\'').and_then(|value| value.strip_suffix('\''));
        return single.unwrap_or(value).to_owned();
    };
    let inner = inner.strip_suffix('"').unwrap_or(inner);
    let mut out = String::with_capacity(inner.len());
    let mut chars = inner.chars().peekable();
    while let Some(c) = chars.next() {
        match chars.peek() {
            Some(&next) if c == '\\' && matches!(next, '"' | '\\') => out.extend(chars.next()),
            _ => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::Parameterised;

    fn filename(field: &str) -> Option<String> {
        Parameterised::read(field.as_bytes(), None).decoded("filename")
    }

    #[test]
    fn file_names_in_all_their_forms() {
        for (field, name) in [
            ("attachment; filename=log.txt", "log.txt"),
            ("attachment; filename=\"a; b.txt\"", "a; b.txt"),
            ("attachment; filename=two words.txt", "two words.txt"),
            ("attachment; filename=\"say \\\"hi\\\".txt\"", "say \"hi\".txt"),
            ("attachment; filename*=UTF-8''%D0%BE%D1%82%D1%87%D1%91%D1%82.pdf", "отчёт.pdf"),
            ("attachment; filename*=koi8-r'ru'%CF%D4%DE%C5%D4.pdf", "отчет.pdf"),
            ("attachment; filename*0=\"long \"; filename*1=\"name.txt\"", "long name.txt"),
            ("attachment; filename*1*=%82%D0%BE%D0%BA.txt; filename*0*=utf-8''%D0%9F%D0%BE%D1", "Поток.txt"),
            ("attachment; filename=\"=?UTF-8?B?0L7RgtGH0ZHRgi5wZGY=?=\"", "отчёт.pdf"),
            ("attachment; filename=\"x.pdf\"; filename*=utf-8''%D0%B0.pdf", "а.pdf"),
            ("attachment; filename=\"%D0%BE%D1%82.pdf\"", "от.pdf"),
            ("attachment; filename=\"100%20%25.txt\"", "100%20%25.txt"),
            ("attachment; filename=\"no end", "no end"),
            ("attachment; filename=plan (1).txt", "plan (1).txt"),
            ("attachment; filename=Act; invoice.pdf", "Act; invoice.pdf"),
            ("attachment; filename=Акт; счёт №5 = 2.pdf; size=10", "Акт; счёт №5 = 2.pdf"),
            ("attachment; filename=a.txt; ; size=10;", "a.txt"),
            ("attachment; filename*=Cp1252\"Best%E4tigung.pdf\"", "Bestätigung.pdf"),
            ("attachment; filename*=utf-8'%D0%B0.pdf", "а.pdf"),
            ("attachment; filename*=it's%20new.pdf", "it's new.pdf"),
            ("attachment; filename='отчёт.pdf'", "отчёт.pdf"),
        ] {
            assert_eq!(filename(field).as_deref(), Some(name), "{field}");
        }
    }

    #[test]
    fn types_with_noise() {
        let read = Parameterised::read(b"TEXT/Plain (words) ; CharSet = \"koi8-r\" ; charset=utf-8", None);
        assert_eq!((read.value.as_str(), read.plain("charset")), ("text/plain", Some("koi8-r")));
        assert_eq!(Parameterised::read(b"charset=utf-8", None).plain("charset"), Some("utf-8"));
    }
}
