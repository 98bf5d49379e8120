//! Reads and marks an IMAP folder (RFC 3501, RFC 9051). The only room that uses async-imap.
//!
//! BODYSTRUCTURE and ENVELOPE are never fetched: their depth is in the sender's hands, and async-imap parses them
//! recursively.

mod lenient;
mod listing;
mod login;
mod marks;
mod namespace;
mod probe;
mod server_info;
mod session;
mod uid_set;

use std::collections::HashSet;
use std::time::Duration;

use async_imap::imap_proto::{AttributeValue, Capability, MailboxDatum, Response, ResponseCode};
use tokio::time::Instant;

use self::session::{Idle, Session};
use super::{Described, SLICE, ServerSummary, SourceError, folder_name};
use crate::model::settings::{After, ImapSettings};
use crate::model::{Timestamp, Uid};
use crate::net::one_line;

pub use lenient::rewritten;
pub use probe::{Arrived, Seeker};
pub use server_info::{ListedFolder, MoveTarget, ServerInfo, server_info};

/// The longest IDLE: after it a dead peer is noticed, and a server that fails to announce changes is polled.
const LONGEST_IDLE: Duration = Duration::from_secs(300);

/// An open folder on an IMAP server.
#[derive(Debug)]
pub struct Mailbox {
    session: Session,
    settings: ImapSettings,
    folder: String,
    capabilities: HashSet<String>,
    idle: bool,
    /// What the names of one's own folders begin with on this server, such as `INBOX.` (RFC 2342). None: with nothing.
    prefix: Option<String>,
    selected: Selected,
    /// The answer to SELECT when the folder was last listed completely; None: it must be listed again.
    listed: Option<Selected>,
    /// What was there at the last listing.
    seen: Option<listing::Seen>,
}

/// The server's answer to SELECT (RFC 3501 6.3.1).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Selected {
    validity: u32,
    /// UIDNEXT.
    next: Option<u32>,
    /// How many messages are in the folder.
    exists: u32,
    /// PERMANENTFLAGS, in lower case; None: not sent, so that every flag may be set.
    flags: Option<Vec<String>>,
    read_only: bool,
}

impl Mailbox {
    /// Connects, logs in and opens the folder for reading and writing.
    pub async fn connect(settings: &ImapSettings) -> Result<Self, SourceError> {
        let mut mailbox = Self::begin(login::log_in(settings).await?, settings).await?;
        mailbox.select().await?;
        Ok(mailbox)
    }

    /// See [`super::Source::reconnect`].
    pub async fn reconnect(&mut self) -> Result<(), SourceError> {
        let again = Self::connect(&self.settings).await?;
        if again.selected.validity != self.selected.validity {
            return Err(SourceError::Lost("the folder has another UIDVALIDITY now".to_owned()));
        }
        *self = again;
        Ok(())
    }

    /// Asks for the capabilities and sends ID; opens no folder yet.
    async fn begin(mut session: Session, settings: &ImapSettings) -> Result<Self, SourceError> {
        let mut capabilities = HashSet::new();
        session.run("CAPABILITY", "", |response| collect_capabilities(response, &mut capabilities)).await?;
        if capabilities.contains("ID") {
            // RFC 2971. Gmail and others want it; a refusal does not matter.
            let own = format!("(\"name\" \"maildesk\" \"version\" \"{}\")", env!("CARGO_PKG_VERSION"));
            match session.run_quietly("ID", &own).await {
                Err(error) if !error.leaves_connection_usable() => return Err(error),
                _ => {}
            }
        }
        let prefix = if capabilities.contains("NAMESPACE") { namespace::own_prefix(&mut session).await? } else { None };
        let idle = settings.idle && capabilities.contains("IDLE");
        let (settings, folder) = (settings.clone(), settings.folder.clone());
        Ok(Self {
            session,
            settings,
            folder,
            capabilities,
            idle,
            prefix,
            selected: Selected::default(),
            listed: None,
            seen: None,
        })
    }

