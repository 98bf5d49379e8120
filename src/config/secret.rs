//! Reads a password, or another secret, from the place that the configuration names. Neither the secret nor the value of the key
//! is ever shown, since people write the secret itself into the wrong key.

use std::io;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use super::report::Spot;
use super::section::Section;
use crate::model::Secret;

/// The keys that can name the place of a secret, of which one stands in the file.
pub(super) struct Places {
    /// The key of a file that holds it as its one line.
    pub file: &'static str,
    /// The key of an environment variable.
    pub variable: &'static str,
    /// The key of a systemd credential.
    pub credential: &'static str,
    /// What it is.
    pub what: &'static str,
}

/// A password.
pub(super) const PASSWORD: Places =
    Places { file: "password_file", variable: "password_env", credential: "password_credential", what: "password" };

/// A secret whose place is well named but which cannot be read: where that is named, and why.
pub(super) type Unavailable = (Spot, String);

impl Places {
    /// The keys.
    pub fn keys(&self) -> [&'static str; 3] {
        [self.file, self.variable, self.credential]
    }

    /// Whether one of these keys is there.
    pub fn is_named(&self, section: &Section<'_, '_>) -> bool {
        self.keys().iter().filter(|key| section.has(key)).count() > 0
    }

    /// Reads the secret of the one key that is there; None where all are missing, or a mistake was reported.
    pub fn read(&self, section: &mut Section<'_, '_>) -> Option<Result<Secret, Unavailable>> {
        let named: Vec<&'static str> = self.keys().into_iter().filter(|key| section.has(key)).collect();
        if let [_, second, ..] = named[..] {
            let Self { file, variable, credential, what } = self;
            section.error(
                second,
                format!("names a second place of the same {what}; keep one of {file}, {variable}, {credential}"),
            );
            return None;
        }
        let key = *named.first()?;
        if key == self.file {
            let file = section.path(key);
            section.reading().secret_files.extend(file);
        }
        if !section.reading().process.reads_passwords {
            return Some(Ok(Secret::new("")));
        }
        let read = match key {
            key if key == self.file => self.in_file(section),
            key if key == self.variable => self.in_variable(section),
            _ => self.in_credential(section),
        };
        read.map(|secret| secret.map_err(|problem| (section.spot_of(key), problem)))
    }

    fn in_file(&self, section: &mut Section<'_, '_>) -> Option<Result<Secret, String>> {
        let path = section.path(self.file)?;
        let secret = self.load(&path);
        if secret.is_ok() {
            warn_if_open(section, self.file, &path);
        }
        Some(secret)
    }

    fn in_variable(&self, section: &mut Section<'_, '_>) -> Option<Result<Secret, String>> {
        let name = section.text(self.variable)?;
        Some(match section.reading().process.variables.get(name) {
            Some(value) => self.checked(value),
            None => Err(format!("there is no such environment variable; set it for the daemon, or use {}", self.file)),
        })
    }

    fn in_credential(&self, section: &mut Section<'_, '_>) -> Option<Result<Secret, String>> {
        let key = self.credential;
        let name = section.text(key)?;
        if name.is_empty() || name.contains(['/', '\0']) || name == "." || name == ".." {
            section.error(key, "is not the name of a credential; use the ID from the unit's LoadCredential=ID:PATH");
            return None;
        }
        Some(match section.reading().process.variables.get("CREDENTIALS_DIRECTORY") {
            Some(folder) => self.load(&PathBuf::from(folder).join(name)),
            None => Err(format!(
                "$CREDENTIALS_DIRECTORY is not set: systemd gives credentials to the service alone (LoadCredential= in its unit), \
                 which checks them at each start and reload; elsewhere use {}",
                self.file
            )),
        })
    }

    fn load(&self, path: &Path) -> Result<Secret, String> {
        match std::fs::read(path).map(String::from_utf8) {
            Ok(Ok(text)) => self.checked(&text),
            Ok(Err(_)) => Err(format!("the {} is not UTF-8 text; save it as UTF-8", self.what)),
            Err(error) => Err(reason(&error, self.what)),
        }
    }

    /// Checks a secret: one line without control characters; a line break at its end is removed.
    fn checked(&self, text: &str) -> Result<Secret, String> {
        let what = self.what;
        let line = text.strip_suffix('\n').unwrap_or(text);
        let line = line.strip_suffix('\r').unwrap_or(line);
        if line.trim().is_empty() {
            Err(format!("the {what} is empty; write it there as one line"))
        } else if line.chars().any(char::is_control) {
            Err(format!("the {what} has more than one line, or control characters; write one line"))
        } else {
            Ok(Secret::new(line))
        }
    }
}

/// Reads the whole text of a file that `key` names, such as a private key; None where the key is missing, or a mistake was
/// reported.
pub(super) fn whole_file(
    section: &mut Section<'_, '_>,
    key: &'static str,
    what: &str,
) -> Option<Result<Secret, Unavailable>> {
    let path = section.path(key)?;
    if !section.reading().process.reads_passwords {
        return Some(Ok(Secret::new("")));
    }
    let read = std::fs::read_to_string(&path).map(Secret::new).map_err(|error| match error.kind() {
        io::ErrorKind::NotFound => format!("there is no such file; put the {what} there"),
        io::ErrorKind::InvalidData => format!("is not text; name the file with the {what}"),
        _ => reason(&error, what),
    });
    warn_if_open(section, key, &path);
    section.reading().secret_files.push(path);
    Some(read.map_err(|problem| (section.spot_of(key), problem)))
}

/// Warns of a file that every user of the machine can read.
fn warn_if_open(section: &mut Section<'_, '_>, key: &str, path: &Path) {
    let mode = path.metadata().map_or(0, |metadata| metadata.permissions().mode());
    if mode & 0o007 != 0 {
        section.warning(key, "every user of this machine can read the file; run chmod o= on it");
    }
}

/// Why the file of a secret cannot be read; `what` names the secret.
fn reason(error: &io::Error, what: &str) -> String {
    match error.kind() {
        io::ErrorKind::NotFound => {
            format!("there is no such file or credential; create it with the {what} as its one line")
        }
        io::ErrorKind::IsADirectory => format!("is a folder; name the file in it that holds the {what}"),
        io::ErrorKind::PermissionDenied => {
            "cannot be read by this user; give the daemon's user read permission".to_owned()
        }
        _ => format!("cannot be read ({}); name a file that holds the {what} as its one line", error.kind()),
    }
}
