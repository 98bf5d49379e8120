//! Opens new requests: numbers them, acknowledges them where that is safe, and tells engineers.

use crate::desk::calendar::local;
use crate::desk::deadlines::{contract, deadlines};
use crate::desk::language::{language_of, language_of_message};
use crate::desk::news::{Linking, News};
use crate::desk::revision::Revision;
use crate::desk::wording::{self, Brought};
use crate::model::policy::{AutomaticMail, Engineer, Needed, WithoutContract};
use crate::model::{
    Actor, Audience, AutomaticSign, Change, Decision, Disposition, Draft, Effect, EmailAddress, Entry, Language,
    LetterKind, Participant, Reading, Request, RequestNumber, Tally,
};

use super::alerts;
use super::caps::{self, Capped, Clearance};
use super::case::{Case, kept};
use super::drafts::Drafter;
use super::flood;
use super::in_copy::in_copy;
use super::in_own_name;
use super::intake::{self, Intake, Opening};
use super::reading::requester_kind;

/// The reason given for filing a message silently.
pub(super) const OLD_OR_AUTOMATIC: &str = "old or automatic mail";

/// A request that was just opened.
pub(super) struct Opened {
    /// The request with its events.
    pub revision: Revision,
    /// What the requester is told.
    pub acknowledgement: Acknowledgement,
    /// What was found in the request.
    pub intake: Intake,
}

/// What tells a requester their number.
#[derive(Default)]
pub(super) struct Acknowledgement {
    /// The letter; `None` where it is not safe to write to the requester.
    pub letter: Option<Draft>,
    /// Why there is none, or why it waits.
    pub reason: Option<String>,
    /// What is counted, so that caps can be held against it.
    pub tallies: Vec<Tally>,
    /// What engineers are told of it.
    pub news: Option<News>,
}

impl Acknowledgement {
    fn none(why: String) -> Self {
        Self { reason: Some(format!("not acknowledged: {why}")), ..Self::default() }
    }
}

/// Opens a request of the message's sender, or adds the message to that of a flood.
pub(super) fn new_request(case: &Case<'_>) -> Decision {
    new_linked_request(case, None)
}

/// The same, where the new request is linked with another one, for this reason. Its requester learns nothing of that.
pub(super) fn new_linked_request(case: &Case<'_>, link: Option<(&Request, Linking)>) -> Decision {
    let mut reasons = Vec::new();
    if case.basis.facts.thread.quoted.is_none() {
        reasons.push("it answers nothing of ours and quotes no number of ours".to_owned());
    }
    if let Some(sign) = case.understanding.automatic.first() {
        reasons.push(format!("automatic: {sign}"));
        if case.understanding.automatic.iter().any(AutomaticSign::is_reply) {
            return kept(Disposition::Ignored, &format!("automatic ({sign}), an answer to nothing of ours"));
        }
        if case.automatic == AutomaticMail::Ignore {
            return kept(Disposition::Ignored, &format!("automatic ({sign}); the mailbox ignores such mail"));
        }
    }
    if let Some(held) = in_own_name::held(case) {
        return held;
    }
    let capped = Capped::new(case).filter(|_| case.understanding.automatic.is_empty() && !case.is_older);
    let flood = capped.as_ref().and_then(Capped::flood);
    if let (Some(capped), Some(_), Some(request)) = (&capped, flood, &case.basis.facts.sender.tallied.flood) {
        return flood::append(case, capped, request, reasons);
    }
    if let Some(joined) = alerts::join(case, reasons.clone()) {
        return joined;
    }
    let (sender, words) = (case.sender(), case.incoming.reading.content());
    let opening = opening(case, &sender, "none", &words);
    let Opened { mut revision, acknowledgement, intake } = open(case, &opening);
    reasons.extend(acknowledgement.reason);
    in_copy(case, &opening.basis, &mut revision);
    if !case.is_announced() {
        revision.change(&case.basis.by_rule(OLD_OR_AUTOMATIC), Change::Filed);
    }
    let twin = case.basis.facts.identity.elsewhere.as_ref().map(|twin| (twin, Linking::SameMessage));
    let mentioned = case.basis.facts.thread.mentioned.iter().map(|request| (request, Linking::Mentioned));
    let mut links: Vec<(&Request, Linking)> = link.into_iter().chain(twin).collect();
    let is_linked = |number: &RequestNumber| links.iter().any(|(linked, _)| linked.number == *number);
    let further: Vec<_> = mentioned.filter(|(request, _)| !is_linked(&request.number)).collect();
    links.extend(further);
    let mut other_ends = Vec::new();
    for (other, why) in &links {
        reasons.push(format!("{}: a request of its own, linked", reason(other, *why)));
        let back = Change::Linked { to: revision.request().number.clone() };
        revision.change(&opening.basis, Change::Linked { to: other.number.clone() });
        other_ends.push(opening.basis.event(&other.number, back));
    }
    let turn = intake.assign(case, &mut revision);
    let request = revision.request();
    let is_silenced = case.basis.facts.sender.is_silenced && !wants_mail_again(case);
    let mut further: Vec<News> = match flood {
        Some(_) => vec![flood::news(case)],
        None => acknowledgement.news.into_iter().chain(is_silenced.then_some(News::Silenced)).collect(),
    };
    further.extend(links.iter().map(|(other, why)| News::LinkedWith(other.number.clone(), *why)));
    let letters = if case.is_announced() { notifications(case, request, &further) } else { Vec::new() };
    let mut decision = Decision { request: Some(request.number.clone()), reasons, ..Decision::of(Disposition::Opened) };
    decision.change(revision.into_events());
    decision.change(other_ends);
    decision.effects.push(Effect::AddEntry(Entry::default()));
    end_silence(case, &mut decision);
    decision.effects.extend(turn.map(Effect::TakeTurn));
    decision.count(capped.iter().flat_map(Capped::message_tallies).chain(acknowledgement.tallies));
    let begun = decision.request.as_ref().map(|number| alerts::begin(case, number));
    decision.effects.extend(begun.into_iter().flatten());
    decision.effects.extend(flood.map(|key| Effect::BeginFlood(key.to_owned())));
    decision.write(acknowledgement.letter);
    decision.write(letters);
    decision
}

