//! Reads what a user logs in with: a password, or `oauth2`.

use super::oauth2;
use super::secret::{PASSWORD, Unavailable};
use super::section::Section;
use crate::model::Credential;

/// Whether the section names a credential.
pub(super) fn is_named(section: &Section<'_, '_>) -> bool {
    PASSWORD.is_named(section) || section.has("oauth2")
}

/// Reads the required credential, as [`read`] does; a missing one is reported as a mistake.
pub(super) fn require(section: &mut Section<'_, '_>) -> Option<Result<Credential, Unavailable>> {
    // A key `password` has been reported as unknown, with its own remedy.
    if !is_named(section) && !section.has_unknown("password") {
        section.error(
            "password_file",
            "is missing; name a file that holds the password, or use password_env, password_credential or oauth2",
        );
    }
    read(section)
}

/// Reads the credential; None where none is named, or a mistake was reported. Where a secret cannot be read, the caller decides
/// what follows.
pub(super) fn read(section: &mut Section<'_, '_>) -> Option<Result<Credential, Unavailable>> {
    if section.has("oauth2") {
        section.exclude(PASSWORD.keys(), "oauth2");
    }
    let oauth2 = oauth2::read(section).map(|source| source.map(Credential::OAuth2));
    let password = PASSWORD.read(section).map(|password| password.map(Credential::Password));
    oauth2.or(password)
}
