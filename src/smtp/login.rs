//! Logs in (RFC 4954) with a password, or with an access token.
//!
//! For tokens AUTH is ours: lettre knows no OAUTHBEARER, and does not read the final reply to a refused XOAUTH2.

use base64::prelude::{BASE64_STANDARD, Engine as _};
use lettre::transport::smtp::authentication::{Credentials, Mechanism};
use lettre::transport::smtp::client::AsyncSmtpConnection;
use lettre::transport::smtp::response::Response;
use tracing::warn;

use super::{HELLO, SendError, StepFailure, within};
use crate::model::Secret;
use crate::model::settings::Server;
use crate::net::{Mask, TokenMechanism, error_of_token, one_line, with_error};

/// A user and what proves them.
#[derive(Clone, Copy)]
pub(super) struct Login<'a> {
    pub user: &'a str,
    pub proof: LoginWith<'a>,
}

/// What proves a user.
#[derive(Clone, Copy)]
pub(super) enum LoginWith<'a> {
    Password(&'a Secret),
    Token(&'a Secret),
}

/// Logs in on an open connection, whose server announces these keywords. Fails only with [`SendError::Transient`] or
/// [`SendError::Login`].
pub(super) async fn log_in(
    inner: &mut AsyncSmtpConnection,
    server: &Server,
    login: Login<'_>,
    offered: &[String],
) -> Result<(), SendError> {
    let said = match login.proof {
        LoginWith::Password(password) => by_password(inner, login.user, password).await,
        LoginWith::Token(token) => by_token(inner, server, login.user, token, offered).await,
    };
    let host = one_line(&server.host);
    said.map_err(|refusal| match refusal {
        Refusal::Unexpected(code) => SendError::Transient(format!("{host}: unexpected answer {code} to the login")),
        Refusal::Said { words, is_permanent } => {
            let text = format!("{host} refused the login of {}: {words}", one_line(login.user));
            if is_permanent { SendError::Login(text) } else { SendError::Transient(text) }
        }
    })
}

/// Why a login failed.
enum Refusal {
    /// A reply with this code, which fits nothing.
    Unexpected(String),
    /// The reply in one line without secrets, or what is wrong with the connection.
    Said { words: String, is_permanent: bool },
}

impl Refusal {
    fn new(failure: &StepFailure, mask: &Mask) -> Self {
        Self::Said { words: mask.one_line(&failure.text()), is_permanent: failure.is_permanent() }
    }
}

async fn by_password(inner: &mut AsyncSmtpConnection, user: &str, password: &Secret) -> Result<(), Refusal> {
    let credentials = Credentials::new(user.to_owned(), password.expose().to_owned());
    let login = inner.auth(&[Mechanism::Plain, Mechanism::Login], &credentials);
    match within(HELLO, login).await {
        Ok(response) if response.is_positive() => Ok(()),
        Ok(response) => Err(Refusal::Unexpected(response.code().to_string())),
        Err(failure) => Err(Refusal::new(&failure, &Mask::of_password(user, password))),
    }
}

/// A mechanism that the server does not know is followed by the other one; a token that it has refused is not sent again.
async fn by_token(
    inner: &mut AsyncSmtpConnection,
    server: &Server,
    user: &str,
    token: &Secret,
    offered: &[String],
) -> Result<(), Refusal> {
    let announced = offered.iter().filter_map(|keyword| keyword.strip_prefix("AUTH "));
    let mut refusal = Refusal::Said { words: "it offers no way to log in with a token".to_owned(), is_permanent: true };
    for mechanism in TokenMechanism::to_try(announced.flat_map(|ways| ways.split(' '))) {
        let response = mechanism.response(user, server, token);
        let mask = Mask::of_token(token, &response);
        // Without the response, which is longer than a command may be (RFC 4954, section 4).
        match within(HELLO, inner.command(format!("AUTH {}\r\n", mechanism.name()))).await {
            Ok(reply) if is_challenge(&reply) => {}
            Ok(reply) => return Err(Refusal::Unexpected(reply.code().to_string())),
            Err(failure) if failure.is_permanent() => {
                refusal = Refusal::new(&failure, &mask);
                continue;
            }
            Err(failure) => return Err(Refusal::new(&failure, &mask)),
        }
        let mut reply = within(HELLO, inner.command(encoded(&response))).await;
        let mut error = String::new();
        if let Ok(challenge) = &reply
            && is_challenge(challenge)
        {
            error = error_of_token(challenge.first_line().unwrap_or_default().as_bytes(), &mask);
            warn!(host = server.host, user, error, "the server refuses the token");
            reply = within(HELLO, inner.command(encoded(mechanism.answer_to_error()))).await;
        }
        return match reply {
            Ok(reply) if reply.is_positive() && !is_challenge(&reply) => Ok(()),
            Ok(reply) => Err(Refusal::Unexpected(reply.code().to_string())),
            Err(failure) => Err(match Refusal::new(&failure, &mask) {
                Refusal::Said { words, is_permanent } => {
                    Refusal::Said { words: with_error(words, &error), is_permanent }
                }
                other => other,
            }),
        };
    }
    Err(refusal)
}

fn encoded(response: &str) -> String {
    format!("{}\r\n", BASE64_STANDARD.encode(response))
}

/// Whether the server asks for more: 334.
fn is_challenge(reply: &Response) -> bool {
    u16::from(reply.code()) == 334
}