/// What a message says of the request that it opens; `sender` and `words` are the message's.
pub(super) fn opening<'a>(case: &Case<'a>, sender: &'a Actor, proof: &'a str, words: &'a str) -> Opening<'a> {
    // Nobody is written to at the desk's own address.
    let written_by = case.understanding.sender.address.clone().filter(|_| !case.understanding.sender.is_desk);
    let requester =
        written_by.map(|email| Participant { email, name: case.understanding.sender.name.clone(), proven: false });
    Opening {
        basis: case.basis.by(sender, proof),
        requester,
        subject: &case.understanding.subject,
        words,
        kind: requester_kind(&case.understanding.typed),
        is_on_behalf: false,
    }
}

/// Why a request is linked with another one, for the operator.
fn reason(other: &Request, why: Linking) -> String {
    let number = &other.number;
    match why {
        Linking::SameMessage => format!("the same message is {number} at another desk"),
        Linking::Erased => format!("answers a letter about {number}, whose content is erased"),
        Linking::Quoted => format!("quotes {number}, whose participant the sender is not"),
        Linking::Mentioned => format!("the number of {number} stands in it"),
        Linking::Closed => format!("{number} is closed"),
        Linking::Split => format!("split off {number}"),
    }
}

/// The letters that tell engineers of a new request, and what else they are told about it.
pub(super) fn notifications(case: &Case<'_>, request: &Request, further: &[News]) -> Vec<Draft> {
    let files = case.files();
    let writer = Drafter::about(&case.basis, request);
    let author = case.author_name();
    let Reading { words, signature, earlier, .. } = &case.incoming.reading;
    let similar = &case.basis.facts.similar;
    let brought = Brought { words, signature, earlier, files: &files, similar, ..case.as_it_came(&author) };
    let news = |engineer: &Engineer| {
        let is_assigned = request.assignee.as_ref() == Some(&engineer.name);
        let opened = std::iter::once(News::Opened).chain(is_assigned.then_some(News::Assigned(None)));
        opened.chain(further.iter().cloned())
    };
    let audience = writer.audience(None).into_iter();
    let told: Vec<_> = audience.flat_map(|engineer| news(engineer).map(move |news| (engineer, news))).collect();
    writer.notifications(&told, brought)
}

/// Opens a request with the desk's next number, and reads what it tells and lacks.
pub(super) fn open(case: &Case<'_>, opening: &Opening<'_>) -> Opened {
    let desk = case.basis.desk;
    let language = desk
        .language
        .or_else(|| {
            let words = if opening.is_on_behalf { opening.words } else { &case.incoming.reading.words };
            language_of_message(opening.subject, words)
        })
        .or_else(|| language_of(&desk.name))
        .unwrap_or(Language::En);
    let (number, subject) = (&case.basis.facts.desk.next_number, opening.subject.to_owned());
    let revision = Revision::opened(&opening.basis, number, subject, language, opening.requester.clone());
    taken_in(case, opening, revision)
}

/// Reads what a request tells and lacks, and writes what its requester is told.
pub(super) fn taken_in(case: &Case<'_>, opening: &Opening<'_>, mut revision: Revision) -> Opened {
    let intake = intake::look(case, opening, &mut revision);
    let acknowledgement = acknowledgement(case, opening, revision.request(), &intake.missing);
    Opened { revision, acknowledgement, intake }
}

