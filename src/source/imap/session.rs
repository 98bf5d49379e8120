//! One IMAP session: commands that succeed only with a tagged OK, a timeout on every read, IDLE with a deadline.
//!
//! async-imap's own commands treat NO, BAD and a closed connection as an empty success; they are not used.

use std::panic::AssertUnwindSafe;
use std::time::Duration;

use async_imap::imap_proto::{MailboxDatum, Outcome, RequestId, Response, Status};
use futures_util::FutureExt;
use tokio::time::{Instant, timeout, timeout_at};

use super::lenient::Lenient;
use crate::net::{Stream, one_line};
use crate::source::SourceError;

/// How long the server may take for the next response to a command.
pub(super) const TIMEOUT: Duration = Duration::from_secs(60);

/// How long SELECT, and the first answer to a command on messages, may take: large folders are read from a disk first.
const PATIENT: Duration = Duration::from_secs(300);

/// How many bytes a long answer must bring within [`TIMEOUT`] at least: 256 a second.
const SLOWEST: u64 = 256 * TIMEOUT.as_secs();

/// How long one answer may take in all.
const LONGEST_ANSWER: Duration = Duration::from_secs(20 * 60);

/// How long the server may take to end IDLE, or to answer LOGOUT.
const DONE: Duration = Duration::from_secs(15);

/// How IDLE ended.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Idle {
    /// Something changed, or the deadline has passed.
    Over,
    /// The server refused IDLE although it offers it.
    Declined,
}

/// What a response means during IDLE.
enum IdleResponse {
    /// `+`: the server has begun to idle.
    Continuation,
    /// A keep-alive such as `* OK Still here`.
    KeepAlive,
    /// Any other untagged response.
    Change,
    /// The tagged response: IDLE is over.
    Tagged,
}

/// A logged-in connection.
#[derive(Debug)]
pub(super) struct Session {
    inner: async_imap::Session<Lenient<Stream>>,
    /// False from the first byte of a command to its tagged response: a session whose command was dropped half-way is
    /// unusable.
    in_sync: bool,
    /// Whether EXISTS came with another command since [`Session::clear_new_mail`]. The server will not repeat it during IDLE.
    new_mail: bool,
}

impl Session {
    pub(super) fn new(mut inner: async_imap::Session<Lenient<Stream>>) -> Self {
        inner.get_mut().log();
        Self { inner, in_sync: true, new_mail: false }
    }

    /// Runs a command and passes every untagged response, and the tagged OK, to `each`. Only a tagged OK is success.
    ///
    /// Errors name the command by `name` alone: its arguments may be secret or long.
    pub(super) async fn run(
        &mut self,
        name: &'static str,
        arguments: &str,
        mut each: impl FnMut(&Response<'_>),
    ) -> Result<(), SourceError> {
        let each = |response: &Response<'_>| {
            each(response);
            Ok(())
        };
        self.try_run(name, arguments, each).await
    }

