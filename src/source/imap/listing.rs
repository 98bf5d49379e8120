//! Lists a folder: all of it, in ranges, or only what is new.

use async_imap::imap_proto::Response;

use super::probe::section;
use super::{Mailbox, description, uid_of, uid_set};
use crate::model::Uid;
use crate::source::{Described, FolderListing, SourceError};

/// How many messages are listed by one command. In a larger folder a single answer would take minutes on a slow line.
const RANGE: u32 = 10_000;

/// How much of a Date field is read, in bytes.
const LONGEST_FIELD: u32 = 512;

/// What was in the folder at the last listing.
#[derive(Debug)]
pub(super) struct Seen {
    /// The UID from which on `above` holds all.
    from: u32,
    /// How many messages were below it.
    below: u64,
    /// The messages from it on, ascending.
    above: Vec<u32>,
}

impl Seen {
    /// How many messages were below a UID; None: not known.
    fn below(&self, from: u32) -> Option<u64> {
        (from >= self.from).then(|| self.below + self.above.partition_point(|uid| *uid < from) as u64)
    }
}

impl Mailbox {
    /// See [`crate::source::Source::look`].
    pub async fn look(&mut self, full: bool) -> Result<Option<FolderListing>, SourceError> {
        self.select().await?;
        if !full && self.is_unchanged() {
            return Ok(None);
        }
        self.whole().await.map(Some)
    }

    /// See [`crate::source::Source::look_from`].
    pub async fn look_from(&mut self, validity: u32, from: u32) -> Result<Option<FolderListing>, SourceError> {
        self.select().await?;
        if self.is_unchanged() {
            return Ok(None);
        }
        let before = self.seen.as_ref().and_then(|seen| seen.below(from));
        let (Some(before), true) = (before, self.selected.validity == validity && self.selected.exists > 0) else {
            return self.whole().await.map(Some);
        };
        let mut described = self.describe_set(&format!("{from}:*")).await?;
        // `n:*` names the last message in any case.
        described.retain(|d| d.uid.number().is_some_and(|uid| uid >= from));
        described.sort_by(|a, b| a.uid.cmp(&b.uid));
        described.dedup_by(|a, b| a.uid == b.uid);
        let below = u64::from(self.selected.exists).saturating_sub(described.len() as u64);
        if below > before {
            return self.whole().await.map(Some);
        }
        let uids: Vec<Uid> = described.iter().map(|d| d.uid.clone()).collect();
        let above = uids.iter().filter_map(Uid::number).collect();
        self.seen = Some(Seen { from, below, above });
        self.listed = Some(self.selected.clone());
        Ok(Some(self.listing(uids, Some(described))))
    }

    /// The UIDs of `set` that are in the folder, ascending.
    pub(super) async fn list(&mut self, set: &str) -> Result<Vec<u32>, SourceError> {
        let mut uids = Vec::new();
        let arguments = format!("{set} (UID)");
        self.session.run("UID FETCH", &arguments, |response| uids.extend(uid_of(response))).await?;
        uids.sort_unstable();
        uids.dedup();
        Ok(uids)
    }

    /// See [`crate::source::Source::date_fields`].
    pub async fn date_fields(&mut self, uids: &[Uid], mut each: impl FnMut(Uid, &[u8])) -> Result<(), SourceError> {
        for set in uid_set::sets(&uid_set::numbers(uids)?) {
            let arguments = format!("{set} (UID BODY.PEEK[HEADER.FIELDS (DATE)]<0.{LONGEST_FIELD}>)");
            let note = |response: &Response<'_>| {
                if let (Some(uid), Some(field)) = (uid_of(response), section(response)) {
                    each(Uid::Number(uid), field);
                }
            };
            self.session.run("UID FETCH", &arguments, note).await?;
        }
        Ok(())
    }

    /// Sizes and dates of the messages of `set` that are in the folder.
    pub(super) async fn describe_set(&mut self, set: &str) -> Result<Vec<Described>, SourceError> {
        let mut described = Vec::new();
        let arguments = format!("{set} (UID RFC822.SIZE INTERNALDATE)");
        self.session.run("UID FETCH", &arguments, |response| described.extend(description(response))).await?;
        Ok(described)
    }

    fn is_unchanged(&mut self) -> bool {
        self.session.clear_new_mail();
        self.selected.next.is_some() && self.listed.as_ref() == Some(&self.selected)
    }

    async fn whole(&mut self) -> Result<FolderListing, SourceError> {
        self.session.clear_new_mail();
        let exists = self.selected.exists;
        let mut uids = match exists {
            0 => Vec::new(),
            1..=RANGE => self.list("1:*").await?,
            _ => self.list_in_ranges(exists).await?,
        };
        uids.sort_unstable();
        uids.dedup();
        // A list shorter than EXISTS may be a race with other clients: then the next look lists again.
        let complete = uids.len() as u64 >= u64::from(exists);
        self.listed = complete.then(|| self.selected.clone());
        self.seen = complete.then(|| Seen { from: 0, below: 0, above: uids.clone() });
        Ok(self.listing(uids.into_iter().map(Uid::Number).collect(), None))
    }

    /// By sequence numbers, which stay as they are as long as only FETCH is used (RFC 3501 7.4.1).
    async fn list_in_ranges(&mut self, exists: u32) -> Result<Vec<u32>, SourceError> {
        let mut uids = Vec::with_capacity(usize::try_from(exists).unwrap_or_default());
        for first in (1..=exists).step_by(usize::try_from(RANGE).unwrap_or(usize::MAX)) {
            let last = first.saturating_add(RANGE - 1);
            let set = if last >= exists { format!("{first}:*") } else { format!("{first}:{last}") };
            self.session.run("FETCH", &format!("{set} (UID)"), |response| uids.extend(uid_of(response))).await?;
        }
        Ok(uids)
    }

    fn listing(&self, uids: Vec<Uid>, described: Option<Vec<Described>>) -> FolderListing {
        FolderListing { validity: self.selected.validity, uids, next: self.selected.next, described }
    }
}
