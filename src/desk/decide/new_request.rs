//! New requests: numbered, acknowledged where that is safe, brought to engineers.

use crate::desk::deadlines::contract;
use crate::desk::language::{language_of, language_of_message};
use crate::desk::replay::apply;
use crate::desk::news::News;
use crate::desk::wording::{self, Brought};
use crate::model::policy::{AckLimits, AutomaticMail, Engineer, Needed, WithoutContract};
use crate::model::{
    Acknowledged, Actor, AutomaticSign, Change, Decision, Disposition, Draft, EmailAddress, Kind, Language, LetterKind,
    Participant, Request,
};

use super::customer::kind;
use super::drafts::{Writer, linked_back};
use super::intake::{self, Intake};
use super::{Case, kept};

/// Why a message is filed silently.
pub(super) const OLD_OR_AUTOMATIC: &str = "old or automatic mail";

/// Who opens a request, and for whom.
pub(super) struct Opening<'a> {
    /// Who opens it.
    pub who: Actor,
    /// What shows that.
    pub proof: &'a str,
    /// Who asks.
    pub requester: Option<Participant>,
    /// What about.
    pub subject: &'a str,
    /// In which words.
    pub words: &'a str,
    /// The kind that a tag names.
    pub kind: Option<Kind>,
    /// Whether an engineer registers what he was told by phone or chat.
    pub is_on_behalf: bool,
}

/// The request that the message of its sender opens.
pub(super) fn new_request(case: &Case<'_>) -> Decision {
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
    let requester = case.claims.sender.clone().map(|email| Participant {
        email,
        name: case.claims.sender_name.clone(),
        proven: false,
    });
    let opening = Opening {
        who: case.sender(),
        proof: "none",
        requester,
        subject: case.subject,
        words: &case.incoming.reply_text,
        kind: kind(case),
        is_on_behalf: false,
    };
    let (mut decision, intake) = open(case, &opening);
    decision.reasons.splice(0..0, reasons);
    if !is_brought(case) {
        decision.events.push(case.event(&case.facts.next_number, Actor::Maildesk, OLD_OR_AUTOMATIC, Change::Filed));
    }
    let mut request = decision.events.iter().fold(None, apply);
    let (assigned, turn) = request.as_ref().map_or((None, None), |request| intake.assign(case, case.desk, request));
    request = assigned.iter().fold(request, apply);
    decision.events.extend(assigned);
    decision.turns.extend(turn);
    if is_brought(case) {
        let (files, left_out) = case.files();
        let writer = Writer { desk: case.desk, request: request.as_ref(), keys: case.keys };
        let author = author_name(case);
        let words = &case.incoming.reply_text;
        let brought = Brought { author: &author, words, files: &files, left_out, ..Brought::default() };
        let assignee = request.as_ref().and_then(|request| request.assignee.clone());
        let news = |engineer: &Engineer| {
            let is_his = assignee.as_ref() == Some(&engineer.name);
            std::iter::once(News::Opened).chain(is_his.then_some(News::Assigned(None)))
        };
        let audience = writer.audience(None).into_iter();
        let told: Vec<_> = audience.flat_map(|engineer| news(engineer).map(move |news| (engineer, news))).collect();
        decision.letters.extend(writer.notifications(&told, brought));
    }
    if let Some(twin) = &case.facts.elsewhere {
        let why = format!("the same message is {} at another desk", twin.number);
        decision = linked(case, decision, twin, &why);
    }
    decision
}

/// Whether engineers are told of a new message: not of old mail, and of what robots write only where the mailbox says so.
pub(super) fn is_brought(case: &Case<'_>) -> bool {
    !case.is_older && (case.claims.automatic.is_empty() || case.automatic == AutomaticMail::Open)
}

/// How the author of a message is called before engineers.
pub(super) fn author_name(case: &Case<'_>) -> String {
    match (&case.claims.sender, case.claims.sender_name.as_str()) {
        (Some(sender), "") => sender.to_string(),
        (Some(sender), name) => format!("{name} <{sender}>"),
        (None, name) => name.to_owned(),
    }
}