    /// Like [`Session::run`], but an error of `each` ends the command and makes the session unusable.
    pub(super) async fn try_run(
        &mut self,
        name: &'static str,
        arguments: &str,
        mut each: impl FnMut(&Response<'_>) -> Result<(), SourceError>,
    ) -> Result<(), SourceError> {
        let command = if arguments.is_empty() { name.to_owned() } else { format!("{name} {arguments}") };
        let id = self.send(name, &command).await?;
        let mut patience = if matches!(name, "SELECT" | "FETCH" | "UID FETCH") { PATIENT } else { TIMEOUT };
        loop {
            let mut new_mail = false;
            let answer = self.next(name, Instant::now() + patience, |response| match response {
                Response::Done { tag, status: Status::Ok, .. } if *tag == id => each(response).map(|()| Some(Ok(()))),
                Response::Done { tag, outcome, .. } if *tag == id => Ok(Some(Err(status_text(outcome)))),
                Response::Done { .. } => Err(SourceError::Protocol("a tagged response to no command".to_owned())),
                other => {
                    new_mail = matches!(other, Response::MailboxData(MailboxDatum::Exists(_)));
                    each(other).map(|()| None)
                }
            });
            let answer = answer.await??;
            patience = TIMEOUT;
            self.new_mail |= new_mail;
            if let Some(outcome) = answer {
                self.in_sync = true;
                return outcome.map_err(|response| SourceError::Refused { command: name, response });
            }
        }
    }

    /// Runs a command and ignores its untagged responses.
    pub(super) async fn run_quietly(&mut self, name: &'static str, arguments: &str) -> Result<(), SourceError> {
        self.run(name, arguments, |_| ()).await
    }

    /// What the last answer to NAMESPACE said.
    pub(super) fn take_namespace(&mut self) -> Option<String> {
        self.inner.get_mut().take_namespace()
    }

    /// Forgets announced messages: the folder is about to be listed.
    pub(super) fn clear_new_mail(&mut self) {
        self.new_mail = false;
    }

    /// Fails if an earlier command was left unfinished.
    pub(super) fn check(&self) -> Result<(), SourceError> {
        if self.in_sync { Ok(()) } else { Err(SourceError::Lost("an earlier command was left unfinished".to_owned())) }
    }

    /// Waits with IDLE (RFC 2177) until the server announces a change, or until `deadline`.
    pub(super) async fn idle(&mut self, deadline: Instant) -> Result<Idle, SourceError> {
        if self.new_mail {
            return Ok(Idle::Over);
        }
        let id = self.send("IDLE", "IDLE").await?;
        let mut accepted = false;
        let mut changed = false;
        // A change before the continuation is only remembered: DONE may not be sent before it.
        while !(accepted && changed) {
            let until = if accepted { deadline } else { Instant::now() + TIMEOUT };
            let judged = self.next("IDLE", until, |response| match response {
                Response::Continue(_) => IdleResponse::Continuation,
                Response::Done { tag, .. } if *tag == id => IdleResponse::Tagged,
                Response::Data { .. } => IdleResponse::KeepAlive,
                _ => IdleResponse::Change,
            });
            match judged.await {
                Ok(IdleResponse::Continuation) => accepted = true,
                Ok(IdleResponse::Change) => changed = true,
                Ok(IdleResponse::KeepAlive) => {}
                Ok(IdleResponse::Tagged) => {
                    self.in_sync = true;
                    return Ok(if changed { Idle::Over } else { Idle::Declined });
                }
                Err(SourceError::Timeout(_)) if accepted => break,
                Err(error) => return Err(error),
            }
        }
        self.end_idle(&id).await
    }

    /// Sends LOGOUT, without waiting long.
    pub(super) async fn log_out(mut self) {
        // The response does not matter.
        drop(timeout(DONE, self.run_quietly("LOGOUT", "")).await);
    }

    async fn end_idle(&mut self, id: &RequestId) -> Result<Idle, SourceError> {
        const ENDING: &str = "the end of IDLE";
        let until = Instant::now() + DONE;
        let sent = timeout_at(until, self.inner.run_command_untagged("DONE")).await;
        sent.map_err(|_| SourceError::Timeout(ENDING))?.map_err(|e| lost(&e))?;
        while !self.next(ENDING, until, |response| matches!(response, Response::Done { tag, .. } if tag == id)).await? {
        }
        self.in_sync = true;
        Ok(Idle::Over)
    }

    /// Sends a command; until its tagged response has been read the session is not in sync.
    async fn send(&mut self, name: &'static str, command: &str) -> Result<RequestId, SourceError> {
        self.check()?;
        self.in_sync = false;
        let sent = timeout(TIMEOUT, self.inner.run_command(command)).await;
        sent.map_err(|_| SourceError::Timeout(name))?.map_err(|e| lost(&e))
    }

    /// Reads the next response and returns what `judge` makes of it. BYE, a closed connection and unparsable responses are
    /// errors, and so is a panic of the parser, which some servers' responses provoke.
    async fn next<T>(
        &mut self,
        during: &'static str,
        until: Instant,
        judge: impl FnOnce(&Response<'_>) -> T,
    ) -> Result<T, SourceError> {
        let (start, mut until) = (Instant::now(), until);
        let read = loop {
            let before = self.inner.get_ref().received();
            let reading = AssertUnwindSafe(self.inner.read_response()).catch_unwind();
            // A time limit that drops the future loses nothing: what came so far stays in async-imap's buffer.
            match timeout_at(until, reading).await {
                Ok(read) => break read,
                Err(_) if self.inner.get_ref().received() - before >= SLOWEST && start.elapsed() < LONGEST_ANSWER => {
                    until = Instant::now() + TIMEOUT;
                }
                Err(_) => return Err(SourceError::Timeout(during)),
            }
        };
        let read = read.map_err(|_| SourceError::Protocol("the response cannot be parsed".to_owned()))?;
        let response = read.map_err(|e| lost(&e))?;
        let response =
            response.ok_or_else(|| SourceError::Lost(format!("the server closed the connection during {during}")))?;
        match response.parsed() {
            Response::Data { status: Status::Bye, outcome } => Err(SourceError::Lost(status_text(outcome))),
            other => Ok(judge(other)),
        }
    }
}

/// The text of a status response: its response code, if any, and its human-readable part.
fn status_text(outcome: &Outcome<'_>) -> String {
    let code = outcome.code.as_ref().map(|code| format!("[{code:?}] ")).unwrap_or_default();
    one_line(&format!("{code}{}", outcome.information.as_deref().unwrap_or("(no reason given)")))
}

/// Wraps an error of the connection, cut short: a parse error's text is eight times its input.
fn lost(error: &dyn std::fmt::Display) -> SourceError {
    SourceError::Lost(one_line(&error.to_string()))
}
