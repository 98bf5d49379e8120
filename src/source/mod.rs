//! Where mail comes from: an IMAP folder or a Maildir, looked at, fetched in slices and marked.

mod error;
mod folder_name;
mod imap;
mod maildir;

use std::time::Duration;

use serde::Serialize;

use crate::model::settings::{After, ImapSettings, SourceSettings};
use crate::model::{Timestamp, Uid};

pub use error::SourceError;
pub use imap::{Arrived, Folder, Seeker, ServerInfo, server_info};

/// The most bytes of one message that are fetched at once; also what one message may cost in memory on its way.
pub const SLICE: u64 = 262_144;

/// Everything that is in the folder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FolderListing {
    /// UIDVALIDITY (RFC 3501 2.3.1.1): the uids name the same messages only as long as it stays the same.
    pub validity: u32,
    /// All messages, in ascending order, each once.
    pub uids: Vec<Uid>,
}

/// What is known of a message before it is fetched.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Described {
    /// Which message.
    pub uid: Uid,
    /// Its size in bytes as the server states it. Some servers are wrong: the end of a message is a short or empty slice.
    pub size: u64,
    /// When the server received it, if the server says so.
    pub received_at: Option<Timestamp>,
}

/// What `maildesk check --connect` tells of a mailbox.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct ServerSummary {
    /// What the server says it can do, sorted; empty for a Maildir.
    pub capabilities: Vec<String>,
    /// How many messages are in the folder.
    pub messages: u64,
    /// Whether we can wait for mail with IDLE (RFC 2177).
    pub idle: bool,
    /// Why accepted messages cannot be marked as configured, if so.
    pub after_impossible: Option<String>,
}

/// An open mailbox.
///
/// After an error that leaves the state of a connection unknown (anything but a clean refusal), and after a call that was
/// dropped half-way, every further call fails with [`SourceError::Lost`]: connect anew.
#[derive(Debug)]
pub enum Source {
    /// A folder on an IMAP server.
    Imap(Box<imap::Mailbox>),
    /// A Maildir.
    Maildir(maildir::Maildir),
}

impl Source {
    /// Connects, logs in and opens the folder.
    pub async fn connect(settings: &SourceSettings) -> Result<Source, SourceError> {
        match settings {
            SourceSettings::Imap(settings) => Ok(Source::Imap(Box::new(imap::Mailbox::connect(settings).await?))),
            SourceSettings::Maildir(root) => Ok(Source::Maildir(maildir::Maildir::open(root).await?)),
            SourceSettings::Pipe => Err(SourceError::Impossible("a pipe cannot be looked at".to_owned())),
        }
    }

    /// Opens the folder that messages are moved to, of the same mailbox; none where the server does not open it: nothing may have
    /// been moved yet.
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

    /// Lists the folder, or says None where nothing has changed since the last look of this connection. `full` lists in any case.
    pub async fn look(&mut self, full: bool) -> Result<Option<FolderListing>, SourceError> {
        match self {
            Source::Imap(mailbox) => mailbox.look(full).await,
            Source::Maildir(maildir) => maildir.look(full).await,
        }
    }

    /// Size and time of arrival of these messages; those that are gone are left out.
    pub async fn describe(&mut self, uids: &[Uid]) -> Result<Vec<Described>, SourceError> {
        match self {
            Source::Imap(mailbox) => mailbox.describe(uids).await,
            Source::Maildir(maildir) => maildir.describe(uids).await,
        }
    }

    /// At most [`SLICE`] bytes of each message from `offset` on: `each` is called once for every message that the server
    /// delivered, with fewer bytes than asked, or none, at its end. Messages that are gone are left out.
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

    /// Does on the server what is configured for accepted messages. Doing it twice does no harm, and a message that is gone is done.
    pub async fn mark(&mut self, uids: &[Uid], after: &After) -> Result<(), SourceError> {
        if uids.is_empty() {
            return Ok(());
        }
        match (self, after) {
            (_, After::Leave) => Ok(()),
            (Source::Imap(mailbox), After::Flag(flag)) => mailbox.flag(uids, flag).await,
            (Source::Imap(mailbox), After::Move(folder)) => mailbox.move_to(uids, folder).await,
            (Source::Maildir(maildir), After::Flag(flag)) => maildir.flag(uids, flag).await,
            (Source::Maildir(maildir), After::Move(folder)) => maildir.move_to(uids, folder).await,
        }
    }

    /// Returns when the server says that something changed, and after `longest` at the latest. Either way: look again.
    pub async fn wait(&mut self, longest: Duration) -> Result<(), SourceError> {
        match self {
            Source::Imap(mailbox) => mailbox.wait(longest).await,
            Source::Maildir(_) => {
                tokio::time::sleep(longest).await;
                Ok(())
            }
        }
    }

    /// Whether the server tells of new mail, so that [`Source::wait`] need not end for polling.
    pub fn is_told(&self) -> bool {
        match self {
            Source::Imap(mailbox) => mailbox.is_told(),
            Source::Maildir(_) => false,
        }
    }

    /// What the operator wants to know before the first run.
    pub async fn describe_server(&mut self, after: &After) -> Result<ServerSummary, SourceError> {
        match self {
            Source::Imap(mailbox) => mailbox.describe_server(after).await,
            Source::Maildir(maildir) => maildir.describe_server(after).await,
        }
    }

    /// Says goodbye, without waiting long.
    pub async fn close(self) {
        if let Source::Imap(mailbox) = self {
            mailbox.close().await;
        }
    }
}
