//! Logs in with an access token: AUTHENTICATE XOAUTH2 or OAUTHBEARER (RFC 7628).

use async_imap::Authenticator;
use async_imap::error::Error;
use tokio::time::timeout;
use tracing::warn;

use super::super::session::{Session, TIMEOUT};
use super::{broken, is_passing, open, refused, response_text};
use crate::model::Secret;
use crate::model::settings::ImapSettings;
use crate::net::{Handshake, Mask, TokenMechanism, error_of_token, with_error};
use crate::source::SourceError;

/// Connects and gives the token. A mechanism that the server does not know is followed by the other one; a token that it has
/// refused is not sent again.
pub(super) async fn log_in(
    settings: &ImapSettings,
    token: &Secret,
    seen: Option<&mut Handshake>,
) -> Result<Session, SourceError> {
    let (mut client, capabilities) = open(settings, seen).await?;
    let announced = capabilities.iter().filter_map(|capability| capability.strip_prefix("AUTH="));
    let mut said = "the server offers no way to log in with a token".to_owned();
    for mechanism in TokenMechanism::to_try(announced) {
        let response = mechanism.response(&settings.user, &settings.server, token);
        let mask = Mask::of_token(token, &response);
        let mut exchange = Exchange { mechanism, response, mask, is_sent: false, error: String::new() };
        let logging_in = client.authenticate(mechanism.name(), &mut exchange);
        let (error, back) = match timeout(TIMEOUT, logging_in).await.map_err(|_| SourceError::Timeout("the login"))? {
            Ok(session) => return Ok(Session::new(session)),
            Err(failed) => failed,
        };
        client = back;
        let (Error::No(response) | Error::Bad(response)) = error else { return Err(broken(error)) };
        let words = response_text(&response);
        said = with_error(exchange.mask.one_line(&words), &exchange.error);
        if !exchange.error.is_empty() {
            warn!(
                host = settings.server.host,
                user = settings.user,
                error = exchange.error,
                "the server refuses the token"
            );
        }
        if is_passing(&words) {
            return Err(SourceError::Refused { command: "the login for now", response: said });
        }
        if exchange.is_sent {
            break;
        }
    }
    Err(refused(settings, said))
}

/// One exchange of a mechanism.
struct Exchange {
    mechanism: TokenMechanism,
    response: String,
    mask: Mask,
    is_sent: bool,
    /// The server's error about the token, in one line; empty where it sent none.
    error: String,
}

impl Authenticator for &mut Exchange {
    type Response = String;

    fn process(&mut self, challenge: &[u8]) -> String {
        if !std::mem::replace(&mut self.is_sent, true) {
            return self.response.clone();
        }
        self.error = error_of_token(challenge, &self.mask);
        self.mechanism.answer_to_error().to_owned()
    }
}