    /// See [`super::Source::describe`].
    pub async fn describe(&mut self, uids: &[Uid]) -> Result<Vec<Described>, SourceError> {
        let mut described = Vec::with_capacity(uids.len());
        for set in uid_set::sets(&uid_set::numbers(uids)?) {
            described.extend(self.describe_set(&set).await?);
        }
        let wanted: HashSet<&Uid> = uids.iter().collect();
        let mut seen = HashSet::new();
        described.retain(|d: &Described| wanted.contains(&d.uid) && seen.insert(d.uid.clone()));
        Ok(described)
    }

    /// See [`super::Source::fetch`].
    pub async fn fetch(
        &mut self,
        uids: &[Uid],
        offset: u64,
        mut each: impl FnMut(&Uid, Vec<u8>),
    ) -> Result<(), SourceError> {
        let mut wanted: HashSet<&Uid> = uids.iter().collect();
        for set in uid_set::sets(&uid_set::numbers(uids)?) {
            let arguments = format!("{set} (UID BODY.PEEK[]<{offset}.{SLICE}>)");
            let deliver = |response: &Response<'_>| {
                if let Some((uid, slice)) = slice(response, offset)?
                    && wanted.remove(&uid)
                {
                    each(&uid, slice.to_vec());
                }
                Ok(())
            };
            self.session.try_run("UID FETCH", &arguments, deliver).await?;
        }
        Ok(())
    }

    /// See [`super::Source::wait`].
    pub async fn wait(&mut self, poll: Duration, longest: Duration) -> Result<(), SourceError> {
        self.session.check()?;
        let start = Instant::now();
        if self.idle {
            match self.session.idle(start + longest.min(LONGEST_IDLE)).await? {
                Idle::Over => return Ok(()),
                Idle::Declined => self.idle = false,
            }
        }
        tokio::time::sleep_until(start + poll.min(longest)).await;
        Ok(())
    }

    /// See [`super::Source::describe_server`].
    pub async fn describe_server(&mut self, after: &After) -> Result<ServerSummary, SourceError> {
        self.select().await?;
        Ok(self.summary(after))
    }

    fn summary(&self, after: &After) -> ServerSummary {
        let after_impossible = match after {
            After::Leave => None,
            After::Flag(flag) => self.can_flag(flag).err(),
            After::Move(_) => self.can_move().err(),
        };
        let mut capabilities: Vec<String> = self.capabilities.iter().cloned().collect();
        capabilities.sort();
        ServerSummary {
            capabilities,
            messages: u64::from(self.selected.exists),
            idle: self.idle,
            after_impossible: after_impossible.map(|error| error.to_string()),
        }
    }

    /// Logs out.
    pub async fn close(self) {
        self.session.log_out().await;
    }

    /// Opens the folder; also where the server wants its name to begin with that of the namespace.
    async fn select(&mut self) -> Result<(), SourceError> {
        let opened = self.select_named(&self.folder.clone()).await;
        let Err(refusal @ SourceError::Refused { .. }) = opened else { return opened };
        let Some(name) = self.in_namespace(&self.folder) else { return Err(refusal) };
        match self.select_named(&name).await {
            Ok(()) => {
                self.folder = name;
                Ok(())
            }
            Err(SourceError::Refused { .. }) => Err(refusal),
            Err(error) => Err(error),
        }
    }

    async fn select_named(&mut self, folder: &str) -> Result<(), SourceError> {
        let mut selected = Selected::default();
        let name = folder_name::quoted(folder);
        self.session.run("SELECT", &name, |response| selected.learn(response)).await?;
        if selected.validity == 0 {
            return Err(SourceError::Protocol("the folder has no UIDVALIDITY".to_owned()));
        }
        self.selected = selected;
        Ok(())
    }
}

