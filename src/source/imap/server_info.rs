//! Asks a server for an account's folders, flags and capabilities, for `check --connect`. Changes nothing.

use async_imap::imap_proto::{MailboxDatum, NameAttribute, Response};
use serde::Serialize;

use super::{Mailbox, login};
use crate::model::settings::{After, ImapSettings};
use crate::net::{Handshake, one_line};
use crate::source::{ServerSummary, SourceError, folder_name};

/// At most this many folders are kept: bounds the output for a server that lists without end.
const MOST_FOLDERS: usize = 1_000;

/// What was learnt of a server and an account; stays partly filled if a step failed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct ServerInfo {
    /// TLS, capabilities and login.
    pub handshake: Handshake,
    /// The folders that can be opened, by name.
    pub folders: Vec<ListedFolder>,
    /// How many folders there are, also beyond those kept.
    pub folder_count: u64,
    /// The configured folder; None if the login or opening the folder failed.
    pub summary: Option<ServerSummary>,
    /// PERMANENTFLAGS of the folder, in lower case; `\*` stands for any keyword. None: not sent by the server.
    pub flags: Option<Vec<String>>,
    /// Whether the server opens the folder for reading only.
    pub read_only: bool,
    /// The folder that accepted messages are moved to, which is created where it is missing. None: it was not looked for.
    pub target: Option<MoveTarget>,
}

/// The folder that accepted messages are moved to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum MoveTarget {
    /// It exists, under this name.
    There(String),
    /// It was created just now, under this name.
    Created(String),
    /// It does not exist, and the server refused to create it, in these words.
    Refused(String),
}

/// A folder of the account.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ListedFolder {
    /// Its name, decoded from modified UTF-7, cleaned for display.
    pub name: String,
    /// The hierarchy delimiter, such as `/`. None: a flat hierarchy (RFC 3501 7.2.2).
    pub delimiter: Option<String>,
    /// Whether it is the account's spam folder: `\Junk` (RFC 6154).
    pub is_junk: bool,
}

/// Logs in, lists the folders and opens the configured one. `found` keeps what was learnt if this fails.
pub async fn server_info(settings: &ImapSettings, after: &After, found: &mut ServerInfo) -> Result<(), SourceError> {
    let session = login::log_in_with(settings, Some(&mut found.handshake)).await?;
    let mut mailbox = Mailbox::begin(session, settings).await?;
    let outcome = inspect(&mut mailbox, after, found).await;
    mailbox.close().await;
    outcome
}

async fn inspect(mailbox: &mut Mailbox, after: &After, found: &mut ServerInfo) -> Result<(), SourceError> {
    (found.folders, found.folder_count) = mailbox.folders().await?;
    mailbox.select().await?;
    found.summary = Some(mailbox.summary(after));
    found.flags.clone_from(&mailbox.selected.flags);
    found.read_only = mailbox.selected.read_only;
    if let (After::Move(folder), Ok(())) = (after, mailbox.can_move()) {
        found.target = Some(mailbox.target(folder, &found.folders).await?);
    }
    Ok(())
}

impl Mailbox {
    /// Looks for the folder that accepted messages are moved to, as marking does, and creates it where it is missing.
    async fn target(&mut self, folder: &str, listed: &[ListedFolder]) -> Result<MoveTarget, SourceError> {
        let names = [Some(folder.to_owned()), self.in_namespace(folder)];
        let there = names.into_iter().flatten().find(|name| listed.iter().any(|listed| listed.name == *name));
        if let Some(name) = there {
            return Ok(MoveTarget::There(name));
        }
        match self.create(folder).await {
            Ok(name) => Ok(MoveTarget::Created(name)),
            Err(SourceError::Refused { response, .. }) => Ok(MoveTarget::Refused(response)),
            Err(error) => Err(error),
        }
    }

    /// The folders that can be opened (RFC 3501 6.3.8), sorted by name, at most [`MOST_FOLDERS`]; and how many there are.
    pub(super) async fn folders(&mut self) -> Result<(Vec<ListedFolder>, u64), SourceError> {
        let mut folders = Vec::new();
        let mut count = 0;
        let note = |response: &Response<'_>| {
            if let Some(folder) = folder(response) {
                count += 1;
                if folders.len() < MOST_FOLDERS {
                    folders.push(folder);
                }
            }
        };
        self.session.run("LIST", "\"\" \"*\"", note).await?;
        folders.sort_by(|a: &ListedFolder, b| a.name.cmp(&b.name));
        Ok((folders, count))
    }
}

fn folder(response: &Response<'_>) -> Option<ListedFolder> {
    let Response::MailboxData(MailboxDatum::List(listed)) = response else { return None };
    if listed.name_attributes.contains(&NameAttribute::NoSelect) {
        return None;
    }
    Some(ListedFolder {
        name: one_line(&folder_name::decode(&listed.name)),
        delimiter: listed.delimiter.as_deref().map(one_line),
        is_junk: listed.name_attributes.contains(&NameAttribute::Junk),
    })
}
