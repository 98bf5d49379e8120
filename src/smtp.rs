//! Sends e-mail by SMTP (RFC 5321, RFC 6409): one letter to one recipient at a time, with a time limit on every step.
//!
//! lettre speaks the protocol; its connection pool and its one-call `send` are not used, so that every step has a time limit
//! and an error of its own. TLS is never opportunistic.

mod login;
mod refusal;
mod replies;
mod start_tls;
mod wire;

use std::fmt::{self, Display};
use std::sync::{Arc, PoisonError};
use std::time::Duration;

use lettre::transport::smtp::Error;
use lettre::transport::smtp::client::AsyncSmtpConnection;
use lettre::transport::smtp::commands::{Data, Ehlo, Quit, Rset};
use lettre::transport::smtp::extension::ClientId;
use tokio::time::timeout;

use self::login::{Login, LoginWith, log_in};
use self::refusal::refusal;
use self::replies::{FirstReply, Replies};
use self::start_tls::{greeting, start_tls};
use self::wire::check_wire_form;
use crate::model::settings::{SmtpSettings, Tls};
use crate::model::{Credential, EmailAddress, FailureReason};
use crate::net::oauth2::{self, TokenError};
use crate::net::{self, Handshake, NetError, one_line};

/// Time limit for each of greeting, EHLO, AUTH and RSET.
const HELLO: Duration = Duration::from_secs(60);
/// Time limit for each of MAIL and RCPT (RFC 5321 4.5.3.2).
const ENVELOPE: Duration = Duration::from_secs(300);
/// Time limit for DATA, up to the server's 354.
const DATA: Duration = Duration::from_secs(120);
/// Time limit for each begun MiB of the message.
const BODY_PER_MIB: Duration = Duration::from_secs(180);
/// Time limit for the reply to the final dot: giving up earlier leads to duplicate delivery (RFC 1047).
const FINAL_DOT: Duration = Duration::from_secs(600);
/// Time limit for QUIT, whose reply does not matter.
const GOODBYE: Duration = Duration::from_secs(5);

/// How much of a message is written at once, in bytes.
const CHUNK: usize = 65_536;

/// Why an e-mail was not sent. The text is for the operator: one line, capped, without secrets.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SendError {
    /// It may work later: 4yz, a network error, or something that the operator can repair.
    #[error("{0}")]
    Transient(String),
    /// It will never work: 5yz, or the letter violates the wire format.
    #[error("{0}")]
    Permanent(FailureReason),
    /// The connection failed while the message was being sent: the server may have accepted it.
    #[error("{0}")]
    Unsure(String),
    /// The server refuses a message of this size (RFC 1870), or with these attachments.
    #[error("{0}")]
    TooLarge(FailureReason),
    /// The server refuses our sender's address, or its quota is used up: the letter is not the cause, and others of that sender
    /// are refused as well.
    #[error("{0}")]
    Account(String),
    /// The server refused the login, or there is no access token for it: the letter is not the cause, and trying again soon may
    /// lock the account.
    #[error("{0}")]
    Login(String),
}

impl From<NetError> for SendError {
    fn from(error: NetError) -> Self {
        SendError::Transient(error.to_string())
    }
}

impl From<TokenError> for SendError {
    fn from(error: TokenError) -> Self {
        match &error {
            TokenError::Refused(_) => SendError::Login(error.to_string()),
            TokenError::Unavailable(_) => SendError::Transient(error.to_string()),
        }
    }
}

/// An open connection to an SMTP server, logged in.
pub struct SmtpConnection {
    inner: AsyncSmtpConnection,
    max_size: Option<u64>,
    /// Whether the server offers SMTPUTF8 (RFC 6531).
    takes_utf8: bool,
    /// Whether the message of the last envelope may have UTF-8 in its header.
    is_international: bool,
    /// False from the first byte of a step to its complete reply: a step that failed or was dropped in between leaves it
    /// false.
    usable: bool,
}

