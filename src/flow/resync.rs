//! After a restore: brings in what the mail servers hold from the time since the copy, and works out which numbers were given,
//! before anything is answered.

use std::collections::BTreeMap;

use serde::Serialize;
use tracing::warn;

use crate::desk;
use crate::desk::resync::{Numbers, Plan, SeenMessage, plan};
use crate::mail::{parse, proof};
use crate::model::settings::{After, MailboxSettings, Settings, SourceSettings, Start};
use crate::model::{
    Anchor, DeskKey, Incoming, MessageId, NamedAddress, ReceivedId, RequestNumber, ShortName, Timestamp,
};
use crate::source::{Described, Source};
use crate::store::{Accepting, Epoch, Gap, StoreError, Waiting};

use super::accept::{MailboxFolder, ReceiveError, accept_all};
use super::misses::Misses;
use super::{Context, Receiver};

/// How many messages are read at a time.
const BATCH: u32 = 64;
/// Seconds before the copy from which moved messages are looked at: a day, as clocks of servers differ. What is known already
/// becomes a duplicate without effect.
const OVERLAP: i64 = 24 * 3_600;

/// What was brought in from one mailbox.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Gathered {
    /// The name of the mailbox.
    pub mailbox: String,
    /// How many messages were new to the ledger.
    pub accepted: u64,
    /// How many of them were in the folder to which accepted messages are moved.
    pub moved: u64,
    /// Notes for the operator, such as a folder that is missing or messages that the server does not deliver.
    pub notes: Vec<String>,
    /// Why the mailbox could not be read to the end; `None` where it could.
    pub error: Option<String>,
}

/// The state after a restore, for the operator to accept before anything is answered.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Resync {
    /// The epoch that the restore has begun.
    pub epoch: Epoch,
    /// How many messages wait.
    pub messages: u64,
    /// Waiting messages whose request number could be recovered.
    pub recovered: Vec<(ReceivedId, RequestNumber)>,
    /// The numbers of each desk.
    pub desks: Vec<Numbers>,
    /// When the last message arrived that the lost installation has moved, so that it was still at work; `None` where none was
    /// moved.
    pub last_moved: Option<Timestamp>,
    /// When the last of all waiting messages arrived; `None` where none waits, or none has a time.
    pub last_arrived: Option<Timestamp>,
    /// How many messages cannot be read, and so show no numbers.
    pub unreadable: u64,
    /// Messages in a folder to which several mailboxes move theirs, that belong to another mailbox.
    pub elsewhere: Vec<ReceivedId>,
}

/// Accepts what every mailbox holds and the ledger lacks, both from the folders that are read and from those to which messages
/// are moved.
pub async fn gather(context: &Context, epoch: &Epoch, mut progress: impl FnMut()) -> Result<Vec<Gathered>, StoreError> {
    let mut all = Vec::new();
    for mailbox in &context.settings.mailboxes {
        let mut gathered = Gathered { mailbox: mailbox.name.clone(), ..Gathered::default() };
        match gather_one(context, epoch, mailbox, &mut gathered).await {
            Ok(()) => {}
            Err(ReceiveError::Source(error)) => gathered.error = Some(error.to_string()),
            Err(ReceiveError::Store(error)) => return Err(error),
        }
        all.push(gathered);
        progress();
    }
    Ok(all)
}

async fn gather_one(
    context: &Context,
    epoch: &Epoch,
    mailbox: &MailboxSettings,
    gathered: &mut Gathered,
) -> Result<(), ReceiveError> {
    if matches!(mailbox.source, SourceSettings::Pipe) {
        let note =
            "is a pipe: what it brought since the copy is in no mailbox, unless your mail server keeps it".to_owned();
        gathered.notes.push(note);
        return Ok(());
    }
    if let After::Move(folder) = &mailbox.after {
        let since = since(context, epoch, mailbox).await?;
        gathered.moved = read_moved(context, mailbox, folder, since, &mut gathered.notes).await?;
        gathered.accepted = gathered.moved;
    }
    let mut receiver = Receiver::new(context.clone(), mailbox.clone());
    let looked = receiver.look().await;
    receiver.close().await;
    gathered.accepted += looked?.accepted;
    Ok(())
}