impl Selected {
    fn learn(&mut self, response: &Response<'_>) {
        match response {
            Response::MailboxData(MailboxDatum::Exists(exists)) => self.exists = *exists,
            // READ-ONLY stands in the tagged answer.
            Response::Data { outcome, .. } | Response::Done { outcome, .. } => match &outcome.code {
                Some(ResponseCode::UidValidity(validity)) => self.validity = *validity,
                Some(ResponseCode::UidNext(next)) => self.next = Some(*next),
                Some(ResponseCode::ReadOnly) => self.read_only = true,
                Some(ResponseCode::PermanentFlags(flags)) => {
                    self.flags = Some(flags.iter().map(|flag| flag.to_ascii_lowercase()).collect());
                }
                _ => {}
            },
            _ => {}
        }
    }
}

fn collect_capabilities(response: &Response<'_>, into: &mut HashSet<String>) {
    if let Response::Capabilities(listed) = response {
        into.extend(listed.iter().map(|capability| match capability {
            Capability::Imap4rev1 => "IMAP4REV1".to_owned(),
            Capability::Auth(mechanism) => format!("AUTH={}", one_line(mechanism).to_ascii_uppercase()),
            Capability::Atom(atom) => one_line(atom).to_ascii_uppercase(),
        }));
    }
}

/// The UID of a FETCH response. None: another response, or an unsolicited FETCH without a UID (RFC 3501 7.4.2).
fn uid_of(response: &Response<'_>) -> Option<u32> {
    let Response::Fetch(_, attributes) = response else { return None };
    attributes.iter().find_map(|attribute| match attribute {
        AttributeValue::Uid(uid) => Some(*uid),
        _ => None,
    })
}

fn description(response: &Response<'_>) -> Option<Described> {
    let uid = uid_of(response)?;
    let Response::Fetch(_, attributes) = response else { return None };
    let mut size = None;
    let mut received_at = None;
    for attribute in attributes {
        match attribute {
            AttributeValue::Rfc822Size(bytes) => size = Some(u64::from(*bytes)),
            AttributeValue::InternalDate(date) => received_at = internal_date(date),
            _ => {}
        }
    }
    Some(Described { uid: Uid::Number(uid), size: size?, received_at })
}

/// Parses an INTERNALDATE such as `" 7-Feb-2026 21:52:25 +0300"` (RFC 3501, date-time).
fn internal_date(text: &str) -> Option<Timestamp> {
    let zoned = jiff::fmt::strtime::parse("%d-%b-%Y %H:%M:%S %z", text.trim()).ok()?;
    zoned.to_timestamp().ok().map(Timestamp::from)
}

/// The UID and body bytes of a FETCH response; None if it holds none. Fails if they do not begin at `offset`.
fn slice<'a>(response: &'a Response<'_>, offset: u64) -> Result<Option<(Uid, &'a [u8])>, SourceError> {
    let (Some(uid), Response::Fetch(_, attributes)) = (uid_of(response), response) else { return Ok(None) };
    for attribute in attributes {
        if let AttributeValue::BodySection { section: None, index, data } = attribute {
            let data = data.as_deref().unwrap_or_default();
            // If the server ignores the range, the message's beginning would be stored as its end.
            if u64::from(index.unwrap_or(0)) != offset || data.len() as u64 > SLICE {
                return Err(SourceError::Protocol("the server sent another part of a message than asked".to_owned()));
            }
            return Ok(Some((Uid::Number(uid), data)));
        }
    }
    Ok(None)
}

#[cfg(test)]
mod tests {
    use super::internal_date;

    #[test]
    fn internal_dates() {
        let read = |text| internal_date(text).map(|at| at.to_string());
        assert_eq!(read(" 7-Feb-2026 21:52:25 +0300").as_deref(), Some("2026-02-07T18:52:25Z"));
        assert_eq!(read("17-Feb-2026 21:52:25 -0000").as_deref(), Some("2026-02-17T21:52:25Z"));
        assert_eq!(read("yesterday"), None);
    }
}