/// The letter that tells the number, as far as it is safe and the caps allow it. No cap holds against an engineer who registers
/// a request for somebody.
fn acknowledgement(case: &Case<'_>, opening: &Opening<'_>, request: &Request, missing: &[Needed]) -> Acknowledgement {
    let Some(requester) = request.requester() else {
        return Acknowledgement::none("it names no sender that can be written to".to_owned());
    };
    let to = &requester.email;
    if opening.is_on_behalf {
        let letter = letter(case, opening, request, missing, to, true);
        return Acknowledgement { letter: Some(letter), ..Acknowledgement::default() };
    }
    if let Err(why) = may_be_answered(case, to) {
        return Acknowledgement::none(why);
    }
    let Some(capped) = Capped::new(case) else { return Acknowledgement::default() };
    let clearance = capped.clearance();
    let (tallies, news) = (capped.tallies(&clearance), caps::news(case, &clearance));
    let written = letter(case, opening, request, missing, to, capped.may_quote());
    let (letter, reason) = match clearance {
        Clearance::Now => (Some(written), None),
        Clearance::Later(at, why) => {
            let wait = at.seconds_since(case.basis.now).max(0);
            let grace = u32::try_from(wait).unwrap_or(u32::MAX);
            (Some(Draft { grace, ..written }), Some(format!("acknowledged at {at}: {why}")))
        }
        Clearance::Withheld(why) => (None, Acknowledgement::none(why).reason),
    };
    Acknowledgement { letter, reason, tallies, news }
}

/// The letter that tells the number.
fn letter(
    case: &Case<'_>,
    opening: &Opening<'_>,
    request: &Request,
    missing: &[Needed],
    to: &EmailAddress,
    may_quote: bool,
) -> Draft {
    let desk = case.basis.desk;
    let quoted = Some(opening.subject).filter(|subject| may_quote && !subject.is_empty());
    let (number, language) = (&request.number, request.language);
    let is_without_contract = desk.without_contract == WithoutContract::Told && contract(desk, to).is_none();
    let promise = deadlines(desk, request).first_response.map(|deadline| local(&desk.calendar, deadline.by));
    let attachments = &case.incoming.attachments;
    let registered = wording::Registered { number, attachments, quoted, is_known: may_quote, promise };
    let said = wording::acknowledgement(desk, language, &registered);
    let said = match is_empty(case, opening) {
        true => wording::asking_for_content(language, &said),
        false => said,
    };
    let writer = Drafter::about(&case.basis, request);
    Draft {
        subject: wording::acknowledgement_subject(language, number, quoted),
        text: wording::with_encryption(
            language,
            wording::with_missing_information(language, said, missing, is_without_contract),
            case.incoming.protection,
        ),
        signature: wording::signature(desk, language),
        ..writer.draft(LetterKind::Acknowledgement, to, language)
    }
}

/// Whether somebody who has complained shows by a message that they want our letters: they read them, as their answer shows now or
/// has shown before, or their server vouches for them. Others may write in their name.
pub(super) fn wants_mail_again(case: &Case<'_>) -> bool {
    let (message, sender) = (case.understanding, &case.basis.facts.sender);
    let is_answer = message.references.signed.iter().any(|signed| signed.audience == Audience::Correspondent);
    message.automatic.is_empty() && (is_answer || sender.is_proven || message.proofs.vouched.is_some())
}

/// Ends the silence towards a sender who has complained and writes again.
pub(super) fn end_silence(case: &Case<'_>, decision: &mut Decision) {
    let sender = case.understanding.sender.address.clone();
    let silenced = sender.filter(|_| case.basis.facts.sender.is_silenced && wants_mail_again(case));
    if let Some(sender) = silenced {
        decision.reasons.push(format!("{sender} had complained, and writes again: automatic letters to them go on"));
        decision.effects.push(Effect::EndSilence(sender));
    }
}

/// Whether a message says nothing at all: no subject, no words and no files.
fn is_empty(case: &Case<'_>, opening: &Opening<'_>) -> bool {
    let is_wordless = opening.words.trim().is_empty() || case.understanding.is_signature;
    opening.subject.trim().is_empty() && is_wordless && case.incoming.attachments.is_empty()
}

/// Whether an acknowledgement is safe, before any cap; the error says why not.
fn may_be_answered(case: &Case<'_>, to: &EmailAddress) -> Result<(), String> {
    let (desk, facts) = (case.basis.desk, case.basis.facts);
    if case.is_older {
        return Err("from before the mailbox's start mark".to_owned());
    }
    if !case.understanding.automatic.is_empty() {
        return Err("automatic mail is never answered".to_owned());
    }
    if desk.outside_team_at(to).is_some() {
        return Err(format!("{to} is an external team: two helpdesks would confirm each other's letters for ever"));
    }
    if facts.sender.is_silenced && !wants_mail_again(case) {
        return Err(format!("{to} has complained about our e-mails"));
    }
    if facts.sender.has_spammed {
        return Err("an earlier request of this sender was closed as spam".to_owned());
    }
    if !case.understanding.recipients.include_desk {
        let key = &desk.key;
        return Err(format!(
            "it names no address of desk {key} (if customers use another address, add it to desk.{key}.aliases)"
        ));
    }
    Ok(())
}