/// The time from which moved messages may be unknown to the copy. The copy may have been made while the mailbox could not be
/// read, so that mail from before it was accepted after it. Mail from before the start mark was never moved by us.
async fn since(context: &Context, epoch: &Epoch, mailbox: &MailboxSettings) -> Result<Timestamp, StoreError> {
    let (name, copied_at) = (mailbox.name.clone(), epoch.copied_at);
    let folder = MailboxFolder::read(mailbox, 0).folder;
    let looked = context.store.ask(move |view| Ok((view.looked_at(&folder)?, view.last_arrival(&name, copied_at)?)));
    let (first_look, last) = looked.await?;
    let mark = match mailbox.start {
        Start::All => Timestamp::from_unix(0),
        Start::At(mark) => mark,
        Start::Now => first_look.map_or(epoch.copied_at.plus_seconds(-OVERLAP), |(first_look, _)| first_look),
    };
    Ok(last.map_or(mark, |last| last.min(epoch.copied_at).plus_seconds(-OVERLAP)).max(mark))
}

/// Accepts the messages that have arrived since that time and were moved, by arrival.
async fn read_moved(
    context: &Context,
    mailbox: &MailboxSettings,
    folder: &str,
    since: Timestamp,
    notes: &mut Vec<String>,
) -> Result<u64, ReceiveError> {
    let Some(mut source) = Source::connect_to_moved(&mailbox.source, folder).await? else {
        notes.push(format!("its server does not open {folder}, where accepted messages are moved to"));
        return Ok(0);
    };
    let Some(look) = source.look(true).await? else { return Ok(0) };
    let origin = MailboxFolder::moved_to(mailbox, folder, look.validity);
    let described = source.describe(&look.uids).await?;
    let mut wanted: Vec<Described> =
        described.into_iter().filter(|message| message.received_at.is_none_or(|at| at >= since)).collect();
    let uids: Vec<_> = wanted.iter().map(|message| message.uid.clone()).collect();
    let (asked, validity) = (origin.folder.clone(), look.validity);
    let unknown = context.store.ask(move |view| view.unknown(&asked, validity, &uids)).await?;
    wanted.retain(|message| unknown.contains(&message.uid));
    // People move messages too, and in any order; numbers were given by arrival.
    wanted.sort_by_key(|message| message.received_at);
    let mut misses = Misses::default();
    let accepted = accept_all(context, &origin, &mut source, &wanted, &mut misses).await?;
    if !misses.is_empty() {
        notes.push(format!("some messages in {folder} did not come: try again"));
    }
    source.close().await;
    Ok(accepted)
}

/// Reads all waiting messages, and works out which numbers the lost installation gave. `told` are numbers that the operator
/// knows of. `None` where no restore waits to be accepted.
pub async fn assess(
    context: &Context,
    told: &[RequestNumber],
    mut progress: impl FnMut(),
) -> Result<Option<Resync>, StoreError> {
    let Some(epoch) = context.store.ask(|view| view.pending_epoch()).await? else { return Ok(None) };
    let mut resync = Resync { epoch, ..Resync::default() };
    let engineers = context.settings.engineers();
    let mut seen = Vec::new();
    let mut after = ReceivedId(0);
    loop {
        let waiting = context.store.ask(move |view| view.waiting(after, BATCH)).await?;
        let Some(last) = waiting.last() else { break };
        after = last.id;
        for waiting in waiting {
            resync.messages += 1;
            resync.last_arrived = resync.last_arrived.max(waiting.arrived_at);
            if waiting.is_moved {
                resync.last_moved = resync.last_moved.max(waiting.arrived_at);
            }
            // Its server has given all messages new UIDs: these have opened no request.
            let id = waiting.id;
            if !context.store.ask(move |view| view.is_known_already(id)).await? {
                match look_at(context, &waiting, &engineers).await {
                    Shown::SeenMessage(one) => seen.push(one),
                    Shown::Elsewhere => resync.elsewhere.push(waiting.id),
                    Shown::Nothing => resync.unreadable += 1,
                }
            }
            progress();
        }
    }
    let mut last: BTreeMap<DeskKey, u32> = context.settings.desk_keys().into_iter().map(|key| (key, 0)).collect();
    last.extend(context.store.ask(|view| view.last_numbers()).await?);
    let last: Vec<(DeskKey, u32)> = last.into_iter().collect();
    let Plan { recovered, desks } = plan(&seen, &last, told);
    (resync.recovered, resync.desks) = (recovered, desks);
    Ok(Some(resync))
}

