//! What is stored and belongs to something that the configuration does not name any more: mail and requests that would be left
//! behind. Judged before the configuration is used; and what its key `was` says is carried out.

use std::fmt;

use serde::Serialize;
use tracing::{info, warn};

use crate::model::policy::Desk;
use crate::model::settings::{MailboxSettings, Settings, SourceSettings, Start};
use crate::model::{DeskKey, Phase, Place, ShortName, Timestamp};
use crate::store::{KnownMailbox, StoreError, View};

use super::Context;
use super::clock::settings_digest;

/// Seconds for which a mailbox that is gone is spoken of, after it was last read: seven days.
const LATELY: i64 = 7 * 24 * 3_600;

/// Something stored that belongs to nothing of the configuration.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Orphan {
    /// What the configuration does not name any more: `desk OTK`.
    pub about: String,
    /// What belongs to it, with counts.
    pub problem: String,
    /// What to do.
    pub remedy: String,
    /// Whether mail or requests would be left behind. Such a configuration is refused, unless it accepts that.
    pub is_stranded: bool,
}

impl fmt::Display for Orphan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}; {}", self.about, self.problem, self.remedy)
    }
}

/// Compares a configuration with what is stored. `reads_all` also looks at every open request's line, team and status.
pub fn orphans(
    view: View<'_>,
    settings: &Settings,
    reads_all: bool,
    now: Timestamp,
) -> Result<Vec<Orphan>, StoreError> {
    let mut found = of_desks(view, settings)?;
    found.extend(of_mailboxes(view, settings, now)?);
    found.extend(of_engineers(view, settings)?);
    if reads_all {
        found.extend(of_places(view, settings)?);
    }
    Ok(found)
}

/// What settings would leave behind, so that they must not be used; empty where nothing, or where they accept that. All else
/// that belongs to nothing of them is logged. Every open request is looked at only for settings that are new.
pub async fn refused_for_orphans(context: &Context, settings: &Settings) -> Result<Vec<Orphan>, StoreError> {
    let (asked, digest, now) = (settings.clone(), settings_digest(settings), context.now());
    let found = context.store.ask(move |view| {
        let is_new = !view.is_planned_by(&digest)?;
        orphans(view, &asked, is_new, now)
    });
    let refuses = |orphan: &Orphan| orphan.is_stranded && !settings.accept_orphans;
    let (refused, accepted): (Vec<Orphan>, Vec<Orphan>) = found.await?.into_iter().partition(refuses);
    for orphan in &accepted {
        warn!("{orphan}");
    }
    Ok(refused)
}

fn of_desks(view: View<'_>, settings: &Settings) -> Result<Vec<Orphan>, StoreError> {
    let (requests, letters) = (view.open_requests()?, view.unsent_letters()?);
    let mut found = Vec::new();
    for (key, last) in view.last_numbers()? {
        if settings.desk(&key).is_some() {
            continue;
        }
        let open: u64 = requests.iter().filter(|row| row.desk == key).map(|row| row.count).sum();
        let unsent = letters.iter().find(|(desk, _)| *desk == key).map_or(0, |(_, count)| *count);
        let about = format!("desk {key}");
        let renamed = format!("if it has another key now, write was = \"{key}\" in that desk's table");
        found.push(if open + unsent > 0 {
            Orphan {
                about,
                problem: format!(
                    "is configured no longer, and has {} and {}",
                    count(open, "open request"),
                    count(unsent, "unsent e-mail")
                ),
                remedy: format!("{renamed}; if it is to end, keep its table until they are closed"),
                is_stranded: true,
            }
        } else {
            Orphan {
                about,
                problem: format!(
                    "is configured no longer; customers who quote its numbers, up to {key}-{last}, open new requests"
                ),
                remedy: renamed,
                is_stranded: false,
            }
        });
    }
    Ok(found)
}

fn of_mailboxes(view: View<'_>, settings: &Settings, now: Timestamp) -> Result<Vec<Orphan>, StoreError> {
    let known = view.known_mailboxes()?;
    let mut waiting = view.unhandled_messages()?;
    waiting.retain(|(name, _)| heir(settings, name, &known).is_none());
    let mut found = Vec::new();
    for (name, messages) in &waiting {
        found.push(Orphan {
            about: format!("mailbox {name}"),
            problem: format!("is configured no longer, and {} of it wait to be filed", count(*messages, "message")),
            remedy: format!("if it has another name now, write was = \"{name}\" in its table; if not, configure it again until they are filed"),
            is_stranded: true,
        });
    }
    let is_unread = |mailbox: &&MailboxSettings| {
        let is_known = |known: &KnownMailbox| {
            is_at(mailbox, known) || known.name == mailbox.name || mailbox.was.contains(&known.name)
        };
        mailbox.start == Start::Now && !known.iter().any(is_known)
    };
    let new: Vec<&MailboxSettings> = settings.looked_at().filter(is_unread).collect();
    let is_gone = |known_one: &&KnownMailbox| {
        heir(settings, &known_one.name, &known).is_none() && !waiting.iter().any(|(name, _)| *name == known_one.name)
    };
    for gone in known.iter().filter(is_gone) {
        let Some(read_at) = gone.read_at.filter(|at| now.seconds_since(*at) <= LATELY) else { continue };
        let (about, name) = (format!("mailbox {}", gone.name), &gone.name);
        found.push(match new.as_slice() {
            [] => Orphan {
                about,
                problem: format!("was read until {read_at}, and is configured no longer: new messages there are not seen"),
                remedy: format!("if it has another name now, write was = \"{name}\" in its table"),
                is_stranded: false,
            },
            [other, ..] => Orphan {
                about,
                problem: format!("was read until {read_at}, and mailbox {} is there instead, where the messages of today count as seen", other.name),
                remedy: format!("if it is the same mailbox, write was = \"{name}\" in [mailbox.{}]", other.name),
                is_stranded: true,
            },
        });
    }
    Ok(found)
}

