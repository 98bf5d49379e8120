//! Suggested lines for the configuration, ready to be pasted.

use serde::Serialize;

/// A suggested line of the configuration.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ConfigLine {
    /// The table that it belongs to, such as `mailbox.support`.
    pub table: String,
    /// The line.
    pub line: String,
    /// Why.
    pub why: String,
}

impl ConfigLine {
    /// A line of `[kind.name]`.
    pub fn new(kind: &str, name: &str, line: String, why: impl Into<String>) -> Self {
        let is_bare = name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_');
        let name = if is_bare { name.to_owned() } else { text(name) };
        Self { table: format!("{kind}.{name}"), line, why: why.into() }
    }
}

/// A text as a TOML string. The text must not have control characters.
pub fn text(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}

/// The lines under the headings of their tables, each below a comment with its reason.
pub fn written(lines: &[ConfigLine]) -> String {
    let mut tables: Vec<&str> = Vec::new();
    for line in lines {
        if !tables.contains(&line.table.as_str()) {
            tables.push(&line.table);
        }
    }
    let of = |table: &str| {
        let lines = lines.iter().filter(|line| line.table == table);
        let lines: Vec<String> = lines.map(|line| format!("# {}\n{}\n", line.why, line.line)).collect();
        format!("[{table}]\n{}", lines.concat())
    };
    tables.into_iter().map(of).collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::{ConfigLine, text, written};

    #[test]
    fn lines_can_be_pasted() {
        let line = |kind, name, line: &str| ConfigLine::new(kind, name, line.to_owned(), "so it is");
        let lines = [
            line("mailbox", "a.b", "poll = \"1m\""),
            line("desk", "OTK", "plus_addresses = true"),
            line("mailbox", "a.b", "after = \"leave\""),
        ];
        assert_eq!(
            written(&lines),
            "[mailbox.\"a.b\"]\n# so it is\npoll = \"1m\"\n# so it is\nafter = \"leave\"\n\n\
             [desk.OTK]\n# so it is\nplus_addresses = true\n"
        );
        assert_eq!(text(r#"R\D "x""#), r#""R\\D \"x\"""#);
    }
}
