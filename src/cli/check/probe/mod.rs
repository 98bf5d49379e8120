//! `check --connect --probe`: sends test e-mails (probes) from a desk to itself, and looks for them by IMAP.
//!
//! The daemon may be running meanwhile: it recognises probes by a header, and files them as ignored.

mod arrival;
mod letter;
mod seek;
mod verdict;

#[cfg(test)]
mod tests;

use std::time::Duration;

use serde_json::json;
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::time::{Instant, sleep, timeout};

use crate::model::policy::Desk;
use crate::model::settings::{Settings, SmtpSettings, SourceSettings, TransportKind};
use crate::model::{EmailAddress, Timestamp};
use crate::smtp;

use self::arrival::{Arrival, ProbeTimes};
use self::letter::ProbeLetter;
use self::seek::ProbedMailbox;
use self::verdict::{Configured, ProbeOutcome, Probed};
use super::progress::WaitingProgress;
use super::{Finding, connect, now};

/// The pause between two searches of the mailboxes.
const PAUSE: Duration = Duration::from_secs(1);

/// How often removing is tried: the daemon may move a probe at the same time.
const MOST_ROUNDS: usize = 4;

/// Time limits.
#[derive(Clone, Copy, Debug)]
pub struct Patience {
    /// For one step with one server.
    pub step: Duration,
    /// For a probe to arrive.
    pub arrival: Duration,
}

/// A probe, when it was handed to the mail server, and how it ended.
struct Sent {
    letter: ProbeLetter,
    at: Timestamp,
    outcome: ProbeOutcome,
}

/// Sends a desk's probes, waits for them, judges how they arrived, and removes them.
pub async fn probe(settings: &Settings, desk: &Desk, patience: Patience, progress: &WaitingProgress) -> Finding {
    let what = format!("probe of desk {} <{}>", desk.key, desk.address);
    let (smtp, mut places) = match route(settings, desk, patience.step) {
        Ok(route) => route,
        Err(why) => return Finding::fine(what, vec![why]),
    };
    let awaited = format!("probes of {} (at most {} s)", desk.key, patience.arrival.as_secs());
    let interrupts = signal(SignalKind::interrupt()).ok();
    let desk_probe = DeskProbe { desk, smtp, patience, interrupts, interrupted: false };
    progress.during(&awaited, desk_probe.run(what, &mut places)).await
}

/// The transport that sends a desk's probes, and the mailboxes where they may arrive; an error says why the desk cannot be
/// probed.
fn route<'a>(
    settings: &'a Settings,
    desk: &Desk,
    step: Duration,
) -> Result<(&'a SmtpSettings, Vec<ProbedMailbox<'a>>), String> {
    let transport = settings.transports.iter().find(|transport| transport.name == desk.transport);
    let Some(TransportKind::Smtp(smtp)) = transport.map(|transport| &transport.kind) else {
        return Err("not probed: its e-mails are written to files and not sent".to_owned());
    };
    let places: Vec<ProbedMailbox<'_>> = settings
        .mailboxes
        .iter()
        .filter(|mailbox| mailbox.desk == desk.key)
        .filter_map(|mailbox| match &mailbox.source {
            SourceSettings::Imap(imap) => Some(ProbedMailbox::new(mailbox, imap, step)),
            SourceSettings::Maildir(_) | SourceSettings::Pipe => None,
        })
        .collect();
    if places.is_empty() {
        Err("not probed: none of its mailboxes is on an IMAP server".to_owned())
    } else {
        Ok((smtp, places))
    }
}

/// The probes of one desk.
struct DeskProbe<'a> {
    desk: &'a Desk,
    smtp: &'a SmtpSettings,
    patience: Patience,
    /// Ctrl-C ends the waiting; probes are removed all the same. None where signals cannot be received.
    interrupts: Option<Signal>,
    interrupted: bool,
}

