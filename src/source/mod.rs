//! Reads mailboxes: lists, fetches and marks the messages of an IMAP folder or a Maildir.

mod error;
mod folder_name;
mod imap;
mod maildir;

use std::collections::HashSet;
use std::time::Duration;

use serde::Serialize;

use crate::model::settings::{After, ImapSettings, SourceSettings};
use crate::model::{Timestamp, Uid};

pub use error::SourceError;
pub use imap::{Arrived, ListedFolder, MoveTarget, Seeker, ServerInfo, rewritten, server_info};

/// How much of a message is fetched at once, in bytes: bounds the memory that receiving one message takes.
pub const SLICE: u64 = 262_144;

/// A listing of the folder's messages.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FolderListing {
    /// UIDVALIDITY (RFC 3501 2.3.1.1): UIDs are comparable only between listings with the same value.
    pub validity: u32,
    /// The messages, ascending, each once: all of them, or those from a UID on.
    pub uids: Vec<Uid>,
    /// UIDNEXT (RFC 3501 2.3.1.1): no message has had this UID or a higher one. None: not stated, or no numbers.
    pub next: Option<u32>,
    /// Of a listing from a UID on, sizes and dates. None: all messages are listed.
    pub described: Option<Vec<Described>>,
}

/// Size and date of a message, known before it is fetched.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Described {
    /// Which message.
    pub uid: Uid,
    /// Its size in bytes as the server states it. It may be wrong: a message ends only with a short or empty slice.
    pub size: u64,
    /// When the server received it (INTERNALDATE, or the file's modification time). None: not stated.
    pub received_at: Option<Timestamp>,
}

/// What `maildesk check --connect` shows of a mailbox.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct ServerSummary {
    /// The server's capabilities, sorted; empty for a Maildir.
    pub capabilities: Vec<String>,
    /// How many messages are in the folder.
    pub messages: u64,
    /// Whether new mail is waited for with IDLE (RFC 2177).
    pub idle: bool,
    /// Why accepted messages cannot be marked as configured; None if they can.
    pub after_impossible: Option<String>,
}

/// An open mailbox.
///
/// After an error that leaves the state of the connection unknown (see [`SourceError::leaves_connection_usable`]), and after
/// a call whose future was dropped, every further call fails with [`SourceError::Lost`]: connect anew.
#[derive(Debug)]
pub enum Source {
    /// A folder on an IMAP server.
    Imap(Box<imap::Mailbox>),
    /// A Maildir.
    Maildir(maildir::Maildir),
}

impl Source {
    /// Connects, logs in and opens the folder. A pipe is [`SourceError::Impossible`].
    pub async fn connect(settings: &SourceSettings) -> Result<Source, SourceError> {
        match settings {
            SourceSettings::Imap(settings) => Ok(Source::Imap(Box::new(imap::Mailbox::connect(settings).await?))),
            SourceSettings::Maildir(root) => Ok(Source::Maildir(maildir::Maildir::open(root).await?)),
            SourceSettings::Pipe => Err(SourceError::Impossible("a pipe is not a mailbox".to_owned())),
        }
    }

