//! Judges how probes arrived: details, warnings, failures and suggested configuration. Pure, so that a table can test every
//! case.

use serde::Serialize;

use crate::cli::print;
use crate::model::policy::Desk;

use super::arrival::{Arrival, Results};
use crate::cli::check::advice::Advice;
use crate::cli::check::toml_lines::{ConfigLine, text};

/// Clocks that differ by more seconds get a warning: deadlines and shown times would be wrong.
const CLOCK_SKEW_WARNING: i64 = 120;

/// How a probe ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ProbeOutcome {
    /// The mail server did not accept it, for this reason.
    Refused(String),
    /// It was sent, and not found in time.
    Lost,
    /// It arrived.
    Arrived(Box<Arrival>),
}

/// How the probes of a desk ended.
#[derive(Clone, Debug, Serialize)]
pub struct Probed {
    /// Where they were searched for, in words.
    pub places: String,
    /// How long it was waited for them, in seconds.
    pub waited: u64,
    /// The probe to the desk's address.
    pub plain: ProbeOutcome,
    /// The plus address, and the probe to it.
    pub plus: (String, ProbeOutcome),
    /// The server in whose name `Authentication-Results` was forged, and the probe with it; None where no server's name is
    /// known.
    pub forged: Option<(String, ProbeOutcome)>,
    /// The probes that could not be removed, in words.
    pub left: Option<String>,
}

/// The settings of the mailbox in which the plain probe arrived.
#[derive(Clone, Copy, Debug)]
pub struct Configured<'a> {
    /// The mailbox.
    pub mailbox: &'a str,
    /// The server whose `Authentication-Results` it trusts, if any.
    pub authserv_id: Option<&'a str>,
}

/// Judges the probes of a desk.
pub fn verdict(desk: &Desk, configured: Configured<'_>, probed: &Probed) -> Advice {
    let mut advice = Advice::default();
    match &probed.plain {
        ProbeOutcome::Refused(why) => {
            advice.failures.push(format!("the test e-mail to {} was not sent: {why}", desk.address))
        }
        ProbeOutcome::Lost => {
            let (places, waited) = (&probed.places, probed.waited);
            let text = format!(
                "the test e-mail to {} was not found in {places} within {waited} s (--probe-wait)",
                desk.address
            );
            advice.failures.push(text);
        }
        ProbeOutcome::Arrived(arrival) => {
            arrived(&mut advice, desk, arrival, is_delivered(&probed.plus.1));
            senders(&mut advice, configured, arrival.results.as_ref(), probed);
        }
    }
    plus(&mut advice, desk, probed);
    if let Some(left) = &probed.left {
        advice.warnings.push(left.clone());
    } else if [&probed.plain, &probed.plus.1].iter().any(|outcome| matches!(outcome, ProbeOutcome::Arrived(_))) {
        advice.details.push("the test e-mails that were found are removed again".to_owned());
    }
    advice
}

/// Whether a probe arrived where maildesk reads it.
fn is_delivered(outcome: &ProbeOutcome) -> bool {
    matches!(outcome, ProbeOutcome::Arrived(arrival) if arrival.is_read)
}

fn arrived(advice: &mut Advice, desk: &Desk, arrival: &Arrival, has_plus: bool) {
    let Arrival { folder, mailbox, .. } = arrival;
    let took = if arrival.seconds < 2 { "at once".to_owned() } else { format!("after {} s", arrival.seconds) };
    let text = format!("the test e-mail to {} arrived {took} in folder {folder} of mailbox {mailbox}", desk.address);
    if arrival.is_read {
        advice.details.push(text);
    } else {
        advice.failures.push(format!("{text}, which maildesk does not read"));
    }
    if arrival.kept_message_id {
        let follows = "the Message-ID is kept: by it answers are recognised, and engineers proven";
        advice.details.push(follows.to_owned());
    } else {
        let otherwise =
            if has_plus { "plus_addresses = true helps" } else { "see \"Who is believed\" in docs/trust.md" };
        advice.warnings.push(format!(
            "a server has rewritten the Message-ID: answers to our e-mails do not prove which engineer wrote them; {otherwise}"
        ));
    }
    let off: Vec<_> = arrival.clocks.iter().filter(|clock| clock.ahead.abs() > CLOCK_SKEW_WARNING).collect();
    for clock in &off {
        let (by, side) = (clock.ahead.abs() / 60, if clock.ahead > 0 { "ahead of" } else { "behind" });
        let by = print::count(by.unsigned_abs(), "minute");
        advice.warnings.push(format!("{} clock is {by} {side} this machine's: one of them is wrong", clock.whose));
    }
    match (arrival.clocks.is_empty(), off.is_empty()) {
        (true, _) => advice.details.push("clocks were not compared: no server added a time stamp".to_owned()),
        (false, true) => advice.details.push("the clocks of the servers and of this machine agree".to_owned()),
        (false, false) => {}
    }
}

