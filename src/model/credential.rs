//! What proves a user to a mail server: a password, or an OAuth2 access token and where it comes from.

use super::Secret;

/// What a user logs in with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Credential {
    /// A password.
    Password(Secret),
    /// An access token of OAuth2 (RFC 6749), asked for anew whenever it is needed.
    OAuth2(TokenSource),
}

/// Where access tokens come from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TokenSource {
    /// A program and its arguments; it prints an access token as the one line of its standard output.
    Command(Vec<String>),
}