/// What a message tells about request numbers.
enum Shown {
    SeenMessage(SeenMessage),
    /// It belongs to another mailbox.
    Elsewhere,
    /// Nothing: it cannot be read, or its mailbox is not configured.
    Nothing,
}

async fn look_at(context: &Context, waiting: &Waiting, engineers: &[ShortName]) -> Shown {
    let Some(mailbox) = context.settings.mailboxes.iter().find(|mailbox| mailbox.name == waiting.mailbox) else {
        return Shown::Nothing;
    };
    let id = waiting.id;
    let parsed = context.store.ask(move |view| Ok(parse::parse(&view.raw(id)?))).await;
    let incoming: Incoming = match parsed {
        Ok(incoming) => incoming,
        Err(error) => {
            warn!(received = %id, %error, "cannot read a message");
            return Shown::Nothing;
        }
    };
    if waiting.is_moved && !is_of(&context.settings, mailbox, &incoming) {
        return Shown::Elsewhere;
    }
    let answered: Vec<MessageId> = incoming.answered().into_iter().cloned().collect();
    let mut numbers: Vec<RequestNumber> = Vec::new();
    for id in &answered {
        let signed = proof::verify(&context.ring, id, engineers).map(|signed| signed.anchor);
        if let Some(Anchor::Request(number)) = signed
            && !numbers.contains(&number)
        {
            numbers.push(number);
        }
    }
    let sender = incoming.from.first().and_then(NamedAddress::email);
    let (received, desk, message_id) = (waiting.id, mailbox.desk.clone(), incoming.message_id);
    Shown::SeenMessage(SeenMessage { received, desk, message_id, sender, answered, numbers })
}

/// Account and name of the folder to which a mailbox moves its messages; other mailboxes of the account may use the same.
/// `None` where it moves none.
fn archive(mailbox: &MailboxSettings) -> Option<(&str, u16, &str, &str)> {
    match (&mailbox.source, &mailbox.after) {
        (SourceSettings::Imap(imap), After::Move(folder)) => {
            Some((&imap.server.host, imap.server.port, &imap.user, folder))
        }
        _ => None,
    }
}

/// Whether a moved message is one of this mailbox's. Where several mailboxes move to one folder, a message that names a desk
/// belongs to the first mailbox of that desk, and one that names none to the first mailbox of all.
fn is_of(settings: &Settings, mailbox: &MailboxSettings, incoming: &Incoming) -> bool {
    let sharing: Vec<&MailboxSettings> = settings
        .mailboxes
        .iter()
        .filter(|other| archive(other).is_some() && archive(other) == archive(mailbox))
        .collect();
    let is_named = |desk: &DeskKey| {
        let named = incoming.to.iter().chain(&incoming.cc).filter_map(NamedAddress::email);
        let desk = settings.desk(desk);
        named.chain(desk::delivered_to(incoming)).any(|address| desk.is_some_and(|desk| desk.is_own(&address)))
    };
    let named: Vec<&MailboxSettings> = sharing.iter().copied().filter(|other| is_named(&other.desk)).collect();
    let first = match named.as_slice() {
        [] => sharing.first(),
        named => named.iter().find(|other| other.desk == mailbox.desk),
    };
    sharing.is_empty() || first.is_some_and(|first| first.name == mailbox.name)
}

/// Accepts the restore: what arrived until `lost_at` counts as answered, and nobody is told of it again.
pub async fn accept_resync(context: &Context, resync: &Resync, lost_at: Timestamp) -> Result<(), StoreError> {
    let numbers = resync.recovered.iter().map(|(id, number)| (*id, number.number)).collect();
    let gap = |numbers: &Numbers| Gap {
        desk: numbers.desk.clone(),
        first: numbers.last.saturating_add(1),
        last: numbers.left_out,
    };
    let (gaps, elsewhere) = (resync.desks.iter().map(gap).collect(), resync.elsewhere.clone());
    let accepting = Accepting { numbers, gaps, elsewhere, lost_at };
    let now = context.now();
    context.store.write(move |tx| tx.accept_epoch(&accepting, now)).await
}