impl fmt::Debug for SmtpConnection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SmtpConnection")
            .field("max_size", &self.max_size)
            .field("usable", &self.usable)
            .finish_non_exhaustive()
    }
}

/// Connects, sends EHLO and logs in. Fails only with [`SendError::Transient`] or [`SendError::Login`].
pub async fn connect(settings: &SmtpSettings) -> Result<SmtpConnection, SendError> {
    connect_with(settings, None).await
}

/// Like [`connect`], and records TLS, EHLO keywords and login in `seen`, as far as it gets.
pub async fn connect_recording(settings: &SmtpSettings, seen: &mut Handshake) -> Result<SmtpConnection, SendError> {
    connect_with(settings, Some(seen)).await
}

async fn connect_with(settings: &SmtpSettings, mut seen: Option<&mut Handshake>) -> Result<SmtpConnection, SendError> {
    let (user, source) = match &settings.login {
        None => return connect_as(settings, None, seen).await,
        Some((user, Credential::Password(password))) => {
            return connect_as(settings, Some(Login { user, proof: LoginWith::Password(password) }), seen).await;
        }
        Some((user, Credential::OAuth2(source))) => (user, source),
    };
    let token = oauth2::access_token(source, None).await?;
    let login = Login { user, proof: LoginWith::Token(&token) };
    match connect_as(settings, Some(login), seen.as_deref_mut()).await {
        Err(SendError::Login(why)) => match oauth2::another_token(source, &token).await? {
            Some(fresh) => connect_as(settings, Some(Login { user, proof: LoginWith::Token(&fresh) }), seen).await,
            None => Err(SendError::Login(why)),
        },
        outcome => outcome,
    }
}

async fn connect_as(
    settings: &SmtpSettings,
    login: Option<Login<'_>>,
    mut seen: Option<&mut Handshake>,
) -> Result<SmtpConnection, SendError> {
    let server = &settings.server;
    let host = one_line(&server.host);
    let transient =
        |step: &str, failure: StepFailure| SendError::Transient(format!("{host}: {step}: {}", failure.text()));
    let first = FirstReply::default();
    let greeted = match greet(settings, &first, false, seen.as_deref_mut()).await? {
        // 500, 502: the server does not know EHLO (RFC 5321 3.2).
        Err(StepFailure::Refused(error)) if error.is_permanent() => {
            first.lock().unwrap_or_else(PoisonError::into_inner).clear();
            greet(settings, &first, true, None).await?
        }
        greeted => greeted,
    };
    let mut inner = greeted.map_err(|failure| transient("EHLO", failure))?;
    let before = first.lock().unwrap_or_else(PoisonError::into_inner).clone();
    let before = keywords(before.iter().map(|line| line.get(4..).unwrap_or_default()));
    if let Some(seen) = &mut seen {
        seen.offered.clone_from(&before);
    }
    if let Some(login) = login {
        log_in(&mut inner, server, login, &before).await?;
    }
    if let Some(seen) = seen {
        seen.logged_in = true;
    }
    // A server's keywords may change with the login: EHLO once more. Some refuse that, and mean the first.
    let hello = ClientId::Domain(settings.hello.clone());
    let offered = match within(HELLO, inner.command(Ehlo::new(hello))).await {
        Ok(reply) => keywords(reply.message()),
        Err(StepFailure::Refused(error)) if !is_closing(&error) => before,
        Err(failure) => return Err(transient("EHLO", failure)),
    };
    let takes_utf8 = offered.iter().any(|keyword| keyword == "SMTPUTF8");
    Ok(SmtpConnection { inner, max_size: size_limit(&offered), takes_utf8, is_international: false, usable: true })
}

