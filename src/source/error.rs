//! Errors of reading and marking a mailbox, with short texts for the operator.

use std::time::Duration;

use crate::net::NetError;
use crate::net::oauth2::TokenError;

/// Why an operation on a mailbox failed. Texts are one line without control characters, capped, and never hold a secret.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SourceError {
    /// No connection: name lookup, TCP, TLS, or the exchange before login.
    #[error(transparent)]
    Net(#[from] NetError),
    /// The server refused the user's login.
    #[error("{host} refused the login of {user}: {response}")]
    LoginRefused {
        /// The server.
        host: String,
        /// The user.
        user: String,
        /// The server's response text.
        response: String,
    },
    /// There is no access token to log in with.
    #[error(transparent)]
    Token(#[from] TokenError),
    /// The server answered NO or BAD to a command. The connection is still usable.
    #[error("the server refused {command}: {response}")]
    Refused {
        /// The command's name, without its arguments.
        command: &'static str,
        /// The server's response text.
        response: String,
    },
    /// The connection was closed; connect anew.
    #[error("connection lost: {0}")]
    Lost(String),
    /// The server did not answer in time; connect anew.
    #[error("the server did not answer {0} in time")]
    Timeout(&'static str),
    /// The server violated the protocol; connect anew.
    #[error("unexpected answer: {0}")]
    Protocol(String),
    /// The mailbox cannot do what was asked, such as keep a flag; nothing was changed.
    #[error("{0}")]
    Impossible(String),
    /// A Maildir could not be read or changed.
    #[error("{path}: {why}")]
    Folder {
        /// The file or folder.
        path: String,
        /// The operating system's error.
        why: String,
    },
}

impl SourceError {
    /// Whether the login was refused, or the token for it: trying again soon may lock the account.
    pub fn is_login_refused(&self) -> bool {
        matches!(self, SourceError::LoginRefused { .. } | SourceError::Token(TokenError::Refused(_)))
    }

    /// Whether the connection is still in a known state after this error.
    pub fn leaves_connection_usable(&self) -> bool {
        matches!(self, SourceError::Refused { .. } | SourceError::Impossible(_) | SourceError::Folder { .. })
    }

    /// How long a throttling server asks us to wait: Exchange's `Suggested Backoff Time: N milliseconds`. None: not stated.
    pub fn suggested_backoff(&self) -> Option<Duration> {
        let text = self.to_string();
        let (_, rest) = text.split_once("Suggested Backoff Time:")?;
        let digits: String = rest.trim_start().chars().take_while(char::is_ascii_digit).collect();
        digits.parse().ok().map(Duration::from_millis)
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::SourceError;

    #[test]
    fn a_throttling_server_says_how_long() {
        let throttled = |response: &str| SourceError::Refused { command: "SELECT", response: response.to_owned() };
        let response = "Request is throttled. Suggested Backoff Time: 299961 milliseconds";
        assert_eq!(throttled(response).suggested_backoff(), Some(Duration::from_millis(299_961)));
        assert_eq!(throttled("Suggested Backoff Time: soon").suggested_backoff(), None);
        assert_eq!(throttled("no").suggested_backoff(), None);
    }
}
