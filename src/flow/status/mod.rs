//! The status of an installation, gathered in one place: what `maildesk status` prints and the metrics show.

mod warnings;

use std::path::PathBuf;

use serde::Serialize;

use crate::model::policy::Desk;
use crate::model::settings::{After, MailboxSettings, Settings, SourceSettings};
use crate::model::{DeskKey, Phase, Timestamp};
use crate::store::{
    Epoch, Ever, Failure, KeptBack, MailboxDepth, Monitored, OutboxDepth, RequestCount, Size, StoreError, UnsentDepth,
    View,
};

use super::health_record::EVERY;
use super::receive::IDLE_RENEWAL;

pub use warnings::Warning;

/// Seconds that looking at a mailbox may take.
const LOOK_TAKES: i64 = 60;
/// Seconds for which a final failure is shown as a warning: seven days.
const LATELY: i64 = 7 * 24 * 3_600;

/// What is known about the host and the process, outside of the database.
#[derive(Clone, Debug, Default)]
pub struct HostStatus {
    /// Whether a maildesk runs on the state folder.
    pub is_running: bool,
    /// Bytes of the write-ahead log.
    pub wal_bytes: u64,
    /// Free bytes on the disk of the state folder; `None` where that is not known.
    pub free_bytes: Option<u64>,
    /// What a check of the database found wrong, empty where it is sound; `None` where it was not checked.
    pub damage: Option<Vec<String>>,
    /// Files with keys or passwords that every user of the machine can read.
    pub exposed: Vec<PathBuf>,
}

/// The status of an installation at one moment.
#[derive(Clone, Debug, Serialize)]
pub struct InstallationStatus {
    /// The moment.
    pub at: Timestamp,
    /// Whether a maildesk runs on the state folder.
    pub is_running: bool,
    /// Whether every mailbox was read within its interval.
    pub is_ready: bool,
    /// The configured mailboxes, and those no longer configured that still have messages waiting.
    pub mailboxes: Vec<MailboxStatus>,
    /// The transports, each with the letters of its desks.
    pub transports: Vec<OutboxStatus>,
    /// What the caps have kept back of acknowledgements.
    pub acknowledgements: KeptBack,
    /// Engineers' messages of which nothing was sent.
    pub unsent: UnsentDepth,
    /// How many readers have complained, and get no automatic letters.
    pub complaints: u64,
    /// The desks.
    pub desks: Vec<RequestCounts>,
    /// When the clock is to look at a request next; `None` where it need look at none.
    pub next_look: Option<Timestamp>,
    /// Counters over the whole life of the installation.
    pub ever: Ever,
    /// The state of the database.
    pub database: DatabaseStatus,
    /// The epoch that the last restore has begun; `None` where there was none.
    pub epoch: Option<Epoch>,
    /// Files with keys or passwords that every user of the machine can read.
    #[serde(skip)]
    exposed: Vec<PathBuf>,
    /// Problems for the operator to solve; empty where all is well.
    pub warnings: Vec<Warning>,
}

/// The status of one mailbox.
#[derive(Clone, Debug, Serialize)]
pub struct MailboxStatus {
    /// Whether the configuration names it.
    pub is_configured: bool,
    /// When it was last read with success, exact to a minute; `None` where it never was.
    pub looked_at: Option<Timestamp>,
    /// Whether that was within its interval.
    pub is_ready: bool,
    /// Its last failure since it was last read with success; `None` while it works.
    pub failure: Option<Failure>,
    /// Why its accepted messages were last not moved or flagged; `None` while that works, and where it is not asked for.
    pub marks_failure: Option<Failure>,
    /// How many messages its server lists, but has not delivered so far; they are asked for again.
    pub undelivered: u64,
    /// Its messages that are not filed.
    #[serde(flatten)]
    pub depth: MailboxDepth,
    /// Whether it is a folder on this machine.
    #[serde(skip)]
    is_folder: bool,
}

/// The status of one transport.
#[derive(Clone, Debug, Serialize)]
pub struct OutboxStatus {
    /// Its name.
    pub transport: String,
    /// When it last took a letter, exact to a minute; `None` where it never has.
    pub worked_at: Option<Timestamp>,
    /// Until when it pauses after a failure; `None` where it does not.
    pub paused_until: Option<Timestamp>,
    /// Its last failure since it last worked; `None` while it works.
    pub failure: Option<Failure>,
    /// The unsent letters of its desks.
    #[serde(flatten)]
    pub depth: OutboxDepth,
}

