//! The opening text of a request, and its files.

use crate::model::{
    Change, Digest, EmailAddress, Letter, PictureHad, ReceivedId, Request, RequestNumber, SentFile, ShortName,
    SplitFacts, Visibility,
};

use super::column::List;
use super::sql::{ColumnError, Row, columns};
use super::{StoreError, View};

/// Files that are sent along when a request is passed on: the oldest ones, which show what it is about.
const MOST_FILES: u32 = 30;

impl View<'_> {
    /// The text of the message that opened a request, at this desk or at the one that moved it here, and how many messages the
    /// request holds; `None` for a request without messages.
    pub fn summary(&self, request: &RequestNumber) -> Result<Option<(String, u32)>, StoreError> {
        let sql = "WITH own AS (SELECT * FROM entry WHERE request IN (LIST ?1))
          SELECT coalesce(reply_text, text), (SELECT count(*) FROM own) FROM own ORDER BY id LIMIT 1";
        let ids = self.with_former(request)?;
        self.optional("reading how a request began", sql, &[&List(&ids)], |r| Ok((r.get(0)?, r.get(1)?)))
    }

    /// Who has had these pictures, by e-mails about a request that were not taken back or failed, or as who sent them.
    pub fn pictures_had(&self, request: &RequestNumber, pictures: &[Digest]) -> Result<Vec<PictureHad>, StoreError> {
        let doing = "reading who got which pictures";
        let ids = self.with_former(request)?;
        let sql = "SELECT recipient, manifest FROM letter
          WHERE request IN (LIST ?1) AND state NOT IN ('cancelled', 'failed') AND erased_at IS NULL
            AND manifest LIKE '%\"sha256\"%'";
        let row = |r: &Row<'_>| Ok((r.get(0)?, r.get(1)?));
        let letters: Vec<(EmailAddress, Letter)> = self.all(doing, sql, &[&List(&ids)], row)?;
        let mut had = Vec::new();
        for (who, letter) in letters {
            let files =
                letter.draft.files.into_iter().map(|file| file.sha256).filter(|sha256| pictures.contains(sha256));
            had.extend(files.map(|sha256| PictureHad { who: who.clone(), sha256, is_from_us: true }));
        }
        let sql = "SELECT DISTINCT e.author, a.sha256 FROM entry e JOIN attachment a ON a.received = e.received
          WHERE e.request IN (LIST ?1) AND e.author <> ''";
        let row = |r: &Row<'_>| Ok((r.get(0)?, r.get(1)?));
        let sent: Vec<(String, Digest)> = self.all(doing, sql, &[&List(&ids)], row)?;
        for (author, sha256) in sent.into_iter().filter(|(_, sha256)| pictures.contains(sha256)) {
            had.extend(EmailAddress::parse(&author).ok().map(|who| PictureHad { who, sha256, is_from_us: false }));
        }
        Ok(had)
    }

    /// The files of a request, the oldest first, each content once.
    pub fn files(&self, request: &RequestNumber) -> Result<Vec<SentFile>, StoreError> {
        self.files_where(request, "")
    }

    /// What engineers have got as files about a request, each with the file's SHA-256.
    pub fn files_had(&self, request: &RequestNumber) -> Result<Vec<(ShortName, Digest)>, StoreError> {
        let sql = "SELECT engineer, manifest FROM letter
          WHERE request IN (LIST ?1) AND engineer IS NOT NULL AND state <> 'cancelled' AND erased_at IS NULL
            AND manifest LIKE '%\"sha256\"%'";
        let ids = self.with_former(request)?;
        let row = |r: &Row<'_>| Ok((r.get(0)?, r.get(1)?));
        let letters: Vec<(ShortName, Letter)> = self.all("reading who got which files", sql, &[&List(&ids)], row)?;
        let files = |(engineer, letter): (ShortName, Letter)| {
            letter.draft.files.into_iter().map(move |file| (engineer.clone(), file.sha256))
        };
        Ok(letters.into_iter().flat_map(files).collect())
    }

    /// The files of a request that its requester has sent or received, the oldest first, each content once.
    pub fn files_of_correspondence(&self, request: &RequestNumber) -> Result<Vec<SentFile>, StoreError> {
        self.files_where(request, "AND e.visibility = 'correspondence'")
    }

    /// A customer's message that continued a request, as it is to be split off; `None` where it is none of these.
    pub fn to_split(&self, request: &Request, received: ReceivedId) -> Result<Option<SplitFacts>, StoreError> {
        let Some(entry) = self.entry_of(received)? else { return Ok(None) };
        let events = self.events(&request.number)?;
        let caused = |change: &Change| events.iter().any(|e| e.received == Some(received) && e.change == *change);
        let author = EmailAddress::parse(&entry.author).ok();
        let (Some(author), true, true) =
            (author, caused(&Change::Appended), entry.visibility == Visibility::Correspondence)
        else {
            return Ok(None);
        };
        let sql = format!("{FILE} FROM attachment WHERE received = ?1 ORDER BY position");
        let files = self.all("reading the files of a message", &sql, &[&received], file)?;
        let words = entry.shown();
        Ok(Some(SplitFacts { received, author, words, files, events }))
    }

    fn files_where(&self, request: &RequestNumber, condition: &str) -> Result<Vec<SentFile>, StoreError> {
        let sql = format!(
            "WITH file AS (
               SELECT a.received, a.position, a.part, a.filename, a.content_type, a.size, a.sha256, a.inline,
                 row_number() OVER (PARTITION BY a.sha256 ORDER BY a.received, a.position) AS copy
               FROM entry e JOIN attachment a ON a.received = e.received WHERE e.request IN (LIST ?1) {condition})
             {FILE} FROM file WHERE copy = 1 ORDER BY received, position LIMIT ?2"
        );
        let ids = self.with_former(request)?;
        self.all("reading the files of a request", &sql, &[&List(&ids), &MOST_FILES], file)
    }
}

/// Selects the columns of which [`file()`] makes a [`SentFile`].
const FILE: &str = "SELECT received, part, filename, content_type, size, sha256, inline";

fn file(r: &Row<'_>) -> Result<SentFile, ColumnError> {
    columns!(r => SentFile { received, part, filename, content_type, size, sha256, inline })
}