/// The numbered request with its acknowledgement, and what the first look at it tells.
pub(super) fn open(case: &Case<'_>, opening: &Opening<'_>) -> (Decision, Intake) {
    let number = case.facts.next_number.clone();
    let language = case
        .desk
        .language
        .or_else(|| language_of_message(opening.subject, &case.incoming.reply_text))
        .or_else(|| language_of(&case.desk.name))
        .unwrap_or(Language::En);
    let change = Change::Opened { subject: opening.subject.to_owned(), language, requester: opening.requester.clone() };
    let opened = case.event(&number, opening.who.clone(), opening.proof, change);
    let request =
        Request::opened(number.clone(), opening.subject.to_owned(), language, opening.requester.clone(), case.now);
    let intake = intake::look(case, opening, &request);
    let (mut letters, mut reasons) = (Vec::new(), Vec::new());
    match acknowledgement(case, opening, &request, &intake.missing) {
        Ok(letter) => letters.push(letter),
        Err(why) => reasons.push(format!("not acknowledged: {why}")),
    }
    let decision = Decision {
        reasons,
        events: std::iter::once(opened).chain(intake.events.iter().cloned()).collect(),
        request: Some(number),
        letters,
        ..Decision::of(Disposition::Opened)
    };
    (decision, intake)
}

/// Ties a new request to another: inside only, the sender learns nothing of it.
pub(super) fn linked(case: &Case<'_>, mut decision: Decision, other: &Request, why: &str) -> Decision {
    if let (Disposition::Opened, Some(own)) = (decision.disposition, decision.request.clone()) {
        let other = &other.number;
        decision.reasons.push(format!("{why}: a request of its own, linked"));
        decision.events.push(case.event(&own, case.sender(), "none", linked_back(other)));
        decision.events.push(case.event(other, case.sender(), "none", linked_back(&own)));
    }
    decision
}

/// The letter with the number, or why there is none.
fn acknowledgement(
    case: &Case<'_>,
    opening: &Opening<'_>,
    request: &Request,
    missing: &[Needed],
) -> Result<Draft, String> {
    let to = &request.requester().ok_or("it names no sender that can be written to")?.email;
    if !opening.is_on_behalf {
        may_be_answered(case, to)?;
    }
    let contract = contract(case.desk, to);
    let is_listed = contract.is_some() || case.desk.customers.iter().any(|pattern| pattern.matches(to));
    let is_known = opening.is_on_behalf || case.facts.sender_proven || is_listed;
    let quoted = Some(opening.subject).filter(|subject| is_known && !subject.is_empty());
    let (desk, number, language) = (case.desk, &request.number, request.language);
    let is_without_contract = desk.without_contract == WithoutContract::Told && contract.is_none();
    let said = wording::acknowledgement(desk, language, number, &case.incoming.attachments, quoted);
    let writer = Writer { desk, request: Some(request), keys: case.keys };
    Ok(Draft {
        subject: wording::acknowledgement_subject(language, number, quoted),
        text: wording::with_requests(language, said, missing, is_without_contract),
        signature: wording::signature(desk, language),
        ..writer.draft(LetterKind::Acknowledgement, to, language)
    })
}

fn may_be_answered(case: &Case<'_>, to: &EmailAddress) -> Result<(), String> {
    if case.is_older {
        return Err("from before the mailbox's start mark".to_owned());
    }
    if !case.claims.automatic.is_empty() {
        return Err("automatic mail is never answered".to_owned());
    }
    if case.claims.is_own_sender {
        return Err(format!("{to} is an address of our own"));
    }
    if case.desk.outside_team_at(to).is_some() {
        return Err(format!(
            "{to} is an external team: two helpdesks would confirm each other's letters for ever"
        ));
    }
    if case.facts.sender_spammed {
        return Err("an earlier request of this sender was closed as spam".to_owned());
    }
    if !case.claims.is_addressed {
        let key = &case.desk.key;
        return Err(format!(
            "it names no address of desk {key} (if customers use another address, add it to desk.{key}.aliases)"
        ));
    }
    within(case.limits, case.facts.acknowledged)
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
