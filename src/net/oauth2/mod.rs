//! Access tokens of OAuth2 (RFC 6749) for mail servers.

mod command;

use crate::model::{Secret, TokenSource};

/// Why there is no access token. The text is one line for the operator, without secrets.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TokenError {
    /// It is refused until somebody repairs something.
    #[error("no access token: {0}")]
    Refused(String),
    /// It may be given later.
    #[error("no access token for now: {0}")]
    Unavailable(String),
}

/// An access token. `refused` is one that the mail server has just refused, which is not taken from the memory again.
pub async fn access_token(source: &TokenSource, refused: Option<&Secret>) -> Result<Secret, TokenError> {
    // A program keeps its tokens itself, and knows when they end.
    let _ = refused;
    match source {
        TokenSource::Command(command) => command::run(command).await,
    }
}
