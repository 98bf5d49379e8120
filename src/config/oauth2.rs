//! Reads `oauth2 = { … }` of a mailbox or transport: where access tokens come from.

use super::secret::Unavailable;
use super::section::{Section, bare};
use crate::model::TokenSource;

/// How to write it.
const SHAPE: &str = r#"a table: oauth2 = { token_command = ["…"] }"#;

/// Reads the key; None where it is missing, or a mistake was reported.
pub(super) fn read(section: &mut Section<'_, '_>) -> Option<Result<TokenSource, Unavailable>> {
    let mut section = section.some_table("oauth2", SHAPE)?;
    read_command(&mut section).map(Ok)
}

/// Reads `token_command`, a program and its arguments.
fn read_command(section: &mut Section<'_, '_>) -> Option<TokenSource> {
    let key = "token_command";
    let remedy = r#"name a program that prints an access token: ["/usr/local/bin/token", "support@example.org"]"#;
    let command = bare(section.list(key, |text| {
        if text.contains('\0') {
            Err("contains a NUL, which no argument can have; remove it")
        } else {
            Ok(text.to_owned())
        }
    }));
    if !section.has(key) {
        section.error(key, format!("is missing; {remedy}"));
        return None;
    }
    match command.first().map(String::as_str) {
        // A list of the wrong type has been reported.
        None if !section.is_empty_list(key) => return None,
        None | Some("") => section.error(key, format!("is empty; {remedy}")),
        Some(_) => return Some(TokenSource::Command(command)),
    }
    None
}