/// Connects up to the reply to EHLO, or to HELO. The outer error is about the connection, the inner one about that reply.
async fn greet(
    settings: &SmtpSettings,
    first: &FirstReply,
    says_helo: bool,
    seen: Option<&mut Handshake>,
) -> Result<Result<AsyncSmtpConnection, StepFailure>, SendError> {
    let server = &settings.server;
    let (mut prelogin, line) = net::reach(server).await?;
    greeting(&mut prelogin, line).await?;
    let stream = match server.tls {
        Tls::StartTls => net::secure(start_tls(prelogin, &settings.hello).await?, server).await?,
        Tls::None | Tls::Implicit => prelogin.finish()?,
    };
    if let Some(seen) = seen {
        seen.note(&stream, server).await;
    }
    let replies = Replies::new(stream, Arc::clone(first), says_helo);
    let hello = ClientId::Domain(settings.hello.clone());
    Ok(within(HELLO, AsyncSmtpConnection::connect_with_transport(Box::new(replies), &hello)).await)
}

impl SmtpConnection {
    /// The largest message that the server accepts, in bytes (SIZE, RFC 1870). None: not stated, or no fixed limit.
    pub fn max_size(&self) -> Option<u64> {
        self.max_size
    }

    /// Whether another letter may go over this connection.
    pub fn is_usable(&self) -> bool {
        self.usable
    }

    /// Sends MAIL and RCPT for a message of `size` bytes. A refusal is followed by RSET; if that succeeds, the connection
    /// stays usable. An address that needs SMTPUTF8 is refused for good where the server does not offer it.
    pub async fn envelope(&mut self, from: &EmailAddress, to: &EmailAddress, size: u64) -> Result<(), SendError> {
        if let Some(limit) = self.max_size
            && size > limit
        {
            return Err(SendError::TooLarge(FailureReason::TooLarge { size, limit }));
        }
        let is_international = from.needs_smtputf8() || to.needs_smtputf8();
        if is_international && !self.takes_utf8 {
            return Err(SendError::Permanent(FailureReason::International));
        }
        self.begin()?;
        let size = if self.max_size.is_some() { format!(" SIZE={size}") } else { String::new() };
        // With SMTPUTF8, 8BITMIME is always offered (RFC 6531 3.1).
        let utf8 = if is_international { " BODY=8BITMIME SMTPUTF8" } else { "" };
        self.is_international = is_international;
        self.step("MAIL", ENVELOPE, format!("MAIL FROM:<{from}>{size}{utf8}\r\n"), "2").await?;
        self.step("RCPT", ENVELOPE, format!("RCPT TO:<{to}>\r\n"), "2").await?;
        self.usable = true;
        Ok(())
    }

    /// Sends DATA and the message, which must have CR LF, lines of at most 998 bytes (RFC 5321 4.5.3.1.6), and be ASCII, or with
    /// SMTPUTF8 UTF-8.
    /// Returns the server's final reply, with which it takes responsibility for delivery.
    pub async fn body(&mut self, message: &[u8]) -> Result<String, SendError> {
        self.begin()?;
        if let Err(why) = check_wire_form(message, self.is_international) {
            self.reset().await;
            let why = format!("the e-mail violates the wire format: {why}");
            return Err(SendError::Permanent(FailureReason::Malformed(why)));
        }
        self.step("DATA", DATA, Data, "354").await?;
        // lettre sends a CR LF of its own before the final dot.
        let message = message.strip_suffix(b"\r\n").unwrap_or(message);
        let mebibytes = u32::try_from(message.len() / 1_048_576 + 1).unwrap_or(u32::MAX);
        let limit = BODY_PER_MIB.saturating_mul(mebibytes) + FINAL_DOT;
        match within(limit, self.inner.message_iter(message.chunks(CHUNK))).await {
            Ok(response) if !response.code().to_string().starts_with('2') => {
                Err(SendError::Unsure(format!("unexpected answer to the message: {}", response.code())))
            }
            Ok(response) => {
                self.usable = true;
                Ok(one_line(&format!("{} {}", response.code(), response.message().collect::<Vec<_>>().join(" "))))
            }
            Err(StepFailure::Refused(error)) => {
                self.usable = !is_closing(&error);
                Err(refusal("the message", &error))
            }
            Err(failure) => Err(SendError::Unsure(format!("no answer to the message: {}", failure.text()))),
        }
    }

