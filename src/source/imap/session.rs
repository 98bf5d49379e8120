//! One IMAP session: commands that succeed only by their tagged OK, timeouts on every read, IDLE with a deadline.
//!
//! async-imap's own commands take NO, BAD and a closed connection for an empty success; nothing here uses them.

use std::fmt::Debug;
use std::time::Duration;

use async_imap::imap_proto::{MailboxDatum, Response, Status};
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
        mut each: impl FnMut(&Response<'_>) -> Result<(), SourceError>,
    ) -> Result<(), SourceError> {
        self.leave_rest()?;
        let command = if arguments.is_empty() { name.to_owned() } else { format!("{name} {arguments}") };
        let sent = timeout(TIMEOUT, self.inner.run_command(&command)).await;
        let id = sent.map_err(|_| SourceError::Timeout(name))?.map_err(|e| lost(&e))?;
        loop {
            let read = timeout(TIMEOUT, self.inner.read_response()).await;
            let response = read.map_err(|_| SourceError::Timeout(name))?.map_err(|e| lost(&e))?;
            let response = response.ok_or_else(|| closed(name))?;
            match response.parsed() {
                Response::Done { tag, status, outcome } if *tag == id => {
                    self.at_rest = true;
                    return match status {
                        Status::Ok => Ok(()),
                        _ => Err(SourceError::Refused { command: name, said: words(outcome) }),
                    };
                }
                Response::Done { .. } => {
                    return Err(SourceError::Protocol("an answer to no command of ours".to_owned()));
                }
                Response::Data { status: Status::Bye, outcome } => return Err(SourceError::Lost(words(outcome))),
                other => {
                    self.news |= matches!(other, Response::MailboxData(MailboxDatum::Exists(_)));
                    each(other)?;
                }
            }
        }
    }

    /// Runs a command whose untagged answers do not matter.
    pub(super) async fn run_quietly(&mut self, name: &'static str, arguments: &str) -> Result<(), SourceError> {
        self.run(name, arguments, |_| Ok(())).await
    }

    /// The folder is about to be listed: what was told so far will be seen.
    pub(super) fn forget_news(&mut self) {
        self.news = false;
    }

    /// Waits with IDLE (RFC 2177) until the server tells of a change, or until `deadline`.
    pub(super) async fn idle(&mut self, deadline: Instant) -> Result<Idle, SourceError> {
        if self.news {
            return Ok(Idle::Over);
        }
        self.leave_rest()?;
        let sent = timeout(TIMEOUT, self.inner.run_command("IDLE")).await;
        let id = sent.map_err(|_| SourceError::Timeout("IDLE"))?.map_err(|e| lost(&e))?;
        let mut accepted = false;
        let mut changed = false;
        // Until the server accepts, a change only counts: DONE may be sent after its `+` alone.
        while !(accepted && changed) {
            let until = if accepted { deadline } else { Instant::now() + TIMEOUT };
            let Ok(read) = timeout_at(until, self.inner.read_response()).await else {
                if accepted {
                    break;
                } else {
                    return Err(SourceError::Timeout("IDLE"));
                };
            };
            let response = read.map_err(|e| lost(&e))?.ok_or_else(|| closed("IDLE"))?;
            match response.parsed() {
                Response::Continue(_) => accepted = true,
                Response::Done { tag, .. } if *tag == id => {
                    self.at_rest = true;
                    return Ok(if changed { Idle::Over } else { Idle::Declined });
                }
                Response::Data { status: Status::Bye, outcome } => return Err(SourceError::Lost(words(outcome))),
                // `* OK Still here` is no news.
                Response::Data { .. } => {}
                _ => changed = true,
            }
        }
        self.end_idle(&id).await
    }

    /// Says goodbye.
    pub(super) async fn log_out(mut self) {
        // Nothing depends on how the server takes it.
        drop(timeout(DONE, self.run_quietly("LOGOUT", "")).await);
    }

    async fn end_idle(&mut self, id: &async_imap::imap_proto::RequestId) -> Result<Idle, SourceError> {
        let ending = async {
            self.inner.run_command_untagged("DONE").await.map_err(|e| lost(&e))?;
            loop {
                let response = self.inner.read_response().await.map_err(|e| lost(&e))?.ok_or_else(|| closed("IDLE"))?;
                match response.parsed() {
                    Response::Done { tag, .. } if tag == id => return Ok(Idle::Over),
                    Response::Data { status: Status::Bye, outcome } => return Err(SourceError::Lost(words(outcome))),
                    _ => {}
                }
            }
        };
        let ended = timeout(DONE, ending).await.map_err(|_| SourceError::Timeout("the end of IDLE"))??;
        self.at_rest = true;
        Ok(ended)
    }

    fn leave_rest(&mut self) -> Result<(), SourceError> {
        if std::mem::replace(&mut self.at_rest, false) {
            Ok(())
        } else {
            Err(SourceError::Lost("an earlier command was left unfinished".to_owned()))
        }
    }
}

/// What the server said: its response code, if any, and its words.
fn words(outcome: &async_imap::imap_proto::Outcome<'_>) -> String {
    let code = outcome.code.as_ref().map(|code| format!("[{code:?}] ")).unwrap_or_default();
    one_line(&format!("{code}{}", outcome.information.as_deref().unwrap_or("(no reason given)")))
}

/// The text of a parse error is eight times its input: it is cut before anything else is done with it.
fn lost(error: &dyn std::fmt::Display) -> SourceError {
    SourceError::Lost(one_line(&error.to_string()))
}

fn closed(during: &str) -> SourceError {
    SourceError::Lost(format!("the server closed it during {during}"))
}