/// Counts of one desk's requests.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct RequestCounts {
    /// The desk.
    pub desk: DeskKey,
    /// Requests that are neither answered nor closed.
    pub open: u64,
    /// Open requests that nobody works on, though somebody could.
    pub unassigned: u64,
    /// Open requests whose first response or resolution is overdue.
    pub overdue: u64,
    /// Open requests whose line or team has been silent for too long.
    pub silent: u64,
    /// Requests that are answered and wait for their requester.
    pub answered: u64,
    /// Requests that were ever opened: the last number given.
    pub opened: u64,
}

/// The status of the database.
#[derive(Clone, Debug, Serialize)]
pub struct DatabaseStatus {
    /// Its size.
    #[serde(flatten)]
    pub size: Size,
    /// Bytes of the write-ahead log.
    pub wal_bytes: u64,
    /// Free bytes on its disk; `None` where that is not known.
    pub disk_free: Option<u64>,
    /// What a check found wrong with it, empty where it is sound; `None` where it was not checked.
    pub damage: Option<Vec<String>>,
}

/// Gathers the status of an installation, with its warnings.
pub fn status(
    view: View<'_>,
    settings: &Settings,
    host_status: HostStatus,
    now: Timestamp,
) -> Result<InstallationStatus, StoreError> {
    let mut status = gather(view, settings, host_status, now)?;
    status.warnings = warnings::of(&status);
    Ok(status)
}

fn gather(
    view: View<'_>,
    settings: &Settings,
    host_status: HostStatus,
    now: Timestamp,
) -> Result<InstallationStatus, StoreError> {
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
    Ok(InstallationStatus {
        at: now,
        is_running: host_status.is_running,
        is_ready: mailboxes.iter().all(|mailbox| mailbox.is_ready || !mailbox.is_configured),
        mailboxes,
        transports,
        acknowledgements: view.kept_back(now)?,
        unsent: view.unsent_depth(now)?,
        complaints: view.complaint_count()?,
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
        exposed: host_status.exposed,
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
        let marks = view.health_record(Monitored::Marks, &mailbox.name)?;
        found.push(MailboxStatus {
            is_configured: true,
            // Of a pipe nobody knows whether a message should have come.
            is_ready: matches!(mailbox.source, SourceSettings::Pipe)
                || health_record.worked_at.is_some_and(|at| now.seconds_since(at) <= longest_gap(mailbox)),
            looked_at: health_record.worked_at,
            failure: health_record.failure,
            marks_failure: marks.failure.filter(|_| mailbox.after != After::Leave),
            undelivered: view.undelivered(&mailbox.name)?,
            depth: index.map_or_else(none, |index| depths.remove(index)),
            is_folder: matches!(mailbox.source, SourceSettings::Maildir(_)),
        });
    }
    found.extend(depths.into_iter().filter(|depth| depth.waiting > 0).map(|depth| MailboxStatus {
        is_configured: false,
        looked_at: None,
        is_ready: false,
        failure: None,
        marks_failure: None,
        undelivered: 0,
        depth,
        is_folder: false,
    }));
    Ok(found)
}

/// The most seconds between two successful looks at a mailbox that is well: a server that gives notice of new mail is asked
/// less often.
fn longest_gap(mailbox: &MailboxSettings) -> i64 {
    let is_told = matches!(&mailbox.source, SourceSettings::Imap(imap) if imap.idle);
    let interval = if is_told { mailbox.poll.max(IDLE_RENEWAL) } else { mailbox.poll };
    i64::try_from(interval.as_secs()).unwrap_or(i64::MAX).saturating_add(EVERY + LOOK_TAKES)
}

fn requests(view: View<'_>, desks: &[Desk], now: Timestamp) -> Result<Vec<RequestCounts>, StoreError> {
    let (numbers, counted) = (view.last_numbers()?, view.request_counts()?);
    let of_desk = |desk: &Desk| {
        let keys = desk.all_keys();
        let count = |is_counted: &dyn Fn(&RequestCount) -> bool| {
            counted.iter().filter(|row| keys.contains(&row.desk) && is_counted(row)).map(|row| row.count).sum()
        };
        let is_ours = |row: &RequestCount| matches!(row.phase, Phase::New | Phase::Open);
        Ok(RequestCounts {
            desk: desk.key.clone(),
            open: count(&|row| !row.phase.is_ended()),
            unassigned: count(&|row| is_ours(row) && !row.is_assigned),
            overdue: keys.iter().map(|key| view.overdue(key, now)).sum::<Result<u64, StoreError>>()?,
            silent: count(&|row| is_ours(row) && row.is_silent),
            answered: count(&|row| row.phase == Phase::Completed),
            opened: numbers.iter().filter(|(key, _)| keys.contains(key)).map(|(_, last)| u64::from(*last)).sum(),
        })
    };
    desks.iter().filter(|desk| desk.renamed_to.is_none()).map(of_desk).collect()
}
