//! The little of roff that our own text needs.

use jiff::fmt::rfc2822;

/// The day of the last release, as the package's changelog says it: pages carry a date, and this one changes only with them.
pub fn released() -> String {
    let changelog = include_str!("../../systemd/debian/changelog");
    let signature = changelog.lines().find(|line| line.starts_with(" -- ")).unwrap();
    rfc2822::parse(signature.rsplit_once("  ").unwrap().1).unwrap().date().to_string()
}

/// Text that roff shows as it is: backslashes and dashes stay, quotes are straight, and no line is a request.
pub fn plain(text: &str) -> String {
    let escaped = text.replace('\\', "\\e").replace('-', "\\-").replace('\'', "\\(aq").replace('"', "\\(dq");
    let lines = escaped.lines().map(|line| if line.starts_with('.') { format!("\\&{line}") } else { line.to_owned() });
    lines.collect::<Vec<_>>().join("\n")
}

/// The same in bold.
pub fn bold(text: &str) -> String {
    format!("\\fB{}\\fR", plain(text))
}

/// Text in which what stands between backquotes is bold; the backquotes go.
pub fn prose(text: &str) -> String {
    let parts = text.split('`').enumerate();
    parts.map(|(index, part)| if index % 2 == 1 { bold(part) } else { plain(part) }).collect()
}

/// Lines that are shown as they stand.
pub fn verbatim(lines: &[&str]) -> String {
    let shown: Vec<String> = lines.iter().map(|line| plain(line)).collect();
    format!(".nf\n{}\n.fi\n", shown.join("\n"))
}
