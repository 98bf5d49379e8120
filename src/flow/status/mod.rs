//! The status of an installation: what `maildesk status` prints and what the metrics tell, gathered in one place.

mod warnings;

use serde::Serialize;

use crate::desk;
use crate::model::policy::Desk;
use crate::model::settings::{MailboxSettings, Settings, SourceSettings};
use crate::model::{DeskKey, Phase, Reminder, Request, RequestId, Timestamp};
use crate::store::{Epoch, Ever, Failure, MailboxDepth, Monitored, OutboxDepth, Size, StoreError, View};

use super::health_record::EVERY;
use super::receive::IDLE_RENEWAL;

pub use warnings::Warning;

/// Requests looked up at a time.
const BATCH: u32 = 256;
/// Seconds that a look may take.
const LOOK_TAKES: i64 = 60;
/// What happened longer ago and cannot be put right any more is no warning: seven days.
const LATELY: i64 = 7 * 24 * 3_600;

/// What the machine knows and the database does not.
#[derive(Clone, Debug, Default)]
pub struct HostStatus {
    /// Whether a maildesk works on the state folder.
    pub is_running: bool,
    /// Bytes in the write-ahead log.
    pub wal_bytes: u64,
    /// Bytes that are free on the disk of the state folder, if that is known.
    pub free_bytes: Option<u64>,
    /// What a check found wrong with the database; none where it was not checked.
    pub damage: Option<Vec<String>>,
}

/// The status of an installation at one moment.
#[derive(Clone, Debug, Serialize)]
pub struct Status {
    /// When.
    pub at: Timestamp,
    /// Whether a maildesk works on the state folder.
    pub is_running: bool,
    /// Whether every mailbox was looked at within its interval.
    pub is_ready: bool,
    /// The configured mailboxes, and those no longer configured whose messages wait.
    pub mailboxes: Vec<MailboxStatus>,
    /// The transports, each with the letters of its desks.
    pub transports: Vec<OutboxStatus>,
    /// The desks.
    pub desks: Vec<RequestCounts>,
    /// When the clock is to look at a request next.
    pub next_look: Option<Timestamp>,
    /// How much there ever was.
    pub ever: Ever,
    /// The database.
    pub database: DatabaseStatus,
    /// The copy that was brought into use last, if one ever was.
    pub epoch: Option<Epoch>,
    /// What somebody should do something about; empty where all is well.
    pub warnings: Vec<Warning>,
}

/// One mailbox.
#[derive(Clone, Debug, Serialize)]
pub struct MailboxStatus {
    /// Whether the configuration names it.
    pub is_configured: bool,
    /// When it was last looked at with success; exact to a minute.
    pub looked_at: Option<Timestamp>,
    /// Whether that was within its interval.
    pub is_ready: bool,
    /// How it has failed since.
    pub failure: Option<Failure>,
    /// What of its mail is not filed.
    #[serde(flatten)]
    pub depth: MailboxDepth,
    /// Whether it is a folder of this machine.
    #[serde(skip)]
    is_folder: bool,
}

/// One transport.
#[derive(Clone, Debug, Serialize)]
pub struct OutboxStatus {
    /// Its name.
    pub transport: String,
    /// When it last took letters; exact to a minute.
    pub worked_at: Option<Timestamp>,
    /// Until when it is left alone after a failure.
    pub paused_until: Option<Timestamp>,
    /// How it has failed since it last worked.
    pub failure: Option<Failure>,
    /// What is not sent.
    #[serde(flatten)]
    pub depth: OutboxDepth,
}

/// The requests of one desk that are not closed, and how many it has had.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct RequestCounts {
    /// The desk.
    pub desk: DeskKey,
    /// Those that are neither answered nor closed.
    pub open: u64,
    /// Those of them that nobody works on, though somebody could.
    pub unassigned: u64,
    /// Those of them whose first response or resolution is overdue.
    pub overdue: u64,
    /// Those of them that their line or team is silent about.
    pub silent: u64,
    /// Those that are answered and wait for their requester.
    pub answered: u64,
    /// All that were ever opened: the last number given.
    pub opened: u64,
}

/// The database.
#[derive(Clone, Debug, Serialize)]
pub struct DatabaseStatus {
    /// How large it is.
    #[serde(flatten)]
    pub size: Size,
    /// Bytes in the write-ahead log.
    pub wal_bytes: u64,
    /// Bytes that are free on its disk, if that is known.
    pub disk_free: Option<u64>,
    /// What a check found wrong with it; none where it was not checked.
    pub damage: Option<Vec<String>>,
}

/// Gathers the status of an installation, with its warnings.
pub fn status(
    view: View<'_>,
    settings: &Settings,
    host_status: HostStatus,
    now: Timestamp,
) -> Result<Status, StoreError> {
    let mut status = gather(view, settings, host_status, now)?;
    status.warnings = warnings::of(&status);
    Ok(status)
}

