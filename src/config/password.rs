//! Reads a password from the place that the configuration names. Neither the password nor the value of the key is ever shown,
//! since people write the password itself into the wrong key.

use std::io;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use super::section::Section;
use crate::model::Secret;

/// The keys that can name the place of a password.
const KEYS: [&str; 3] = ["password_file", "password_env", "password_credential"];

/// Whether one of these keys is there.
pub(super) fn is_named(section: &Section<'_, '_>) -> bool {
    KEYS.iter().any(|key| section.has(key))
}

/// A password whose place is well named but which cannot be read: the key, and why.
pub(super) type Unavailable = (&'static str, String);

/// Reads the password of the one key that is there; None where all are missing, or a mistake was reported.
fn read(section: &mut Section<'_, '_>) -> Option<Result<Secret, Unavailable>> {
    let named: Vec<&str> = KEYS.into_iter().filter(|key| section.has(key)).collect();
    if let [_, second, ..] = named[..] {
        section.error(
            second,
            "names a second place of the same password; keep one of password_file, password_env, password_credential",
        );
        return None;
    }
    let key = *named.first()?;
    if !section.reading().process.reads_passwords {
        return Some(Ok(Secret::new("")));
    }
    match key {
        "password_file" => from_file(section),
        "password_env" => from_variable(section),
        _ => from_credential(section),
    }
}

/// Reads a required password. Where it cannot be read, the caller decides what follows; a missing key is reported as a mistake.
pub(super) fn require(section: &mut Section<'_, '_>) -> Option<Result<Secret, Unavailable>> {
    // A key `password` has been reported as unknown, with its own remedy.
    if !is_named(section) && !section.has_unknown("password") {
        section.error(
            "password_file",
            "is missing; name a file that holds the password, or use password_env or password_credential",
        );
    }
    read(section)
}

fn from_file(section: &mut Section<'_, '_>) -> Option<Result<Secret, Unavailable>> {
    let key = "password_file";
    let path = section.path(key)?;
    let secret = load(key, &path);
    let mode = path.metadata().map_or(0, |metadata| metadata.permissions().mode());
    if secret.is_ok() && mode & 0o007 != 0 {
        section.warning(key, "every user of this machine can read the file; run chmod o= on it");
    }
    Some(secret)
}

fn from_variable(section: &mut Section<'_, '_>) -> Option<Result<Secret, Unavailable>> {
    let key = "password_env";
    let name = section.text(key)?;
    let problem = "there is no such environment variable; set it for the daemon, or use password_file";
    Some(match section.reading().process.variables.get(name) {
        Some(value) => checked(key, value),
        None => Err((key, problem.to_owned())),
    })
}

fn from_credential(section: &mut Section<'_, '_>) -> Option<Result<Secret, Unavailable>> {
    let key = "password_credential";
    let name = section.text(key)?;
    if name.is_empty() || name.contains(['/', '\0']) || name == "." || name == ".." {
        section.error(key, "is not the name of a credential; use the ID from the unit's LoadCredential=ID:PATH");
        return None;
    }
    let problem = "$CREDENTIALS_DIRECTORY is not set; systemd sets it for a unit with LoadCredential=, elsewhere use password_file";
    Some(match section.reading().process.variables.get("CREDENTIALS_DIRECTORY") {
        Some(folder) => load(key, &PathBuf::from(folder).join(name)),
        None => Err((key, problem.to_owned())),
    })
}

fn load(key: &'static str, path: &Path) -> Result<Secret, Unavailable> {
    match std::fs::read(path).map(String::from_utf8) {
        Ok(Ok(text)) => checked(key, &text),
        Ok(Err(_)) => Err((key, "the password is not UTF-8 text; save it as UTF-8".to_owned())),
        Err(error) => Err((key, reason(&error))),
    }
}

fn reason(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::NotFound => {
            "there is no such file or credential; create it with the password as its one line".to_owned()
        }
        io::ErrorKind::IsADirectory => "is a folder; name the file in it that holds the password".to_owned(),
        io::ErrorKind::PermissionDenied => {
            "cannot be read by this user; give the daemon's user read permission".to_owned()
        }
        _ => format!("cannot be read ({}); name a file that holds the password as its one line", error.kind()),
    }
}

/// Checks a password: one line without control characters; a line break at its end is removed.
fn checked(key: &'static str, text: &str) -> Result<Secret, Unavailable> {
    let line = text.strip_suffix('\n').unwrap_or(text);
    let line = line.strip_suffix('\r').unwrap_or(line);
    if line.trim().is_empty() {
        Err((key, "the password is empty; write it there as one line".to_owned()))
    } else if line.chars().any(char::is_control) {
        Err((key, "the password has more than one line, or control characters; write one line".to_owned()))
    } else {
        Ok(Secret::new(line))
    }
}