    /// Sends QUIT and closes the connection, without waiting long.
    pub async fn quit(mut self) {
        if self.usable {
            // The reply does not matter.
            drop(timeout(GOODBYE, self.inner.command(Quit)).await);
        }
    }

    fn begin(&mut self) -> Result<(), SendError> {
        if std::mem::replace(&mut self.usable, false) {
            Ok(())
        } else {
            Err(SendError::Transient("the connection is no longer usable".to_owned()))
        }
    }

    /// Sends one command of the envelope, or DATA. The reply's code must begin with `expected`; a refusal is followed by
    /// RSET.
    async fn step(
        &mut self,
        name: &str,
        limit: Duration,
        command: impl Display,
        expected: &str,
    ) -> Result<(), SendError> {
        match within(limit, self.inner.command(command)).await {
            Ok(response) if response.code().to_string().starts_with(expected) => Ok(()),
            Ok(response) => Err(SendError::Transient(format!("{name}: unexpected answer {}", response.code()))),
            Err(StepFailure::Refused(error)) => {
                if !is_closing(&error) {
                    self.reset().await;
                }
                Err(refusal(name, &error))
            }
            Err(failure) => Err(SendError::Transient(format!("{name}: {}", failure.text()))),
        }
    }

    async fn reset(&mut self) {
        self.usable = within(HELLO, self.inner.command(Rset)).await.is_ok();
    }
}

/// Why a step (command and reply) failed.
enum StepFailure {
    /// The server replied 4yz or 5yz.
    Refused(Error),
    /// Any other error of lettre: the state of the connection is unknown.
    Broken(Error),
    /// No reply in time.
    Timeout,
}

impl StepFailure {
    /// Whether the server replied 5yz.
    fn is_permanent(&self) -> bool {
        matches!(self, StepFailure::Refused(error) if error.is_permanent())
    }

    fn text(&self) -> String {
        match self {
            StepFailure::Refused(error) | StepFailure::Broken(error) => error_text(error),
            StepFailure::Timeout => "no answer in time".to_owned(),
        }
    }
}

async fn within<T>(limit: Duration, step: impl Future<Output = Result<T, Error>>) -> Result<T, StepFailure> {
    match timeout(limit, step).await {
        Ok(Ok(value)) => Ok(value),
        Ok(Err(error)) if error.status().is_some() => Err(StepFailure::Refused(error)),
        Ok(Err(error)) => Err(StepFailure::Broken(error)),
        Err(_) => Err(StepFailure::Timeout),
    }
}

/// The reply's code and text, or the error of the connection.
fn error_text(error: &Error) -> String {
    let cause = std::error::Error::source(error).map(ToString::to_string).unwrap_or_default();
    one_line(&match error.status() {
        Some(code) => format!("{code} {cause}"),
        None if cause.is_empty() => error.to_string(),
        None => cause,
    })
}

/// Whether the reply is 421: the server is about to close the connection (RFC 5321 3.8).
fn is_closing(error: &Error) -> bool {
    error.status().map(u16::from) == Some(421)
}

/// The keywords of an EHLO reply with their parameters, in capitals (RFC 5321 4.1.1.1); its first line is the server's name.
fn keywords<'a>(lines: impl Iterator<Item = &'a str>) -> Vec<String> {
    lines.skip(1).take(100).map(|line| one_line(line).to_ascii_uppercase()).collect()
}

/// The SIZE of an EHLO reply, in bytes (RFC 1870). None: not offered, or 0, which means no fixed limit.
fn size_limit(offered: &[String]) -> Option<u64> {
    let size = offered.iter().find_map(|keyword| keyword.strip_prefix("SIZE "))?;
    size.trim().parse().ok().filter(|limit| *limit > 0)
}
