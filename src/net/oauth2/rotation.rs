//! Uses a refresh token (RFC 6749, section 6), and keeps the next one before its access token is used.

use std::path::Path;

use super::TokenError;
use super::refresh;
use super::request::{self, Issued, NotIssued};
use crate::failpoint;
use crate::model::{Secret, Timestamp, TokenEndpoint};

/// Asks for an access token with the newest refresh token; with the one before where that is void, since a process may have
/// died between the answer and its file.
pub(super) async fn rotate(
    endpoint: &TokenEndpoint,
    (client_id, secret): (&str, Option<&Secret>),
    file: &Path,
    now: Timestamp,
) -> Result<Issued, NotIssued> {
    let broken = |error: std::io::Error| TokenError::Unavailable(format!("{}: {error}", file.display()));
    let _lock = refresh::lock(file).await.map_err(broken)?;
    let Some(kept) = refresh::read(file).map_err(broken)? else {
        let why = "nobody has logged in for it yet; `maildesk login MAILBOX` does that";
        return Err(TokenError::Refused(why.to_owned()).into());
    };
    let mut first = None;
    for token in kept.to_try() {
        let mut form = vec![
            ("grant_type", Secret::new("refresh_token")),
            ("refresh_token", token.clone()),
            ("client_id", Secret::new(client_id)),
        ];
        form.extend(secret.map(|secret| ("client_secret", secret.clone())));
        match request::post(endpoint, &form).await {
            Ok(issued) => {
                failpoint::reached("refresh-token-answered");
                let next = kept.after(&token, issued.refresh.as_ref(), now);
                refresh::write(file, &next).map_err(broken)?;
                failpoint::reached("refresh-token-kept");
                return Ok(issued);
            }
            Err(refusal) if refusal.code == "invalid_grant" => first = first.or(Some(refusal)),
            Err(other) => return Err(other),
        }
    }
    Err(first.unwrap_or_else(|| TokenError::Refused(format!("{} holds no token", file.display())).into()))
}