fn plus(advice: &mut Advice, desk: &Desk, probed: &Probed) {
    let (address, outcome) = &probed.plus;
    let line =
        |value: bool, why: String| ConfigLine::new("desk", desk.key.as_str(), format!("plus_addresses = {value}"), why);
    let problem = match outcome {
        ProbeOutcome::Arrived(arrival) if arrival.is_read => {
            advice.details.push(format!("mail to {address} arrives as well"));
            if !desk.plus_addresses {
                advice.config.push(line(true, format!("mail to {address} arrives")));
            }
            return;
        }
        ProbeOutcome::Arrived(arrival) => {
            format!("mail to {address} goes to folder {}, which maildesk does not read", arrival.folder)
        }
        ProbeOutcome::Refused(why) => format!("mail to {address} is refused: {why}"),
        ProbeOutcome::Lost => format!("mail to {address} did not arrive within {} s", probed.waited),
    };
    if desk.plus_addresses {
        advice.failures.push(format!("{problem}; engineers' answers are lost while plus_addresses = true"));
        advice.config.push(line(false, format!("mail to {address} does not arrive where maildesk reads")));
    } else {
        advice.details.push(format!("{problem}: plus_addresses stays false"));
    }
}

/// Judges whether the server's `Authentication-Results` can be trusted.
fn senders(advice: &mut Advice, configured: Configured<'_>, own: Option<&Results>, probed: &Probed) {
    match own {
        None => {
            let text = "no server added Authentication-Results, so none can confirm senders here";
            advice.details.push(text.to_owned());
        }
        Some(Results { authserv_id, findings }) => {
            let findings = if findings.is_empty() { "nothing".to_owned() } else { findings.join(" ") };
            advice.details.push(format!("{authserv_id} adds Authentication-Results: {findings}"));
            if let Some(other) = configured.authserv_id.filter(|known| !known.eq_ignore_ascii_case(authserv_id)) {
                advice
                    .warnings
                    .push(format!("authserv_id = {} is not the name that the server gives itself", text(other)));
            }
        }
    }
    let Some((server, outcome)) = &probed.forged else { return };
    let survived = match outcome {
        ProbeOutcome::Arrived(arrival) => arrival.forged_survived,
        ProbeOutcome::Refused(_) | ProbeOutcome::Lost => None,
    };
    let is_set = configured.authserv_id.is_some_and(|known| known.eq_ignore_ascii_case(server));
    let line = |line, why: &str| ConfigLine::new("mailbox", configured.mailbox, line, why);
    match survived {
        Some(true) => {
            let text = format!(
                "a forged Authentication-Results in the name of {server} was not removed: anybody could pose as any engineer"
            );
            if is_set {
                advice.failures.push(format!("{text}; remove authserv_id at once"));
                let why = "remove authserv_id: forged fields in the server's name are not removed";
                advice.config.push(line(format!("#authserv_id = {}", self::text(server)), why));
            } else {
                advice.warnings.push(format!("{text}; do NOT set authserv_id = {}", self::text(server)));
            }
        }
        Some(false) => {
            advice.details.push(format!(
                "a forged Authentication-Results in the name of {server} was removed; mail from outside may come by another \
                 route: test that too before you rely on it"
            ));
            let judges = own.is_some_and(|own| {
                own.authserv_id == *server && own.findings.iter().any(|f| f.starts_with("dmarc=") || f.starts_with("dkim="))
            });
            if judges && configured.authserv_id.is_none() {
                let why = "forged fields are removed from mail of the desk itself; first test it with mail from outside";
                advice.config.push(line(format!("authserv_id = {}", self::text(server)), why));
            }
        }
        None => advice.warnings.push(format!(
            "whether a forged Authentication-Results in the name of {server} is removed is not known: its test e-mail was not found"
        )),
    }
}
