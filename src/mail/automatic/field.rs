//! Reads structured header fields (RFC 5322 section 3.2) as robots write them: with comments, quotes and odd folding.

/// The words of a field body up to its first parameter, without comments (RFC 5322 section 3.2.2) and quotation marks. A word
/// that was folded behind a hyphen is one word.
pub fn words(value: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    for word in uncommented(value).split([' ', ',', '"', '\'']) {
        let (word, is_last) = word.split_once(';').map_or((word, false), |(word, _)| (word, true));
        match words.last_mut() {
            Some(folded) if folded.ends_with('-') && !word.is_empty() => folded.push_str(word),
            _ if !word.is_empty() => words.push(word.to_owned()),
            _ => {}
        }
        if is_last {
            break;
        }
    }
    words
}

/// A field body without comments, with single spaces. From an unclosed comment on, everything is read as words; quoted strings
/// are kept.
pub fn uncommented(value: &str) -> String {
    let mut plain = String::new();
    let mut rest = value;
    let mut is_broken = false;
    while let Some(c) = rest.chars().next() {
        let length = match c {
            '(' if !is_broken => comment(rest),
            '"' if !is_broken => quoted(rest),
            _ => Some(c.len_utf8()),
        };
        is_broken |= length.is_none();
        let (token, after) = rest.split_at(length.unwrap_or(1));
        plain.push_str(if token.starts_with('(') { " " } else { token });
        rest = after;
    }
    plain.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The length of the comment at the start of a text, nested ones included; None: it is not closed.
fn comment(text: &str) -> Option<usize> {
    let mut depth = 0_usize;
    let mut chars = text.char_indices();
    while let Some((at, c)) = chars.next() {
        match c {
            '\\' => drop(chars.next()),
            '(' => depth += 1,
            ')' if depth == 1 => return Some(at + 1),
            ')' => depth -= 1,
            _ => {}
        }
    }
    None
}

/// The length of the quoted string at the start of a text; None: it is not closed.
fn quoted(text: &str) -> Option<usize> {
    let mut chars = text.char_indices().skip(1);
    while let Some((at, c)) = chars.next() {
        match c {
            '\\' => drop(chars.next()),
            '"' => return Some(at + 1),
            _ => {}
        }
    }
    None
}

/// A Content-Type in lower case without comments: its media type, and the parameters (RFC 2045 section 5.1).
pub struct ContentType(Vec<String>);

impl ContentType {
    /// Reads a field body.
    pub fn read(value: &str) -> Self {
        let plain = uncommented(value).to_lowercase();
        let mut parts = vec![String::new()];
        let mut is_quoted = false;
        for c in plain.chars() {
            match c {
                '"' => is_quoted = !is_quoted,
                ';' if !is_quoted => parts.push(String::new()),
                c => parts.last_mut().into_iter().for_each(|part| part.push(c)),
            }
        }
        Self(parts)
    }

    /// `multipart/report`; empty if there is none.
    pub fn media_type(&self) -> String {
        self.0.first().map(|part| part.replace(' ', "")).unwrap_or_default()
    }

    /// The value of a parameter, without quotes.
    pub fn parameter(&self, name: &str) -> Option<&str> {
        self.0.iter().skip(1).find_map(|part| {
            let (key, value) = part.split_once('=')?;
            (key.trim() == name).then(|| value.trim())
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comments_quotes_and_folding_are_no_words() {
        for (value, expected) in [
            ("auto-replied", vec!["auto-replied"]),
            ("(a (nested \\) one)) auto-replied (vacation); owner-email=\"a;(b)@example.org\"", vec!["auto-replied"]),
            ("\"auto-replied\"", vec!["auto-replied"]),
            ("auto- replied", vec!["auto-replied"]),
            ("no (auto-replied)", vec!["no"]),
            ("no; x=\"auto-replied\"", vec!["no"]),
            ("no , auto-replied", vec!["no", "auto-replied"]),
            ("(never closed auto-replied", vec!["never", "closed", "auto-replied"]),
            ("; no", vec![]),
            ("()", vec![]),
            ("", vec![]),
        ] {
            assert_eq!(words(value), expected, "{value}");
        }
    }

    #[test]
    fn content_types_have_comments_too() {
        let read =
            ContentType::read("Multipart / Report (x; y=z); a=\"b;report-type=c\"; (c) REPORT-TYPE = \"x-y\" (d)");
        assert_eq!(read.media_type(), "multipart/report");
        assert_eq!(read.parameter("report-type"), Some("x-y"));
        assert_eq!(read.parameter("boundary"), None);
    }
}
