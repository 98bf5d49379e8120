//! Reads a password from where the file says it is. Neither it nor the value of its key is ever shown: people put the
//! password itself into the wrong key.

use std::io;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use super::section::Section;
use crate::model::Secret;

/// The keys that may name a password's place.
const KEYS: [&str; 3] = ["password_file", "password_env", "password_credential"];

/// Whether one of the keys is there.
pub(super) fn is_named(section: &Section<'_, '_>) -> bool {
    KEYS.iter().any(|key| section.has(key))
}

/// The password from the one key that is there; none where all are missing, or something is wrong and reported.
pub(super) fn read(section: &mut Section<'_, '_>) -> Option<Secret> {
    let named: Vec<&str> = KEYS.into_iter().filter(|key| section.has(key)).collect();
    if let [_, second, ..] = named[..] {
        section.mistake(
            second,
            "names a second place for one password; keep one of password_file, password_env, password_credential",
        );
        return None;
    }
    match *named.first()? {
        "password_file" => from_file(section),
        "password_env" => from_variable(section),
        _ => from_credential(section),
    }
}

/// The password, or a mistake that it is missing.
pub(super) fn require(section: &mut Section<'_, '_>) -> Option<Secret> {
    // A literal password is refused as a key with its own remedy.
    if !is_named(section) && !section.has("password") {
        section.mistake(
            "password_file",
            "is missing; name a file that holds the password, or use password_env or password_credential",
        );
    }
    read(section)
}

fn from_file(section: &mut Section<'_, '_>) -> Option<Secret> {
    let key = "password_file";
    let path = section.path(key)?;
    let secret = load(section, key, &path)?;
    let mode = path.metadata().map_or(0, |metadata| metadata.permissions().mode());
    if mode & 0o007 != 0 {
        section.warning(key, "every user of this machine may read the file; run chmod o= on it");
    }
    Some(secret)
}

fn from_variable(section: &mut Section<'_, '_>) -> Option<Secret> {
    let key = "password_env";
    let name = section.text(key)?;
    let value = section.reading().environment.variables.get(name).cloned();
    match value {
        Some(value) => checked(section, key, value),
        None => {
            section.mistake(key, "there is no such environment variable; set it for the daemon, or use password_file");
            None
        }
    }
}

fn from_credential(section: &mut Section<'_, '_>) -> Option<Secret> {
    let key = "password_credential";
    let name = section.text(key)?;
    if name.is_empty() || name.contains(['/', '\0']) || name == "." || name == ".." {
        section.mistake(key, "is not the name of a credential; use the ID from the unit's LoadCredential=ID:PATH");
        return None;
    }
    let folder = section.reading().environment.variables.get("CREDENTIALS_DIRECTORY").cloned();
    let Some(folder) = folder else {
        section.mistake(
            key,
            "$CREDENTIALS_DIRECTORY is not set; systemd sets it for a unit with LoadCredential=, elsewhere use password_file",
        );
        return None;
    };
    load(section, key, &PathBuf::from(folder).join(name))
}

fn load(section: &mut Section<'_, '_>, key: &str, path: &Path) -> Option<Secret> {
    match std::fs::read(path).map(String::from_utf8) {
        Ok(Ok(text)) => checked(section, key, text),
        Ok(Err(_)) => {
            section.mistake(key, "the password is not UTF-8 text; save it as UTF-8");
            None
        }
        Err(error) => {
            section.mistake(key, reason(&error));
            None
        }
    }
}

fn reason(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::NotFound => {
            "there is no such file or credential; create it with the password as its one line".to_owned()
        }
        io::ErrorKind::IsADirectory => "is a folder; name the file in it that holds the password".to_owned(),
        io::ErrorKind::PermissionDenied => {
            "may not be read by this user; give the daemon's user read permission".to_owned()
        }
        _ => format!("cannot be read ({}); name a file that holds the password as its one line", error.kind()),
    }
}

/// A password is one line without control characters; the line break at its end is not part of it.
fn checked(section: &mut Section<'_, '_>, key: &str, text: String) -> Option<Secret> {
    let line = text.strip_suffix('\n').unwrap_or(&text);
    let line = line.strip_suffix('\r').unwrap_or(line);
    let problem = if line.trim().is_empty() {
        "the password is empty; put it there as one line"
    } else if line.chars().any(char::is_control) {
        "the password has more than one line, or control characters; keep one line"
    } else {
        return Some(Secret::new(line));
    };
    section.mistake(key, problem);
    None
}
