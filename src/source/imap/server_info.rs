//! What a server shows of an account, for `check --connect`: nothing is fetched, moved or marked.

use async_imap::imap_proto::{MailboxDatum, NameAttribute, Response};
use serde::Serialize;

use super::{Mailbox, login};
use crate::model::settings::{After, ImapSettings};
use crate::net::{Handshake, one_line};
use crate::source::{ServerSummary, SourceError, folder_name};

/// The most folders whose names are kept.
const MOST_FOLDERS: usize = 1_000;

/// What was found out, up to where it ended.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct ServerInfo {
    /// The way to the login.
    pub handshake: Handshake,
    /// The folders that can be opened, by name.
    pub folders: Vec<Folder>,
    /// How many there are.
    pub folder_count: u64,
    /// What the server can do, once it has let us in and opened the configured folder.
    pub summary: Option<ServerSummary>,
    /// The flags that the folder keeps, in lower case; `\*` stands for any keyword. None where the server does not say.
    pub flags: Option<Vec<String>>,
    /// Whether the folder can only be read.
    pub read_only: bool,
}

/// A folder of the account.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Folder {
    /// Its name as people write it, cleaned.
    pub name: String,
    /// What stands between the names of folders within folders.
    pub delimiter: Option<String>,
    /// Whether it is for spam (RFC 6154).
    pub is_junk: bool,
}

/// Logs in, lists the folders and opens the configured one. `found` holds what was learnt also where this fails.
pub async fn server_info(settings: &ImapSettings, after: &After, found: &mut ServerInfo) -> Result<(), SourceError> {
    let session = login::log_in_noting(settings, Some(&mut found.handshake)).await?;
    let mut mailbox = Mailbox::begin(session, settings).await?;
    let outcome = look_around(&mut mailbox, after, found).await;
    mailbox.close().await;
    outcome
}

async fn look_around(mailbox: &mut Mailbox, after: &After, found: &mut ServerInfo) -> Result<(), SourceError> {
    (found.folders, found.folder_count) = mailbox.folders().await?;
    mailbox.select().await?;
    found.summary = Some(mailbox.summary(after));
    found.flags.clone_from(&mailbox.selected.flags);
    found.read_only = mailbox.selected.read_only;
    Ok(())
}

impl Mailbox {
    /// The folders that can be opened, by name, and how many they are (RFC 3501 6.3.8).
    pub(super) async fn folders(&mut self) -> Result<(Vec<Folder>, u64), SourceError> {
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
        folders.sort_by(|a: &Folder, b| a.name.cmp(&b.name));
        Ok((folders, count))
    }
}

fn folder(response: &Response<'_>) -> Option<Folder> {
    let Response::MailboxData(MailboxDatum::List(listed)) = response else { return None };
    if listed.name_attributes.contains(&NameAttribute::NoSelect) {
        return None;
    }
    Some(Folder {
        name: one_line(&folder_name::decode(&listed.name)),
        delimiter: listed.delimiter.as_deref().map(one_line),
        is_junk: listed.name_attributes.contains(&NameAttribute::Junk),
    })
}
