//! One IMAP session: commands that succeed only by their tagged OK, timeouts on every read, IDLE with a deadline.
//!
//! async-imap's own commands take NO, BAD and a closed connection for an empty success; nothing here uses them.

use std::panic::AssertUnwindSafe;
use std::time::Duration;

use async_imap::imap_proto::{MailboxDatum, Outcome, RequestId, Response, Status};
use futures_util::FutureExt;
use tokio::time::{Instant, timeout, timeout_at};

use crate::net::{Stream, one_line};
use crate::source::SourceError;

/// How long the server may be silent while we wait for an answer.
pub(super) const TIMEOUT: Duration = Duration::from_secs(60);

/// How long the server may take to end IDLE.
const DONE: Duration = Duration::from_secs(15);

/// How an IDLE ended.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Idle {
    /// Something changed, or the time is over.
    Over,
    /// The server does not want to idle although it offered to.
    Declined,
}

/// What a response means while we idle.
enum Sign {
    Accepted,
    OfLife,
    OfChange,
    Ended,
}

/// A logged-in connection.
#[derive(Debug)]
pub(super) struct Session {
    inner: async_imap::Session<Stream>,
    /// False from the first byte of a command to its tagged answer: what was left in the middle cannot be used again.
    at_rest: bool,
    /// Whether the server told of new messages on the side since [`Session::forget_news`]. It will not tell again in IDLE.
    news: bool,
}

impl Session {
    pub(super) fn new(inner: async_imap::Session<Stream>) -> Self {
        Self { inner, at_rest: true, news: false }
    }

    /// Runs a command and gives every response before the tagged one to `each`. Only a tagged OK is success.
    ///
    /// `name` is what errors call the command: its arguments may be secret or long.
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

    /// The same with an `each` that may find a response wrong, which ends the session.
    pub(super) async fn try_run(
        &mut self,
        name: &'static str,
        arguments: &str,
        mut each: impl FnMut(&Response<'_>) -> Result<(), SourceError>,
    ) -> Result<(), SourceError> {
        let command = if arguments.is_empty() { name.to_owned() } else { format!("{name} {arguments}") };
        let id = self.send(name, &command).await?;
        loop {
            let mut news = false;
            let answer = self.next(name, Instant::now() + TIMEOUT, |response| match response {
                Response::Done { tag, status: Status::Ok, .. } if *tag == id => Ok(Some(Ok(()))),
                Response::Done { tag, outcome, .. } if *tag == id => Ok(Some(Err(words(outcome)))),
                Response::Done { .. } => Err(SourceError::Protocol("an answer to no command of ours".to_owned())),
                other => {
                    news = matches!(other, Response::MailboxData(MailboxDatum::Exists(_)));
                    each(other).map(|()| None)
                }
            });
            let answer = answer.await??;
            self.news |= news;
            if let Some(outcome) = answer {
                self.at_rest = true;
                return outcome.map_err(|said| SourceError::Refused { command: name, said });
            }
        }
    }

    /// Runs a command whose untagged answers do not matter.
    pub(super) async fn run_quietly(&mut self, name: &'static str, arguments: &str) -> Result<(), SourceError> {
        self.run(name, arguments, |_| ()).await
    }

    /// The folder is about to be listed: what was told so far will be seen.
    pub(super) fn forget_news(&mut self) {
        self.news = false;
    }

    /// Fails where the connection can no longer be used.
    pub(super) fn check(&self) -> Result<(), SourceError> {
        if self.at_rest { Ok(()) } else { Err(SourceError::Lost("an earlier command was left unfinished".to_owned())) }
    }

    /// Waits with IDLE (RFC 2177) until the server tells of a change, or until `deadline`.
    pub(super) async fn idle(&mut self, deadline: Instant) -> Result<Idle, SourceError> {
        if self.news {
            return Ok(Idle::Over);
        }
        let id = self.send("IDLE", "IDLE").await?;
        let mut accepted = false;
        let mut changed = false;
        // Until the server accepts, a change only counts: DONE may be sent after its `+` alone.
        while !(accepted && changed) {
            let until = if accepted { deadline } else { Instant::now() + TIMEOUT };
            let judged = self.next("IDLE", until, |response| match response {
                Response::Continue(_) => Sign::Accepted,
                Response::Done { tag, .. } if *tag == id => Sign::Ended,
                // `* OK Still here` is no news.
                Response::Data { .. } => Sign::OfLife,
                _ => Sign::OfChange,
            });
            match judged.await {
                Ok(Sign::Accepted) => accepted = true,
                Ok(Sign::OfChange) => changed = true,
                Ok(Sign::OfLife) => {}
                Ok(Sign::Ended) => {
                    self.at_rest = true;
                    return Ok(if changed { Idle::Over } else { Idle::Declined });
                }
                Err(SourceError::Timeout(_)) if accepted => break,
                Err(error) => return Err(error),
            }
        }
        self.end_idle(&id).await
    }

    /// Says goodbye.
    pub(super) async fn log_out(mut self) {
        // Nothing depends on how the server takes it.
        drop(timeout(DONE, self.run_quietly("LOGOUT", "")).await);
    }

    async fn end_idle(&mut self, id: &RequestId) -> Result<Idle, SourceError> {
        const ENDING: &str = "the end of IDLE";
        let until = Instant::now() + DONE;
        let sent = timeout_at(until, self.inner.run_command_untagged("DONE")).await;
        sent.map_err(|_| SourceError::Timeout(ENDING))?.map_err(|e| lost(&e))?;
        while !self.next(ENDING, until, |response| matches!(response, Response::Done { tag, .. } if tag == id)).await? {
        }
        self.at_rest = true;
        Ok(Idle::Over)
    }

    /// Sends a command; from here to its tagged answer the session is not at rest.
    async fn send(&mut self, name: &'static str, command: &str) -> Result<RequestId, SourceError> {
        self.check()?;
        self.at_rest = false;
        let sent = timeout(TIMEOUT, self.inner.run_command(command)).await;
        sent.map_err(|_| SourceError::Timeout(name))?.map_err(|e| lost(&e))
    }

    /// What `judge` makes of the next response. BYE, the end of the connection and unreadable answers are errors, and so is
    /// a panic of the parser, which expects of servers what not all of them keep to.
    async fn next<T>(
        &mut self,
        during: &'static str,
        until: Instant,
        judge: impl FnOnce(&Response<'_>) -> T,
    ) -> Result<T, SourceError> {
        let reading = AssertUnwindSafe(self.inner.read_response()).catch_unwind();
        let read = timeout_at(until, reading).await.map_err(|_| SourceError::Timeout(during))?;
        let read = read.map_err(|_| SourceError::Protocol("the parser gave up on it".to_owned()))?;
        let response = read.map_err(|e| lost(&e))?;
        let response = response.ok_or_else(|| SourceError::Lost(format!("the server closed it during {during}")))?;
        match response.parsed() {
            Response::Data { status: Status::Bye, outcome } => Err(SourceError::Lost(words(outcome))),
            other => Ok(judge(other)),
        }
    }
}

/// What the server said: its response code, if any, and its words.
fn words(outcome: &Outcome<'_>) -> String {
    let code = outcome.code.as_ref().map(|code| format!("[{code:?}] ")).unwrap_or_default();
    one_line(&format!("{code}{}", outcome.information.as_deref().unwrap_or("(no reason given)")))
}

/// The text of a parse error is eight times its input: it is cut before anything else is done with it.
fn lost(error: &dyn std::fmt::Display) -> SourceError {
    SourceError::Lost(one_line(&error.to_string()))
}
