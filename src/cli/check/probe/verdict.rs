//! What follows from what became of the probes: pure, so that every case stands in a table.

use serde::Serialize;

use crate::cli::print;
use crate::model::policy::Desk;

use super::arrival::{Arrival, Results};
use crate::cli::check::advice::Advice;
use crate::cli::check::toml_lines::{ConfigLine, text};

/// Clocks that differ by more seconds make deadlines and times wrong.
const SKEW: i64 = 120;

/// What became of a letter.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ProbeOutcome {
    /// The mail server did not take it, and says why.
    Refused(String),
    /// It was not found in time.
    Lost,
    /// It came.
    Arrived(Box<Arrival>),
}

/// What became of the letters of a desk.
#[derive(Clone, Debug, Serialize)]
pub struct Probed {
    /// Where they were looked for, in words.
    pub places: String,
    /// How long, in seconds.
    pub waited: u64,
    /// The letter to the desk's address.
    pub plain: ProbeOutcome,
    /// The one to an address with a plus, which it also names.
    pub plus: (String, ProbeOutcome),
    /// The server in whose name fields were forged, as configured or as seen, and what became of the letter with that.
    pub forged: Option<(String, ProbeOutcome)>,
    /// What could not be taken away again, in words.
    pub left: Option<String>,
}

/// The mailbox that a plain letter ends in, as far as it is configured.
#[derive(Clone, Copy, Debug)]
pub struct Configured<'a> {
    /// The mailbox.
    pub mailbox: &'a str,
    /// Whose `Authentication-Results` it believes.
    pub authserv_id: Option<&'a str>,
}

/// What is said of a desk's probes.
pub fn verdict(desk: &Desk, configured: Configured<'_>, probed: &Probed) -> Advice {
    let mut advice = Advice::default();
    match &probed.plain {
        ProbeOutcome::Refused(why) => advice.failures.push(format!("the letter to {} was not sent: {why}", desk.address)),
        ProbeOutcome::Lost => {
            let (places, waited) = (&probed.places, probed.waited);
            let text =
                format!("the letter to {} was not found in {places} within {waited} s (--probe-wait)", desk.address);
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
        advice.details.push("the probes that were found are removed again".to_owned());
    }
    advice
}

/// Whether a letter ended where maildesk reads it.
fn is_delivered(outcome: &ProbeOutcome) -> bool {
    matches!(outcome, ProbeOutcome::Arrived(arrival) if arrival.is_read)
}

fn arrived(advice: &mut Advice, desk: &Desk, arrival: &Arrival, has_plus: bool) {
    let Arrival { folder, mailbox, .. } = arrival;
    let took = if arrival.seconds < 2 { "at once".to_owned() } else { format!("after {} s", arrival.seconds) };
    let text = format!("the letter to {} came {took}, to folder {folder} of mailbox {mailbox}", desk.address);
    if arrival.is_read {
        advice.details.push(text);
    } else {
        advice.failures.push(format!("{text}, which maildesk does not read"));
    }
    if arrival.kept_message_id {
        let follows = "the Message-ID is kept: answers are known by it, and prove which engineer wrote them";
        advice.details.push(follows.to_owned());
    } else {
        let otherwise =
            if has_plus { "with plus_addresses = true they do" } else { "see \"Who may steer\" in README.md" };
        advice.warnings.push(format!(
            "the Message-ID was rewritten on the way: answers to our letters do not prove which engineer wrote them; {otherwise}"
        ));
    }
    let off: Vec<_> = arrival.clocks.iter().filter(|clock| clock.ahead.abs() > SKEW).collect();
    for clock in &off {
        let (by, side) = (clock.ahead.abs() / 60, if clock.ahead > 0 { "ahead of" } else { "behind" });
        let by = print::count(by.unsigned_abs(), "minute");
        advice.warnings.push(format!("{} clock is {by} {side} this machine's: one of them is wrong", clock.whose));
    }
    match (arrival.clocks.is_empty(), off.is_empty()) {
        (true, _) => advice.details.push("clocks were not measured: no server stamped the letter".to_owned()),
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
            advice.details.push(format!("mail to {address} arrives, too"));
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
        advice.failures.push(format!("{problem}; engineers' answers go astray while plus_addresses = true"));
        advice.config.push(line(false, format!("mail to {address} does not arrive where maildesk reads")));
    } else {
        advice.details.push(format!("{problem}: plus_addresses stays false"));
    }
}

/// What is said of who vouches for senders.
fn senders(advice: &mut Advice, configured: Configured<'_>, own: Option<&Results>, probed: &Probed) {
    match own {
        None => {
            let text = "no server added Authentication-Results on this way, so none can vouch for senders here";
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
                "a forged Authentication-Results in the name of {server} came through: whoever writes one may be every engineer"
            );
            if is_set {
                advice.failures.push(format!("{text}; take authserv_id out at once"));
                let why = "remove authserv_id: what others write in the server's name comes through";
                advice.config.push(line(format!("#authserv_id = {}", self::text(server)), why));
            } else {
                advice.warnings.push(format!("{text}; do NOT set authserv_id = {}", self::text(server)));
            }
        }
        Some(false) => {
            advice.details.push(format!(
                "a forged Authentication-Results in the name of {server} was removed; mail from outside may take another way: \
                 try that, too, before you rely on it"
            ));
            let judges = own.is_some_and(|own| {
                own.authserv_id == *server && own.findings.iter().any(|f| f.starts_with("dmarc=") || f.starts_with("dkim="))
            });
            if judges && configured.authserv_id.is_none() {
                let why = "forged fields are removed on the desk's own way; first try it with a mail from outside";
                advice.config.push(line(format!("authserv_id = {}", self::text(server)), why));
            }
        }
        None => advice.warnings.push(format!(
            "whether a forged Authentication-Results in the name of {server} comes through is not known: its letter was not found"
        )),
    }
}