impl DeskProbe<'_> {
    async fn run(mut self, what: String, places: &mut [ProbedMailbox<'_>]) -> Finding {
        for place in places.iter_mut() {
            // A probe is only sent if it can be removed.
            if let Err(why) = place.connect().await {
                return Finding::failed(what, format!("not probed: mailbox {}: {why}", place.mailbox.name));
            }
        }
        let probed = match self.exchange(places).await {
            Ok(probed) => probed,
            Err(error) => return Finding::failed(what, format!("not probed: no random numbers: {error}")),
        };
        let ended = match &probed.plain {
            ProbeOutcome::Arrived(arrival) => places.iter().find(|place| place.mailbox.name == arrival.mailbox),
            ProbeOutcome::Refused(_) | ProbeOutcome::Lost => None,
        };
        let mailbox = ended.unwrap_or(&places[0]).mailbox;
        let configured = Configured { mailbox: &mailbox.name, authserv_id: mailbox.authserv_id.as_deref() };
        let advice = verdict::verdict(self.desk, configured, &probed);
        Finding { facts: Some(json!(probed)), ..advice.finding(what) }
    }

    /// Sends the probes, waits for them and removes them.
    async fn exchange(&mut self, places: &mut [ProbedMailbox<'_>]) -> Result<Probed, getrandom::Error> {
        let known = places.iter().find_map(|place| place.mailbox.authserv_id.clone());
        let (address, plus) = (self.desk.address.clone(), self.plus_address());
        let further = self.letter(address.clone(), None)?;
        let letters = vec![self.letter(address, known.clone())?, self.letter(plus.clone(), None)?];
        let mut sent = self.send(letters).await;
        let began = Instant::now();
        self.wait_for(&mut sent, places).await;
        let waited = if self.interrupted { began.elapsed() } else { self.patience.arrival };
        let mut forged = known.map(|server| (server, 0));
        // The server's own name is known only now: one more probe forges results in that name.
        let is_tried = |server: &String| forged.as_ref().is_some_and(|(known, _)| known.eq_ignore_ascii_case(server));
        let untried = server_of(&sent[0].outcome).filter(|server| is_name(server) && !is_tried(server));
        if let Some(server) = untried.filter(|_| !self.interrupted) {
            forged = Some((server.clone(), sent.len()));
            sent.extend(self.send(vec![ProbeLetter { forged: Some(server), ..further }]).await);
            self.wait_for(&mut sent, places).await;
        }
        let left = remove(&sent, places).await;
        Ok(Probed {
            places: places.iter().map(ProbedMailbox::words).collect::<Vec<_>>().join(" and "),
            waited: waited.as_secs(),
            plain: sent[0].outcome.clone(),
            plus: (plus.to_string(), sent[1].outcome.clone()),
            forged: forged.map(|(server, index)| (server, sent[index].outcome.clone())),
            left,
        })
    }

    /// The desk's address with `+probe`; without it where that would be too long for an address.
    fn plus_address(&self) -> EmailAddress {
        let address = self.desk.address.without_tag();
        let tagged = EmailAddress::parse(&format!("{}+probe@{}", address.local(), address.domain()));
        tagged.unwrap_or(address)
    }

    fn letter(&self, to: EmailAddress, forged: Option<String>) -> Result<ProbeLetter, getrandom::Error> {
        let mut random = [0; 16];
        getrandom::fill(&mut random)?;
        let id = random.iter().map(|byte| format!("{byte:02x}")).collect();
        Ok(ProbeLetter { id, from: self.desk.address.clone(), to, forged })
    }

    /// Hands probes to the mail server. Those that it did not accept are `Refused`, with the reason; the others `Lost` until
    /// found.
    async fn send(&self, letters: Vec<ProbeLetter>) -> Vec<Sent> {
        let mut sent = Vec::with_capacity(letters.len());
        for letter in letters {
            let at = now();
            let outcome = match timeout(self.patience.step, self.send_one(&letter, at)).await {
                Ok(Ok(())) => ProbeOutcome::Lost,
                Ok(Err(error)) => ProbeOutcome::Refused(error.to_string()),
                Err(_) => ProbeOutcome::Refused(connect::too_slow(self.patience.step)),
            };
            sent.push(Sent { letter, at, outcome });
        }
        sent
    }

    async fn send_one(&self, letter: &ProbeLetter, at: Timestamp) -> Result<(), smtp::SendError> {
        let bytes = letter.bytes(at);
        let mut connection = smtp::connect(self.smtp).await?;
        let outcome = match connection.envelope(&letter.from, &letter.to, bytes.len() as u64).await {
            Ok(()) => connection.body(&bytes).await.map(|_| ()),
            Err(refusal) => Err(refusal),
        };
        connection.quit().await;
        outcome
    }

    /// Searches the mailboxes until every probe was found or the time limit is reached.
    async fn wait_for(&mut self, sent: &mut [Sent], places: &mut [ProbedMailbox<'_>]) {
        let deadline = Instant::now() + self.patience.arrival;
        loop {
            for place in places.iter_mut() {
                look(place, sent).await;
            }
            let is_over = sent.iter().all(|sent| sent.outcome != ProbeOutcome::Lost) || Instant::now() >= deadline;
            if is_over || self.is_interrupted_during(PAUSE).await {
                return;
            }
        }
    }

    async fn is_interrupted_during(&mut self, pause: Duration) -> bool {
        match &mut self.interrupts {
            Some(interrupts) => self.interrupted = timeout(pause, interrupts.recv()).await.is_ok(),
            None => sleep(pause).await,
        }
        self.interrupted
    }
}

/// Searches a mailbox for probes that have not been found yet.
async fn look(place: &mut ProbedMailbox<'_>, sent: &mut [Sent]) {
    let awaited = sent.iter().filter(|sent| sent.outcome == ProbeOutcome::Lost).map(|sent| sent.letter.id.clone());
    for found in place.look(&awaited.collect::<Vec<_>>()).await {
        let Some(id) = arrival::id(&found.header) else { continue };
        let Some(sent) = sent.iter_mut().find(|sent| sent.letter.id == id) else { continue };
        let times = ProbeTimes { sent: sent.at, found: now(), received: found.received_at };
        let arrival = Arrival::read(&sent.letter, &found.header, times);
        let (mailbox, is_read) = (place.mailbox.name.clone(), place.is_read(&found.folder));
        sent.outcome = ProbeOutcome::Arrived(Box::new(Arrival { mailbox, folder: found.folder, is_read, ..arrival }));
    }
}

/// Removes all probes that can be found; answers in words what stays or may still arrive, None where nothing does.
async fn remove(sent: &[Sent], places: &mut [ProbedMailbox<'_>]) -> Option<String> {
    let ids: Vec<String> = sent.iter().map(|sent| sent.letter.id.clone()).collect();
    let mut left = Vec::new();
    for place in places {
        let mut outcome = Ok(());
        for _ in 0..MOST_ROUNDS {
            let found = place.look(&ids).await;
            outcome = place.remove(&found).await;
            // A failure, such as a folder that changes meanwhile, may not happen again in the next round.
            if found.is_empty() && outcome.is_ok() {
                break;
            }
            outcome = outcome.and_then(|()| Err("they reappeared after they were removed".to_owned()));
        }
        if let Err(why) = outcome {
            left.push(format!("probes stay in mailbox {}: {why}", place.mailbox.name));
        }
        place.close().await;
    }
    if sent.iter().any(|sent| sent.outcome == ProbeOutcome::Lost) {
        left.push("a probe that arrives later stays there".to_owned());
    }
    let note = "; maildesk ignores probes, and you may delete them (subject: maildesk probe)";
    (!left.is_empty()).then(|| left.join("; ") + note)
}

/// The server whose `Authentication-Results` an arrived probe has.
fn server_of(outcome: &ProbeOutcome) -> Option<String> {
    match outcome {
        ProbeOutcome::Arrived(arrival) => arrival.results.as_ref().map(|results| results.authserv_id.clone()),
        ProbeOutcome::Refused(_) | ProbeOutcome::Lost => None,
    }
}

/// Whether a server's name can be written into a header without quoting.
fn is_name(server: &str) -> bool {
    server.len() <= 253 && server.bytes().all(|b| b.is_ascii_alphanumeric() || b".-_".contains(&b))
}
