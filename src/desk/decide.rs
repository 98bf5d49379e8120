//! What follows from a message: its disposition, the changes, the letters.

use crate::model::policy::{AckLimits, AutomaticMail, Desk};
use crate::model::{
    Acknowledged, Action, Actor, AutomaticSign, Change, Decision, DeliveryReport, Disposition, Draft, Event, Facts,
    Incoming, Language, LetterKind, NamedAddress, Participant, ReceivedId, ReportedLetter, Request, RequestNumber,
    Timestamp,
};

use super::language::{language_of, language_of_message};
use super::understand::{Belonging, Claims, Spam, belonging};
use super::wording;

/// One message with all that is known about it.
#[derive(Clone, Copy, Debug)]
pub struct Case<'a> {
    /// Which message it is.
    pub received: ReceivedId,
    /// What it says.
    pub incoming: &'a Incoming,
    /// What it claims.
    pub claims: &'a Claims,
    /// Its subject without our references, fit to be quoted.
    pub subject: &'a str,
    /// What the store knows.
    pub facts: &'a Facts,
    /// The desk it came to.
    pub desk: &'a Desk,
    /// What its mailbox does with automatic mail that belongs to no request.
    pub automatic: AutomaticMail,
    /// It is from before the mailbox's start mark: filed, and nobody is written to.
    pub is_older: bool,
    /// The caps on acknowledgements.
    pub limits: AckLimits,
    /// Now.
    pub now: Timestamp,
}

/// Decides what becomes of a message. Every message gets exactly one disposition, with its reasons.
pub fn decide(case: &Case<'_>) -> Decision {
    if case.claims.is_own_letter {
        return kept(Disposition::Ignored, "our own letter came back");
    }
    if let Some(earlier) = case.facts.duplicate_of {
        let reason = format!("the same Message-ID and content as message {earlier}");
        return kept(Disposition::Duplicate, &reason);
    }
    if let Some(report) = &case.incoming.report {
        return delivery_report(case, report);
    }
    let belonging = belonging(case.claims, case.facts);
    let mut decision = match (&case.claims.spam, belonging) {
        (Some(Spam::Blocked(why)), _) => return kept(Disposition::Ignored, why),
        // A filter's mark does not outweigh the answer to a letter of ours.
        (_, Belonging::Participant { request, signed: true, proof }) => append(case, &request, true, proof),
        (Some(Spam::Marked(why)), _) => return kept(Disposition::Ignored, why),
        (None, Belonging::Participant { request, signed, proof }) => append(case, &request, signed, proof),
        (None, Belonging::Outside(request)) => append_from_outside(case, &request),
        (None, Belonging::Stranger(request)) => {
            let why = format!("quotes {}, whose participant the sender is not", request.number);
            linked(case, new_request(case), &request, &why)
        }
        (None, Belonging::New) => new_request(case),
    };
    if let (Disposition::Opened, Some(twin)) = (decision.disposition, &case.facts.elsewhere) {
        let why = format!("the same message is {} at another desk", twin.number);
        decision = linked(case, decision, twin, &why);
    }
    if let Some(other) = case.facts.same_id_as {
        decision.reasons.push(format!("warning: message {other} has the same Message-ID but other content"));
    }
    decision
}

/// A decision without effect on any request.
fn kept(disposition: Disposition, reason: &str) -> Decision {
    Decision { reasons: vec![reason.to_owned()], ..Decision::of(disposition) }
}

impl Case<'_> {
    fn event(&self, request: &RequestNumber, proof: &str, change: Change) -> Event {
        Event {
            request: request.clone(),
            at: self.now,
            who: self.claims.sender.clone().map_or(Actor::Unknown, Actor::Person),
            proof: proof.to_owned(),
            received: Some(self.received),
            change,
        }
    }
}

fn append(case: &Case<'_>, request: &Request, signed: bool, proof: &str) -> Decision {
    let number = &request.number;
    let mut reasons = vec![format!("belongs to {number}: {proof}")];
    let mut events = Vec::new();
    match case.claims.automatic.first() {
        Some(sign) => {
            reasons.push(format!("automatic ({sign}): kept, without effect"));
            events.push(case.event(number, proof, Change::AppendedAutomatic));
        }
        None => {
            events.push(case.event(number, proof, Change::Appended));
            let unproven = case.claims.sender.as_ref().and_then(|s| request.participant(s)).filter(|p| !p.proven);
            if let (true, Some(participant)) = (signed, unproven) {
                let change = Change::Proven { participant: participant.email.clone() };
                events.push(case.event(number, proof, change));
            }
        }
    }
    Decision { request: Some(number.clone()), reasons, events, ..Decision::of(Disposition::Appended) }
}

fn append_from_outside(case: &Case<'_>, request: &Request) -> Decision {
    let number = &request.number;
    let (change, reason) = match case.claims.automatic.first() {
        Some(sign) => (Change::AppendedAutomatic, format!("automatic ({sign}): kept, without effect")),
        None => (Change::AppendedFromOutside, "its sender is no participant: from outside, not answered".to_owned()),
    };
    let proof = "signed thread";
    Decision {
        request: Some(number.clone()),
        reasons: vec![format!("belongs to {number}: {proof}"), reason],
        events: vec![case.event(number, proof, change)],
        ..Decision::of(Disposition::Appended)
    }
}

