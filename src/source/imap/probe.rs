//! Finds the probe e-mails of `check --connect --probe` by their header, and removes them.

use async_imap::imap_proto::{AttributeValue, Response};

use super::{Mailbox, internal_date, login, uid_of};
use crate::model::settings::ImapSettings;
use crate::model::{PROBE_FIELD, Timestamp};
use crate::source::{ListedFolder, SourceError};

/// How many of a folder's newest messages are searched: other mail may arrive meanwhile.
const NEWEST: u32 = 100;

/// How much of a header is read, in bytes.
const LARGEST_HEADER: u32 = 65_536;

/// How much of the header field [`PROBE_FIELD`] is read, in bytes.
const LARGEST_FIELD: u32 = 512;

/// A logged-in connection that searches several folders for probes.
#[derive(Debug)]
pub struct Seeker {
    mailbox: Mailbox,
    folders: Vec<String>,
}

/// A probe that has arrived.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Arrived {
    /// The folder it was found in.
    pub folder: String,
    /// The folder's UIDVALIDITY.
    validity: u32,
    /// Its UID.
    uid: u32,
    /// When the server received it (INTERNALDATE). None: not stated.
    pub received_at: Option<Timestamp>,
    /// Its header, at most 64 KiB.
    pub header: Vec<u8>,
}

impl Seeker {
    /// Connects and logs in, to search the configured folder and the account's other folders that `others` selects.
    pub async fn connect(settings: &ImapSettings, others: impl Fn(&ListedFolder) -> bool) -> Result<Self, SourceError> {
        let mut mailbox = Mailbox::begin(login::log_in(settings).await?, settings).await?;
        let (listed, _) = mailbox.folders().await?;
        let mut folders = vec![settings.folder.clone()];
        folders.extend(listed.into_iter().filter(|folder| others(folder)).map(|folder| folder.name));
        folders.dedup();
        Ok(Self { mailbox, folders })
    }

    /// The probes with one of these ids that are in the folders now. Of other messages only [`PROBE_FIELD`] is fetched.
    pub async fn look(&mut self, ids: &[String]) -> Result<Vec<Arrived>, SourceError> {
        let mut arrived = Vec::new();
        for (index, folder) in self.folders.clone().into_iter().enumerate() {
            match self.open(&folder).await {
                // One of the other folders was removed meanwhile.
                Err(SourceError::Refused { .. }) if index > 0 => continue,
                opened => opened?,
            }
            for uid in self.probes(ids).await? {
                arrived.extend(self.header(&folder, uid).await?);
            }
        }
        Ok(arrived)
    }

    /// Deletes exactly these messages, by UID EXPUNGE (RFC 4315).
    pub async fn remove(&mut self, probes: &[Arrived]) -> Result<(), SourceError> {
        if !self.mailbox.capabilities.contains("UIDPLUS") {
            let why = "the server cannot remove single messages: it does not offer UIDPLUS";
            return Err(SourceError::Impossible(why.to_owned()));
        }
        for probe in probes {
            self.open(&probe.folder).await?;
            if self.mailbox.selected.validity == probe.validity {
                let uid = probe.uid.to_string();
                self.mailbox.session.run_quietly("UID STORE", &format!("{uid} +FLAGS.SILENT (\\Deleted)")).await?;
                self.mailbox.session.run_quietly("UID EXPUNGE", &uid).await?;
            }
        }
        Ok(())
    }

    /// Logs out.
    pub async fn close(self) {
        self.mailbox.close().await;
    }

    async fn open(&mut self, folder: &str) -> Result<(), SourceError> {
        folder.clone_into(&mut self.mailbox.folder);
        self.mailbox.select().await
    }

    /// The UIDs of the probes among the newest messages of the open folder.
    async fn probes(&mut self, ids: &[String]) -> Result<Vec<u32>, SourceError> {
        let exists = self.mailbox.selected.exists;
        if exists == 0 {
            return Ok(Vec::new());
        }
        let first = exists.saturating_sub(NEWEST - 1).max(1);
        let arguments = format!("{first}:* (UID BODY.PEEK[HEADER.FIELDS ({PROBE_FIELD})]<0.{LARGEST_FIELD}>)");
        let mut uids = Vec::new();
        let note = |response: &Response<'_>| {
            let field = section(response).map(|bytes| String::from_utf8_lossy(bytes).into_owned()).unwrap_or_default();
            if ids.iter().any(|id| field.contains(id.as_str())) {
                uids.extend(uid_of(response));
            }
        };
        self.mailbox.session.run("FETCH", &arguments, note).await?;
        Ok(uids)
    }

    async fn header(&mut self, folder: &str, wanted: u32) -> Result<Option<Arrived>, SourceError> {
        let validity = self.mailbox.selected.validity;
        let arguments = format!("{wanted} (UID INTERNALDATE BODY.PEEK[HEADER]<0.{LARGEST_HEADER}>)");
        let mut arrived = None;
        let note = |response: &Response<'_>| {
            if let (Some(uid), Some(header)) = (uid_of(response).filter(|uid| *uid == wanted), section(response)) {
                let (folder, header) = (folder.to_owned(), header.to_vec());
                arrived = Some(Arrived { folder, validity, uid, received_at: received_at(response), header });
            }
        };
        self.mailbox.session.run("UID FETCH", &arguments, note).await?;
        Ok(arrived)
    }
}

/// The header bytes of a FETCH response; None if it holds none.
pub(super) fn section<'a>(response: &'a Response<'_>) -> Option<&'a [u8]> {
    let Response::Fetch(_, attributes) = response else { return None };
    attributes.iter().find_map(|attribute| match attribute {
        AttributeValue::BodySection { section: Some(_), data, .. } => data.as_deref(),
        _ => None,
    })
}

fn received_at(response: &Response<'_>) -> Option<Timestamp> {
    let Response::Fetch(_, attributes) = response else { return None };
    attributes.iter().find_map(|attribute| match attribute {
        AttributeValue::InternalDate(date) => internal_date(date),
        _ => None,
    })
}
