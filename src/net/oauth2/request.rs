//! One request for an access token (RFC 6749, section 5), and what the answer means.

use std::time::Duration;

use serde::Deserialize;
use serde_json::Value;

use super::{TokenError, jwt, remedy, rotation};
use crate::model::{Grant, Secret, Timestamp, TokenEndpoint};
use crate::net::http::{self, HttpAnswer};
use crate::net::{Mask, one_line};

/// How long a token is taken to be good whose server does not say.
const USUAL_LIFETIME: Duration = Duration::from_secs(600);

/// The longest that a server can make us wait before it is asked again.
const LONGEST_WAIT: Duration = Duration::from_secs(3_600);

/// What the server has issued.
pub(super) struct Issued {
    pub token: Secret,
    pub lifetime: Duration,
    /// The refresh token that came with it.
    pub refresh: Option<Secret>,
}

/// Why nothing was issued, and how long the server wants to be left alone.
pub(super) struct NotIssued {
    pub error: TokenError,
    pub wait: Option<Duration>,
    /// The error code of the server (RFC 6749, section 5.2); empty where it gave none.
    pub code: String,
}

impl From<TokenError> for NotIssued {
    fn from(error: TokenError) -> Self {
        Self { error, wait: None, code: String::new() }
    }
}

/// The fields of an answer that matter here.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Fields {
    access_token: String,
    refresh_token: Option<String>,
    expires_in: Value,
    error: String,
    error_description: String,
}

/// Asks for an access token.
pub(super) async fn send(endpoint: &TokenEndpoint, now: Timestamp) -> Result<Issued, NotIssued> {
    let plain = |value: &str| Secret::new(value);
    // Most of what is sent is secret.
    let form = match &endpoint.grant {
        Grant::RefreshToken { client_id, secret, file, .. } => {
            return rotation::rotate(endpoint, (client_id, secret.as_ref()), file, now).await;
        }
        Grant::ClientSecret { client_id, secret } => vec![
            ("grant_type", plain("client_credentials")),
            ("client_id", plain(client_id)),
            ("client_secret", secret.clone()),
        ],
        Grant::Certificate { client_id, pem, algorithm } => {
            let assertion = jwt::of_client(client_id, &endpoint.url, pem, *algorithm, now);
            vec![
                ("grant_type", plain("client_credentials")),
                ("client_id", plain(client_id)),
                ("client_assertion_type", plain("urn:ietf:params:oauth:client-assertion-type:jwt-bearer")),
                ("client_assertion", assertion.map_err(TokenError::Refused)?),
            ]
        }
        Grant::ServiceAccount { email, key_id, key, subject } => {
            let account = (email.as_str(), key_id.as_str(), key);
            let assertion = jwt::of_service_account(account, subject, &endpoint.scope, &endpoint.url, now);
            vec![
                ("grant_type", plain("urn:ietf:params:oauth:grant-type:jwt-bearer")),
                ("assertion", assertion.map_err(TokenError::Refused)?),
            ]
        }
    };
    post(endpoint, &form).await
}

/// Sends a form, with the scope, and judges the answer.
pub(super) async fn post(endpoint: &TokenEndpoint, shown: &[(&'static str, Secret)]) -> Result<Issued, NotIssued> {
    let mut form: Vec<(&str, &str)> = shown.iter().map(|(key, value)| (*key, value.expose())).collect();
    // An assertion says its scope itself; a code has one.
    let has_scope = shown.iter().any(|(key, _)| ["assertion", "code", "device_code"].contains(key));
    if !endpoint.scope.is_empty() && !has_scope {
        form.push(("scope", &endpoint.scope));
    }
    let answer = http::post_form(&endpoint.url, endpoint.ca_file.clone(), &form).await;
    let answer = answer.map_err(|error| TokenError::Unavailable(error.to_string()))?;
    judge(&endpoint.url, &answer, shown)
}

/// Judges an answer; of `shown` nothing but the grant's type and the application's id is repeated.
fn judge(url: &str, answer: &HttpAnswer, shown: &[(&'static str, Secret)]) -> Result<Issued, NotIssued> {
    let Ok(fields) = serde_json::from_slice::<Fields>(&answer.body) else { return Err(refusal(url, answer, shown)) };
    if !(200..=299).contains(&answer.status) || fields.access_token.is_empty() {
        return Err(refusal(url, answer, shown));
    }
    if fields.access_token.chars().any(|letter| !letter.is_ascii_graphic()) {
        let why = format!("{} issues something that is not an access token", one_line(url));
        return Err(TokenError::Refused(why).into());
    }
    let refresh = fields.refresh_token.filter(|token| !token.is_empty()).map(Secret::new);
    Ok(Issued { lifetime: lifetime(&fields.expires_in), token: Secret::new(fields.access_token), refresh })
}

/// What an answer means that issues nothing.
pub(super) fn refusal(url: &str, answer: &HttpAnswer, shown: &[(&'static str, Secret)]) -> NotIssued {
    let (status, place) = (answer.status, one_line(url));
    let unavailable = |words: String| NotIssued {
        error: TokenError::Unavailable(format!("{place} {words}")),
        wait: answer.retry_after.map(|wait| wait.min(LONGEST_WAIT)),
        code: String::new(),
    };
    let refused = |words: String| NotIssued::from(TokenError::Refused(format!("{place} {words}")));
    let Ok(fields) = serde_json::from_slice::<Fields>(&answer.body) else {
        return match status {
            300..=399 => refused(format!("redirects elsewhere ({status}), which is not followed: correct token_url")),
            400..=499 if ![408, 425, 429].contains(&status) => {
                refused(format!("answers {status}, and not with JSON: is token_url right?"))
            }
            _ => unavailable(format!("answers {status}, and not with JSON")),
        };
    };
    let secrets = shown.iter().filter(|(key, _)| !["grant_type", "client_id"].contains(key));
    let said = Mask::of(secrets.map(|(_, secret)| secret))
        .one_line(&format!("{}: {}", fields.error, fields.error_description));
    let said = said.trim_end_matches([':', ' ']);
    let passes = ["temporarily_unavailable", "server_error", "slow_down"].contains(&fields.error.as_str());
    if passes || status >= 500 || [408, 425, 429].contains(&status) {
        return NotIssued {
            code: fields.error,
            ..unavailable(format!("answers {status} {said}").trim_end().to_owned())
        };
    }
    let remedy = remedy::of(said).map(|remedy| format!(" ({remedy})")).unwrap_or_default();
    NotIssued { code: fields.error, ..refused(format!("refuses it ({status}): {said}{remedy}")) }
}

/// `expires_in` in seconds, as a number or, as some servers write it, as a string.
fn lifetime(expires_in: &Value) -> Duration {
    let seconds = expires_in.as_u64().or_else(|| expires_in.as_str()?.parse().ok());
    seconds.map_or(USUAL_LIFETIME, Duration::from_secs)
}
