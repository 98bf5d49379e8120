//! Transports: an SMTP connection, or a folder for trying things out.

use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

use tokio::task;

use crate::mail::words;
use crate::model::settings::{TransportKind, TransportSettings};
use crate::model::{EmailAddress, FailureReason};
use crate::smtp::{self, SendError};
use crate::store::DueLetter;

/// Bytes of the largest letter, whatever a server takes: it is held in memory while it is sent.
const LARGEST: u64 = 100 * 1024 * 1024;

/// An open transport.
pub enum Transport<'a> {
    /// A connection to an SMTP server.
    Smtp(Box<smtp::SmtpConnection>),
    /// A folder to which letters are written as files.
    Folder(&'a Path),
}

impl<'a> Transport<'a> {
    /// Connects to the server, where there is one.
    pub async fn open(transport: &'a TransportSettings) -> Result<Self, SendError> {
        match &transport.kind {
            TransportKind::Smtp(settings) => smtp::connect(settings).await.map(Box::new).map(Transport::Smtp),
            TransportKind::Folder(folder) => Ok(Transport::Folder(folder)),
        }
    }

    /// The most bytes that a letter may have on this transport.
    pub fn max_size(&self) -> u64 {
        let offered = match self {
            Transport::Smtp(connection) => connection.max_size(),
            Transport::Folder(_) => None,
        };
        offered.unwrap_or(LARGEST).min(LARGEST)
    }

    /// Sends the envelope: sender and recipient.
    pub async fn address(&mut self, due: &DueLetter, size: u64) -> Result<(), SendError> {
        let Transport::Smtp(connection) = self else { return Ok(()) };
        let draft = &due.letter.draft;
        let from = EmailAddress::parse(&draft.from.address);
        let from = from.map_err(|error| SendError::Permanent(FailureReason::Malformed(error.to_string())))?;
        connection.envelope(&from, &draft.to, size).await
    }

    /// Sends the body, and returns the reply of the server that took it.
    pub async fn carry(&mut self, due: &DueLetter, bytes: Vec<u8>) -> Result<String, SendError> {
        match self {
            // Some servers repeat the Message-ID in their reply, which may be a token.
            Transport::Smtp(connection) => connection.body(&bytes).await.map(|answer| words::scrub(&answer)),
            Transport::Folder(folder) => {
                let (folder, name) = (folder.to_owned(), format!("{}.eml", due.letter.message_id));
                let written = task::spawn_blocking(move || write_file(&folder, &name, &bytes)).await;
                let written = written.unwrap_or_else(|panic| Err(std::io::Error::other(panic)));
                written.map_err(|error| SendError::Transient(format!("cannot write the letter: {error}")))
            }
        }
    }

    /// Whether it can carry another letter: false of a connection that did not end cleanly.
    pub fn is_usable(&self) -> bool {
        match self {
            Transport::Smtp(connection) => connection.is_usable(),
            Transport::Folder(_) => true,
        }
    }

    /// The transport, if it can carry another letter.
    pub fn if_usable(self) -> Option<Self> {
        self.is_usable().then_some(self)
    }
}

impl Transport<'_> {
    /// Closes the connection politely.
    pub async fn close(self) {
        if let Transport::Smtp(connection) = self {
            connection.quit().await;
        }
    }
}

fn write_file(folder: &Path, name: &str, bytes: &[u8]) -> std::io::Result<String> {
    std::fs::create_dir_all(folder)?;
    let (unfinished, path) = (folder.join(format!(".{name}")), folder.join(name));
    let mut options = std::fs::OpenOptions::new();
    let mut file = options.create(true).truncate(true).write(true).mode(0o600).open(&unfinished)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    std::fs::rename(&unfinished, &path)?;
    Ok(format!("written to {}", path.display()))
}