fn of_engineers(view: View<'_>, settings: &Settings) -> Result<Vec<Orphan>, StoreError> {
    let mut found: Vec<Orphan> = Vec::new();
    let mut open: Vec<(ShortName, DeskKey, u64)> = Vec::new();
    for row in view.open_requests()? {
        let (Some(name), Some(desk)) = (row.assignee, settings.desk(&row.desk)) else { continue };
        let is_over = matches!(row.phase, Phase::Completed | Phase::Closed);
        if is_over || desk.engineer(&name).is_some() || desk.former.iter().any(|former| former.name == name) {
            continue;
        }
        let key = desk.current_key();
        match open.iter_mut().find(|(known, at, _)| *known == name && at == key) {
            Some((.., count)) => *count += row.count,
            None => open.push((name, key.clone(), row.count)),
        }
    }
    for (name, desk, requests) in open {
        let requests = count(requests, "open request");
        let is_elsewhere = settings.engineers().contains(&name);
        let remedy = if is_elsewhere {
            format!("add \"{desk}\" to engineer.{name}.desks, or give them to others first (maildesk set)")
        } else {
            format!(
                "keep [engineer.{name}] with left = \"{}\", and successor = \"NAME\" for whoever takes them over; or, where \
                 they have another name now, write was = \"{name}\" in their table",
                "YYYY-MM-DD"
            )
        };
        found.push(Orphan {
            about: format!("engineer {name}"),
            problem: format!("works at desk {desk} no longer, and has {requests} there"),
            remedy,
            is_stranded: true,
        });
    }
    for address in view.personal_addresses()? {
        let is_known = |desk: &Desk| {
            desk.engineer(&address.engineer).is_some()
                || desk.former.iter().any(|former| former.name == address.engineer)
        };
        if address.revoked_at.is_none() && !settings.desks.iter().any(is_known) {
            found.push(Orphan {
                about: format!("engineer {}", address.engineer),
                problem: format!("is configured no longer; the personal address {} proves nothing", address.serial),
                remedy: format!("maildesk revoke {}", address.serial),
                is_stranded: false,
            });
        }
    }
    Ok(found)
}

fn of_places(view: View<'_>, settings: &Settings) -> Result<Vec<Orphan>, StoreError> {
    let mut found = Vec::new();
    for row in view.open_standings()? {
        let Some(desk) = settings.desk(&row.desk) else { continue };
        let (requests, key) = (count(row.count, "open request"), &row.desk);
        let place = row.place.filter(|place| !has_place(desk, place));
        found.extend(place.map(|place| Orphan {
            about: format!("{place} of desk {key}"),
            problem: format!("is configured no longer, and has {requests}"),
            remedy: "pass them on first (maildesk set), or configure it again".to_owned(),
            is_stranded: true,
        }));
        let is_known = row.status.is_built_in() || desk.statuses.iter().any(|own| own.status == row.status);
        if !is_known {
            found.push(Orphan {
                about: format!("status {:?} of desk {key}", row.status.to_string()),
                problem: format!("is configured no longer, and {requests} have it"),
                remedy: "they keep it until somebody sets another; configure it again to have it in tags".to_owned(),
                is_stranded: false,
            });
        }
    }
    Ok(found)
}

fn has_place(desk: &Desk, place: &Place) -> bool {
    match place {
        Place::Line(number) => desk.lines.iter().any(|line| line.number == *number),
        Place::Team(name) => desk.teams.iter().any(|team| team.name == *name),
        Place::Desk(_) => true,
    }
}

fn count(count: u64, what: &str) -> String {
    format!("{count} {what}{}", if count == 1 { "" } else { "s" })
}

/// The configured mailbox that goes on with what is stored under a name: it has this name, says that it had it, or is where
/// that mailbox was.
fn heir<'s>(settings: &'s Settings, name: &str, known: &[KnownMailbox]) -> Option<&'s MailboxSettings> {
    let place = known.iter().find(|known| known.name == name);
    let is_it = |mailbox: &&MailboxSettings| {
        mailbox.name == name
            || mailbox.was.iter().any(|was| was == name)
            || place.is_some_and(|known| is_at(mailbox, known))
    };
    settings.mailboxes.iter().find(is_it)
}

/// Whether a mailbox reads what was known under another name. Pipes have no place of their own.
fn is_at(mailbox: &MailboxSettings, known: &KnownMailbox) -> bool {
    !matches!(mailbox.source, SourceSettings::Pipe)
        && known.location.as_deref() == Some(mailbox.source.location().as_str())
}

/// Gives what is stored of renamed mailboxes to their new names.
pub async fn rename_mailboxes(context: &Context) -> Result<(), StoreError> {
    let known = context.store.ask(|view| view.known_mailboxes()).await?;
    let settings = &context.settings;
    for mailbox in &settings.mailboxes {
        let is_free = |name: &str| !settings.mailboxes.iter().any(|other| other.name == name);
        let at_its_place = known.iter().filter(|known| is_at(mailbox, known)).map(|known| &known.name);
        for old in mailbox.was.iter().chain(at_its_place).filter(|name| is_free(name)) {
            let (from, to) = (old.clone(), mailbox.name.clone());
            if context.store.write(move |tx| tx.rename_mailbox(&from, &to)).await? {
                info!(
                    mailbox = mailbox.name,
                    was = old,
                    "the mailbox was renamed; what it has brought goes on under its new name"
                );
            }
        }
    }
    Ok(())
}
