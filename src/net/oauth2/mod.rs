//! Access tokens of OAuth2 (RFC 6749) for mail servers: from a program, or from a server that issues them. Tokens are kept in
//! memory until shortly before they end.

mod command;
mod jwt;
pub mod login;
mod refresh;
mod remedy;
mod request;
mod rotation;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

use crate::model::{Grant, Secret, Timestamp, TokenEndpoint, TokenSource};
use request::{Issued, NotIssued};

/// How long before its end a token is not used any more: a login takes its time, and clocks differ.
const MARGIN: Duration = Duration::from_secs(60);

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
    match source {
        // A program keeps its tokens itself, and knows when they end.
        TokenSource::Command(command) => command::run(command).await,
        TokenSource::Endpoint(endpoint) => issued(endpoint, refused).await,
    }
}

/// One more access token after the mail server has refused this one: it may have ended before its time, or was withdrawn. `None`
/// where there is no other.
pub async fn another_token(source: &TokenSource, refused: &Secret) -> Result<Option<Secret>, TokenError> {
    Ok(Some(access_token(source, Some(refused)).await?).filter(|token| token != refused))
}

/// What is known of an account's tokens.
#[derive(Default)]
struct Known {
    token: Option<(Secret, Instant)>,
    /// Until when the server wants to be left alone, and its words.
    silence: Option<(Instant, TokenError)>,
}

/// By account. A request is sent under the lock of its account, so that one is under way at a time.
static KNOWN: Mutex<BTreeMap<String, Arc<tokio::sync::Mutex<Known>>>> = Mutex::new(BTreeMap::new());

async fn issued(endpoint: &TokenEndpoint, refused: Option<&Secret>) -> Result<Secret, TokenError> {
    let known = Arc::clone(KNOWN.lock().unwrap_or_else(PoisonError::into_inner).entry(account(endpoint)).or_default());
    let mut known = known.lock().await;
    let now = Instant::now();
    if let Some((token, until)) = &known.token
        && *until > now
        && Some(token) != refused
    {
        return Ok(token.clone());
    }
    known.token = None;
    if let Some((until, error)) = &known.silence
        && *until > now
    {
        return Err(error.clone());
    }
    match request::send(endpoint, Timestamp::from(jiff::Timestamp::now())).await {
        Ok(Issued { token, lifetime, .. }) => {
            known.silence = None;
            known.token = Some((token.clone(), now + lifetime.saturating_sub(MARGIN)));
            Ok(token)
        }
        Err(NotIssued { error, wait, .. }) => {
            known.silence = wait.map(|wait| (now + wait, error.clone()));
            Err(error)
        }
    }
}

/// What tells the tokens of one account from those of others. Secrets are no part of it, so a new one is used with the next
/// request.
fn account(endpoint: &TokenEndpoint) -> String {
    let (who, user) = match &endpoint.grant {
        Grant::ClientSecret { client_id, .. } | Grant::Certificate { client_id, .. } => (client_id, ""),
        Grant::ServiceAccount { email, subject, .. } => (email, subject.as_str()),
        Grant::RefreshToken { client_id, file, .. } => (client_id, file.to_str().unwrap_or_default()),
    };
    [&endpoint.url, &endpoint.scope, who, user].join("\0")
}