fn gather(view: View<'_>, settings: &Settings, host_status: HostStatus, now: Timestamp) -> Result<Status, StoreError> {
    let mailboxes = mailboxes(view, &settings.mailboxes, now)?;
    let mut transports = Vec::new();
    for transport in &settings.transports {
        let of_transport = settings.desks.iter().filter(|desk| desk.transport == transport.name);
        let desks: Vec<DeskKey> = of_transport.map(|desk| desk.key.clone()).collect();
        let health_record = view.health_record(Monitored::Transport, &transport.name)?;
        transports.push(OutboxStatus {
            transport: transport.name.clone(),
            worked_at: health_record.worked_at,
            paused_until: health_record.failure.as_ref().and_then(|failure| failure.next).filter(|next| *next > now),
            failure: health_record.failure,
            depth: view.outbox_depth(&desks, now, now.plus_seconds(-LATELY))?,
        });
    }
    Ok(Status {
        at: now,
        is_running: host_status.is_running,
        is_ready: mailboxes.iter().all(|mailbox| mailbox.is_ready || !mailbox.is_configured),
        mailboxes,
        transports,
        desks: requests(view, &settings.desks, now)?,
        next_look: view.next_look()?,
        ever: view.ever()?,
        database: DatabaseStatus {
            size: view.size()?,
            wal_bytes: host_status.wal_bytes,
            disk_free: host_status.free_bytes,
            damage: host_status.damage,
        },
        epoch: view.epoch()?,
        warnings: Vec::new(),
    })
}

fn mailboxes(view: View<'_>, configured: &[MailboxSettings], now: Timestamp) -> Result<Vec<MailboxStatus>, StoreError> {
    let mut depths = view.mailbox_depths(now.plus_seconds(-LATELY))?;
    let mut found = Vec::new();
    for mailbox in configured {
        let index = depths.iter().position(|depth| depth.mailbox == mailbox.name);
        let none = || MailboxDepth { mailbox: mailbox.name.clone(), ..MailboxDepth::default() };
        let health_record = view.health_record(Monitored::Mailbox, &mailbox.name)?;
        found.push(MailboxStatus {
            is_configured: true,
            // Of a pipe nobody knows whether anything should have come.
            is_ready: matches!(mailbox.source, SourceSettings::Pipe)
                || health_record.worked_at.is_some_and(|at| now.seconds_since(at) <= longest_gap(mailbox)),
            looked_at: health_record.worked_at,
            failure: health_record.failure,
            depth: index.map_or_else(none, |index| depths.remove(index)),
            is_folder: matches!(mailbox.source, SourceSettings::Maildir(_)),
        });
    }
    found.extend(depths.into_iter().filter(|depth| depth.waiting > 0).map(|depth| MailboxStatus {
        is_configured: false,
        looked_at: None,
        is_ready: false,
        failure: None,
        depth,
        is_folder: false,
    }));
    Ok(found)
}

/// Seconds that may lie between two looks that are noted: a server that tells of new mail is asked less often.
fn longest_gap(mailbox: &MailboxSettings) -> i64 {
    let is_told = matches!(&mailbox.source, SourceSettings::Imap(imap) if imap.idle);
    let interval = if is_told { mailbox.poll.max(IDLE_RENEWAL) } else { mailbox.poll };
    i64::try_from(interval.as_secs()).unwrap_or(i64::MAX).saturating_add(EVERY + LOOK_TAKES)
}

fn requests(view: View<'_>, desks: &[Desk], now: Timestamp) -> Result<Vec<RequestCounts>, StoreError> {
    let numbers = view.last_numbers()?;
    let last = |desk: &Desk| numbers.iter().find(|(key, _)| *key == desk.key).map_or(0, |(_, last)| u64::from(*last));
    let none = |desk: &Desk| RequestCounts {
        desk: desk.key.clone(),
        open: 0,
        unassigned: 0,
        overdue: 0,
        silent: 0,
        answered: 0,
        opened: last(desk),
    };
    let mut counts: Vec<RequestCounts> = desks.iter().map(none).collect();
    let mut after = RequestId(0);
    loop {
        let batch = view.unclosed(after, BATCH)?;
        let Some((last, _)) = batch.last() else { return Ok(counts) };
        after = *last;
        for (_, number) in &batch {
            let index = desks.iter().position(|desk| desk.key == number.desk);
            if let (Some(index), Some(request)) = (index, view.request(number)?) {
                count(&mut counts[index], &desks[index], &request, now);
            }
        }
    }
}

fn count(counts: &mut RequestCounts, desk: &Desk, request: &Request, now: Timestamp) {
    if request.standing.phase.is_ended() {
        counts.answered += u64::from(request.standing.phase == Phase::Completed);
        return;
    }
    let is_ours = matches!(request.standing.phase, Phase::New | Phase::Open);
    counts.open += 1;
    counts.unassigned += u64::from(is_ours && request.assignee.is_none());
    counts.overdue += u64::from(desk::deadlines(desk, request).next().is_some_and(|by| by <= now));
    counts.silent += u64::from(is_ours && request.progress.reminded_of(Reminder::Silent).is_some());
}