fn new_request(case: &Case<'_>) -> Decision {
    let mut reasons = Vec::new();
    if case.facts.quoted.is_none() {
        reasons.push("it answers nothing of ours and quotes no number of ours".to_owned());
    }
    if let Some(sign) = case.claims.automatic.first() {
        reasons.push(format!("automatic: {sign}"));
        if case.claims.automatic.iter().any(AutomaticSign::is_reply) {
            return kept(Disposition::Ignored, &format!("automatic ({sign}), an answer to nothing of ours"));
        }
        if case.automatic == AutomaticMail::Ignore {
            return kept(Disposition::Ignored, &format!("automatic ({sign}); the mailbox ignores such mail"));
        }
    }
    let number = case.facts.next_number.clone();
    let language = case
        .desk
        .language
        .or_else(|| language_of_message(case.subject, &case.incoming.reply_text))
        .or_else(|| language_of(&case.desk.name))
        .unwrap_or(Language::En);
    let requester = case.claims.sender.clone().map(|email| Participant {
        email,
        name: case.claims.sender_name.clone(),
        proven: false,
    });
    let opened = Change::Opened { subject: case.subject.to_owned(), language, requester };
    let mut letters = Vec::new();
    match acknowledgement(case, &number, language) {
        Ok(letter) => letters.push(letter),
        Err(why) => reasons.push(format!("not acknowledged: {why}")),
    }
    Decision {
        reasons,
        events: vec![case.event(&number, "none", opened)],
        request: Some(number),
        letters,
        ..Decision::of(Disposition::Opened)
    }
}

/// Ties a new request to another: inside only, the sender learns nothing of it.
fn linked(case: &Case<'_>, mut decision: Decision, other: &Request, why: &str) -> Decision {
    if let Some(own) = decision.request.clone() {
        let other = &other.number;
        decision.reasons.push(format!("{why}: a request of its own, linked"));
        decision.events.push(case.event(&own, "none", Change::Linked { to: other.clone() }));
        decision.events.push(case.event(other, "none", Change::Linked { to: own }));
    }
    decision
}

/// The letter with the number, or why there is none.
fn acknowledgement(case: &Case<'_>, number: &RequestNumber, language: Language) -> Result<Draft, String> {
    if case.is_older {
        return Err("from before the mailbox's start mark".to_owned());
    }
    if !case.claims.automatic.is_empty() {
        return Err("automatic mail is never answered".to_owned());
    }
    let to = case.claims.sender.clone().ok_or("it names no sender that can be written to")?;
    if case.claims.is_own_sender {
        return Err(format!("{to} is an address of our own"));
    }
    if !case.claims.is_addressed {
        let desk = case.desk;
        return Err(format!(
            "it names no address of desk {} (if customers use another address, add it to desk.{}.aliases)",
            desk.key, desk.key
        ));
    }
    within(case.limits, case.facts.acknowledged)?;
    let is_known = case.facts.sender_proven || case.desk.customers.iter().any(|pattern| pattern.matches(&to));
    let quoted = Some(case.subject).filter(|subject| is_known && !subject.is_empty());
    Ok(Draft {
        kind: LetterKind::Acknowledgement,
        request: Some(number.clone()),
        from: NamedAddress { name: case.desk.name.clone(), address: case.desk.address.to_string() },
        to,
        subject: wording::acknowledgement_subject(language, number, quoted),
        text: wording::acknowledgement(language, number, &case.incoming.attachments),
        language,
        engineer: None,
        links: Vec::new(),
        signature: wording::signature(case.desk),
        files: Vec::new(),
        grace: 0,
        automatic: true,
    })
}

/// Holds the counts against the caps.
fn within(limits: AckLimits, written: Acknowledged) -> Result<(), String> {
    let caps = [
        (written.sender_ten_minutes, limits.sender_ten_minutes, "to this sender within ten minutes"),
        (written.sender_hour, limits.sender_hour, "to this sender within an hour"),
        (written.sender_day, limits.sender_day, "to this sender within a day"),
        (written.sender_subject_day, limits.sender_subject_day, "to this sender about this subject within a day"),
        (written.domain_hour, limits.domain_hour, "to this domain within an hour"),
        (written.all_hour, limits.all_hour, "to everybody within an hour"),
    ];
    match caps.into_iter().find(|(count, cap, _)| count >= cap) {
        Some((count, _, scope)) => Err(format!("cap reached: {count} acknowledgements {scope}")),
        None => Ok(()),
    }
}

fn delivery_report(case: &Case<'_>, report: &DeliveryReport) -> Decision {
    let Some(letter) = &case.facts.reported else {
        return kept(Disposition::Report, "a delivery report about no letter of ours");
    };
    let number = &letter.request.number;
    let failed = report.recipients.iter().find(|r| r.action == Action::Failed);
    let (reason, change) = match (failed, report.recipients.first()) {
        (Some(recipient), _) => {
            let why = format!("{} {}", recipient.status, recipient.diagnostic).trim().to_owned();
            (format!("letter {} did not reach {}: {why}", letter.id, letter.to), letter_failed(letter, why))
        }
        (None, Some(recipient)) => {
            (format!("letter {} to {}: {:?}", letter.id, letter.to, recipient.action), Change::AppendedAutomatic)
        }
        (None, None) => {
            let why = "returned without a status".to_owned();
            (format!("letter {} to {} came back", letter.id, letter.to), letter_failed(letter, why))
        }
    };
    Decision {
        request: Some(number.clone()),
        reasons: vec![reason],
        events: vec![case.event(number, "our signed Message-ID in the report", change)],
        ..Decision::of(Disposition::Report)
    }
}

fn letter_failed(letter: &ReportedLetter, why: String) -> Change {
    Change::LetterFailed { letter: letter.id, to: letter.to.clone(), why }
}
