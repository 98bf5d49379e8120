//! maildesk.toml(5), made from `config.example.toml`: its tables become headings, its keys entries, its comments their text.

use super::roff::{bold, plain, prose};

/// One line of the example that says something in TOML, as it is to be understood.
enum Line<'a> {
    /// `key = value`: part of the file that works.
    Set(&'a str),
    /// `#key = value`: the default.
    Default(&'a str),
    /// `# e.g. key = value`: another way.
    Example(&'a str),
}

impl<'a> Line<'a> {
    fn of(line: &'a str) -> Option<Self> {
        if let Some(example) = line.strip_prefix("# e.g. ") {
            Some(Self::Example(example))
        } else if let Some(default) = line.strip_prefix('#') {
            default.starts_with(char::is_alphabetic).then_some(Self::Default(default))
        } else {
            Some(Self::Set(line))
        }
    }

    fn toml(&self) -> &'a str {
        match self {
            Self::Set(toml) | Self::Default(toml) | Self::Example(toml) => toml,
        }
    }

    fn key(&self) -> &'a str {
        self.toml().split(" = ").next().unwrap_or_default()
    }
}

/// The whole page.
pub fn page(example: &str) -> String {
    let mut out = format!(
        ".TH MAILDESK.TOML 5 {} \"maildesk {}\" \"File Formats\"\n\
         .SH NAME\nmaildesk.toml \\- configuration of maildesk\n\
         .SH SYNOPSIS\n.I /etc/maildesk/maildesk.toml\n.SH DESCRIPTION\n\
         TOML, in UTF\\-8. The smallest file that works has a desk, a mailbox and a transport; every other key has a\n\
         default. All of this stands in\n.I /etc/maildesk/config.example.toml\n\
         too, ready to be copied and edited.\n",
        super::roff::released(),
        env!("CARGO_PKG_VERSION")
    );
    // The first block is the file's own greeting.
    for block in example.split("\n\n").skip(1) {
        out.push_str(&section(block.trim_matches('\n')));
    }
    out.push_str(".SH SEE ALSO\n.BR maildesk (1),\n.BR maildesk\\-check (1)\n");
    out
}

/// A block between empty lines: a heading, a table, or keys with their text.
fn section(block: &str) -> String {
    if let Some(title) = block.strip_prefix("# ---- ") {
        return heading(title.trim_end_matches(['-', ' ']).trim_end_matches('.'));
    }
    let mut text = Vec::new();
    let mut table = String::new();
    let mut lines = Vec::new();
    for line in block.lines() {
        if line.starts_with('[') {
            table = format!(".SS {line}\n");
        } else if let Some(line) = Line::of(line) {
            lines.push(line);
        } else {
            text.push(line.strip_prefix("# ").unwrap_or(line));
        }
    }
    let text = prose(&text.join("\n"));
    match (table.is_empty(), lines.is_empty()) {
        (_, true) => format!("{table}{text}\n"),
        (true, false) => entry(&lines, &text),
        // Text before a table is about the table.
        (false, false) if text.is_empty() => format!("{table}{}", entry(&lines, "")),
        (false, false) => format!("{table}{text}\n{}", entry(&lines, "")),
    }
}

/// `Desks: who answers. One table for each.` is a heading and a sentence.
fn heading(title: &str) -> String {
    let at = title.find([':', '.', ',', ';']).unwrap_or(title.len());
    let (name, rest) = title.split_at(at);
    let rest = rest.trim_start_matches([':', '.', ',', ';', ' ']);
    let mut letters = rest.chars();
    let sentence = letters.next().map(|first| format!("{}{}.\n", first.to_uppercase(), prose(letters.as_str())));
    format!(".SH {}\n{}", plain(&name.to_uppercase()), sentence.unwrap_or_default())
}

/// Keys that are explained together.
fn entry(lines: &[Line<'_>], text: &str) -> String {
    let mut keys: Vec<&str> = Vec::new();
    for line in lines {
        if !keys.contains(&line.key()) {
            keys.push(line.key());
        }
    }
    let names: Vec<String> = keys.into_iter().map(bold).collect();
    let values = lines.iter().map(|line| match line {
        Line::Default(toml) => format!("Default: {}", plain(toml)),
        Line::Set(toml) | Line::Example(toml) => format!("Example: {}", plain(toml)),
    });
    let said: Vec<String> = [text.to_owned()].into_iter().filter(|text| !text.is_empty()).chain(values).collect();
    format!(".TP\n{}\n{}\n", names.join(", "), said.join("\n.br\n"))
}
