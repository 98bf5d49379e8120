//! Mailboxes that are elsewhere now, or whose server was restored: what of the ledger still speaks of their messages.

use std::collections::{HashMap, HashSet};

use tracing::{info, warn};

use super::Receiver;
use crate::flow::accept::{MailboxFolder, ReceiveError};
use crate::flow::generation;
use crate::mail::parse;
use crate::model::{Timestamp, Uid};
use crate::source::{Described, FolderListing, Source};
use crate::store::KnownUid;

/// 1 January 1990 in seconds since 1970: no real message is older.
const EARLIEST: i64 = 631_152_000;

impl Receiver {
    /// A mailbox whose server has another name now, or whose folder has moved: where its messages are still the same ones, the
    /// ledger goes on; where not, it knows nothing of the new place.
    pub(super) async fn note_place(&self, source: &mut Source, look: &FolderListing) -> Result<(), ReceiveError> {
        let folder = MailboxFolder::read(&self.mailbox, look.validity).folder;
        let (asked, validity) = (folder.clone(), look.validity);
        let former = self.context.store.ask(move |view| {
            let Some((id, former)) = view.former_folder(&asked)? else { return Ok(None) };
            let known = view.highest_uids(&former, validity, generation::COMPARED)?;
            Ok(Some((id, former, known)))
        });
        let Some((id, former, known)) = former.await? else { return Ok(()) };
        let is_same = generation::is_same(&known, &self.describe_known(source, look, &known).await?);
        let (mailbox, former, location) = (&self.mailbox.name, former.location, &folder.location);
        if is_same {
            info!(mailbox, former, location, "the mailbox has moved to another location, with the same messages");
            self.context.store.write(move |tx| tx.move_folder(&folder, id)).await?;
        } else {
            info!(mailbox, former, location, "the mailbox is at another location now, with other messages");
        }
        Ok(())
    }

    /// Sets apart what the ledger knows by UIDs that the server has given again.
    pub(super) async fn note_generation(&self, source: &mut Source, look: &FolderListing) -> Result<(), ReceiveError> {
        let folder = MailboxFolder::read(&self.mailbox, look.validity).folder;
        let (asked, validity) = (folder.clone(), look.validity);
        let known =
            self.context.store.ask(move |view| view.highest_uids(&asked, validity, generation::COMPARED)).await?;
        if known.is_empty() {
            return Ok(());
        }
        let described = self.describe_known(source, look, &known).await?;
        let highest_listed = look.uids.iter().filter_map(Uid::number).max();
        let Some(from) = generation::earlier_from(&known, &described, look.next, highest_listed) else { return Ok(()) };
        warn!(
            mailbox = self.mailbox.name,
            from,
            "the mail server has given UIDs again, as after a restore of its own: from this one on, messages are looked at anew"
        );
        Ok(self.context.store.write(move |tx| tx.begin_generation(&folder, validity, from)).await?)
    }

    /// What the server says of known messages that it lists.
    async fn describe_known(
        &self,
        source: &mut Source,
        look: &FolderListing,
        known: &[KnownUid],
    ) -> Result<Vec<Described>, ReceiveError> {
        if let Some(described) = &look.described {
            return Ok(described.clone());
        }
        let listed: HashSet<&Uid> = look.uids.iter().collect();
        let there: Vec<Uid> =
            known.iter().map(|known| Uid::Number(known.uid)).filter(|uid| listed.contains(uid)).collect();
        Ok(self.context.heartbeat.waiting(source.describe(&there)).await?)
    }

    /// When messages were written, by their own words: a mailbox that moves to another server brings old mail with new dates of
    /// arrival. Dates from before e-mail was common are those of a machine without a clock.
    pub(super) async fn written(
        &self,
        source: &mut Source,
        uids: &[Uid],
    ) -> Result<HashMap<Uid, Timestamp>, ReceiveError> {
        let mut written = HashMap::new();
        let reading = source.date_fields(uids, |uid, field| {
            let date = parse::parse(&[field, b"\r\n\r\n"].concat()).date.filter(|at| at.unix() > EARLIEST);
            written.extend(date.map(|date| (uid, date)));
        });
        match self.context.heartbeat.waiting(reading).await {
            Err(error) if !error.leaves_connection_usable() => Err(error.into()),
            _ => Ok(written),
        }
    }
}