    /// Opens the folder of the same account to which accepted messages are moved. None if the server does not open it: as
    /// long as nothing has been moved, it may not exist.
    pub async fn connect_to_moved(settings: &SourceSettings, folder: &str) -> Result<Option<Source>, SourceError> {
        let elsewhere = match settings {
            SourceSettings::Imap(imap) => {
                SourceSettings::Imap(ImapSettings { folder: folder.to_owned(), ..imap.clone() })
            }
            SourceSettings::Maildir(root) => SourceSettings::Maildir(root.join(maildir::subfolder(folder)?)),
            SourceSettings::Pipe => SourceSettings::Pipe,
        };
        match Source::connect(&elsewhere).await {
            Ok(source) => Ok(Some(source)),
            Err(SourceError::Refused { .. }) => Ok(None),
            Err(SourceError::Folder { .. }) if Source::connect(settings).await.is_ok() => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Lists the folder. None: unchanged since the last look over this connection; with `full` it is listed even so.
    pub async fn look(&mut self, full: bool) -> Result<Option<FolderListing>, SourceError> {
        match self {
            Source::Imap(mailbox) => mailbox.look(full).await,
            Source::Maildir(maildir) => maildir.look(full).await,
        }
    }

    /// Lists the messages from this UID on, with sizes and dates; all messages where the UIDVALIDITY is another, or where the
    /// server's count shows that others have appeared. None: unchanged since the last look over this connection.
    pub async fn look_from(&mut self, validity: u32, from: u32) -> Result<Option<FolderListing>, SourceError> {
        match self {
            Source::Imap(mailbox) => mailbox.look_from(validity, from).await,
            Source::Maildir(maildir) => maildir.look(false).await,
        }
    }

    /// Size and date of these messages; missing messages are left out.
    pub async fn describe(&mut self, uids: &[Uid]) -> Result<Vec<Described>, SourceError> {
        match self {
            Source::Imap(mailbox) => mailbox.describe(uids).await,
            Source::Maildir(maildir) => maildir.describe(uids).await,
        }
    }

    /// Passes the Date field of each message to `each`; missing messages are left out. Of a Maildir, none.
    pub async fn date_fields(&mut self, uids: &[Uid], each: impl FnMut(Uid, &[u8])) -> Result<(), SourceError> {
        match self {
            Source::Imap(mailbox) => mailbox.date_fields(uids, each).await,
            Source::Maildir(_) => Ok(()),
        }
    }

    /// Fetches up to [`SLICE`] bytes of each message, from `offset` on, and passes them to `each`: once a message, with fewer
    /// bytes, or none, at the message's end. Missing messages are left out.
    pub async fn fetch(
        &mut self,
        uids: &[Uid],
        offset: u64,
        each: impl FnMut(&Uid, Vec<u8>),
    ) -> Result<(), SourceError> {
        match self {
            Source::Imap(mailbox) => mailbox.fetch(uids, offset, each).await,
            Source::Maildir(maildir) => maildir.fetch(uids, offset, each).await,
        }
    }

    /// Flags or moves accepted messages as configured. Idempotent; missing messages are no error. Where moving takes two steps,
    /// `note` is given the messages whose copy is in the other folder: those in `copied` are not copied again.
    pub async fn mark(
        &mut self,
        uids: &[Uid],
        after: &After,
        copied: &HashSet<Uid>,
        note: impl FnMut(&[Uid]),
    ) -> Result<(), SourceError> {
        if uids.is_empty() {
            return Ok(());
        }
        match (self, after) {
            (_, After::Leave) => Ok(()),
            (Source::Imap(mailbox), After::Flag(flag)) => mailbox.flag(uids, flag).await,
            (Source::Imap(mailbox), After::Move(folder)) => mailbox.move_to(uids, folder, copied, note).await,
            (Source::Maildir(maildir), After::Flag(flag)) => maildir.flag(uids, flag).await,
            (Source::Maildir(maildir), After::Move(folder)) => maildir.move_to(uids, folder).await,
        }
    }

    /// Returns when the server announces a change (IDLE), or after `longest`; where the server announces nothing, after `poll`.
    /// In any case the caller looks again.
    pub async fn wait(&mut self, poll: Duration, longest: Duration) -> Result<(), SourceError> {
        match self {
            Source::Imap(mailbox) => mailbox.wait(poll, longest).await,
            Source::Maildir(_) => {
                tokio::time::sleep(poll.min(longest)).await;
                Ok(())
            }
        }
    }

    /// What `maildesk check --connect` shows of the mailbox; nothing is changed.
    pub async fn describe_server(&mut self, after: &After) -> Result<ServerSummary, SourceError> {
        match self {
            Source::Imap(mailbox) => mailbox.describe_server(after).await,
            Source::Maildir(maildir) => maildir.describe_server(after).await,
        }
    }

    /// Connects anew after an error that has left the connection unusable. Fails where the folder has another UIDVALIDITY now.
    pub async fn reconnect(&mut self) -> Result<(), SourceError> {
        match self {
            Source::Imap(mailbox) => mailbox.reconnect().await,
            Source::Maildir(_) => Ok(()),
        }
    }

    /// Logs out, without waiting long.
    pub async fn close(self) {
        if let Source::Imap(mailbox) = self {
            mailbox.close().await;
        }
    }
}
