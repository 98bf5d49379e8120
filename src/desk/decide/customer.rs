//! Messages of everybody who is no engineer: into their requests, or into new ones.

use crate::desk::lifecycle::{Transition, Trigger, transition};
use crate::desk::plain_words::{PlainWords, plain_words};
use crate::desk::replay::apply;
use crate::desk::news::News;
use crate::desk::understand::{Belonging, Spam, belonging};
use crate::desk::wording::Brought;
use crate::model::policy::{Desk, Engineer, Team};
use crate::model::{
    Actor, Answer, Ask, Change, Decision, Disposition, Event, Kind, Phase, Place, Request, RequesterAsk, Visibility,
};

use super::drafts::{Writer, summary};
use super::intake;
use super::new_request::{OLD_OR_AUTOMATIC, author_name, linked, new_request};
use super::{Case, kept};

pub(super) fn message(case: &Case<'_>) -> Decision {
    if let Some((request, team, is_signed)) = from_team(case) {
        return append_from_team(case, request, team, is_signed);
    }
    let belonging = belonging(case.claims, &case.evidence.signed, case.facts);
    match (&case.claims.spam, belonging) {
        // A filter's mark does not outweigh the answer to a letter of ours.
        (_, Belonging::Participant { request, signed: true, proof }) => append(case, &request, true, proof),
        (Some(Spam::Blocked(why) | Spam::Marked(why)), _) => kept(Disposition::Ignored, why),
        (None, Belonging::Participant { request, signed, proof }) => append(case, &request, signed, proof),
        // Who took part in it is not known any more: that may be its requester, who is to get an answer.
        (None, Belonging::Outside(request)) if request.progress.erased_at.is_some() => {
            let why = format!("answers a letter about {}, whose content is erased", request.number);
            linked(case, new_request(case), &request, &why)
        }
        (None, Belonging::Outside(request)) => append_from_outside(case, &request),
        // The key of a link shows the thread as our ids do; in other hands than the requester's it shows nothing else.
        (None, Belonging::Stranger(request)) if keyed(case, &request).is_some() => append_from_outside(case, &request),
        (None, Belonging::Stranger(request)) => {
            let why = format!("quotes {}, whose participant the sender is not", request.number);
            linked(case, new_request(case), &request, &why)
        }
        (None, Belonging::New) => new_request(case),
    }
}

/// What a participant's message does to the request.
struct Wish {
    trigger: Trigger,
    proof: String,
    reason: Option<String>,
}

fn append(case: &Case<'_>, request: &Request, signed: bool, proof: &str) -> Decision {
    let number = &request.number;
    let belongs = format!("belongs to {number}: {proof}");
    if let Some(sign) = case.claims.automatic.first() {
        let reason = format!("automatic ({sign}): kept, without effect");
        return Decision {
            request: Some(number.clone()),
            reasons: vec![belongs, reason],
            events: vec![case.event(number, case.sender(), proof, Change::AppendedAutomatic)],
            ..Decision::of(Disposition::Appended)
        };
    }
    let wish = wish(case, request, signed, proof);
    let desk = case.desk_of(request);
    let mut reasons = vec![belongs];
    reasons.extend(wish.reason);
    let mut events = vec![case.event(number, case.sender(), proof, Change::Appended)];
    if case.is_older && request.progress.is_filed {
        events.push(case.event(number, Actor::Maildesk, OLD_OR_AUTOMATIC, Change::Filed));
    }
    let unproven = case.claims.sender.as_ref().and_then(|s| request.participant(s)).filter(|p| !p.proven);
    if let (true, Some(participant)) = (signed, unproven) {
        let change = Change::Proven { participant: participant.email.clone() };
        events.push(case.event(number, case.sender(), proof, change));
    }
    if let Some(kind) = kind(case).filter(|kind| request.kind != Some(*kind)) {
        let change = Change::KindSet { from: request.kind, to: Some(kind) };
        events.push(case.event(number, case.sender(), proof, change));
        events.extend(intake::hurried(case, desk, request, kind));
    }
    events.extend(intake::supplied(case, desk, request));
    // What is said of a duplicate is heard where the matter is dealt with, and does not take up the duplicate.
    let survivor = case.facts.survivor.as_ref().filter(|survivor| !survivor.standing.phase.is_ended());
    let transition = match (&wish.trigger, survivor) {
        (Trigger::Wrote | Trigger::Disagreed, Some(survivor)) => {
            reasons.push(format!("a duplicate of {}, whose engineers are told", survivor.number));
            Transition::Stays
        }
        (trigger, _) => transition(&request.standing, trigger, desk.after_close),
    };
    match transition {
        Transition::Anew => {
            let why = format!("{number} is closed");
            return linked(case, new_request(case), request, &why);
        }
        Transition::To(status) => {
            let (from, to) = (request.standing.clone(), desk.standing(&status));
            events.push(case.event(number, case.sender(), &wish.proof, Change::Moved { from, to }));
        }
        Transition::Stays | Transition::Refused => {}
    }
    let letters = if case.is_older { Vec::new() } else { brought(case, request, &events, news(&wish.trigger)) };
    Decision { request: Some(number.clone()), reasons, events, letters, ..Decision::of(Disposition::Appended) }
}

fn news(trigger: &Trigger) -> News {
    match trigger {
        Trigger::Agreed => News::Confirmed,
        Trigger::Disagreed => News::Disagreed,
        Trigger::Withdrew => News::Withdrawn,
        Trigger::Wrote
        | Trigger::Thanked
        | Trigger::Answered
        | Trigger::Given
        | Trigger::Reopened
        | Trigger::Set(_)
        | Trigger::Returned
        | Trigger::Silence
        | Trigger::Released
        | Trigger::AnsweredAlong(_) => News::Wrote,
    }
}

/// Letters that bring a message to engineers and to those who watch.
fn brought(case: &Case<'_>, request: &Request, events: &[Event], news: News) -> Vec<crate::model::Draft> {
    let after = events.iter().filter(|event| event.request == request.number).fold(Some(request.clone()), apply);
    let writer = Writer { desk: case.desk_of(request), request: after.as_ref(), keys: case.keys };
    let (files, left_out) = case.files();
    let author = author_name(case);
    let words = &case.incoming.reply_text;
    let summary = summary(case.facts);
    let brought = Brought { author: &author, words, files: &files, left_out, summary, execution: &[] };
    let sender = case.claims.sender.as_ref();
    let own = sender.and_then(|sender| writer.desk.engineer_at(sender)).map(|engineer| &engineer.name);
    let is_seen_by_watchers = !matches!(news, News::FromOutside | News::FromTeam(_) | News::FromTeamUnproven(_));
    let mut audience = writer.audience(own);
    audience
        .extend(dealing_with_the_same(case, writer.desk).into_iter().filter(|engineer| Some(&engineer.name) != own));
    let told: Vec<_> = audience.into_iter().map(|engineer| (engineer, news.clone())).collect();
    let mut letters = writer.notifications(&told, brought);
    if is_seen_by_watchers {
        letters.extend(writer.copies(sender, &author, words, &files));
    }
    letters
}

/// The engineers of the request as whose duplicate this one was closed, as far as they work at this desk too: they are told of
/// the duplicate itself, so that an answer of theirs goes to its requester and to nobody else.
fn dealing_with_the_same<'a>(case: &Case<'a>, desk: &'a Desk) -> Vec<&'a Engineer> {
    let Some(survivor) = &case.facts.survivor else { return Vec::new() };
    let responsible = case.desk_of(survivor).responsible(survivor);
    responsible.into_iter().filter_map(|engineer| desk.engineer(&engineer.name)).collect()
}

/// The request about which an external team writes, that has it or answers our letter about it; and whether it is the
/// thread of that letter, or nothing but what the message claims.
fn from_team<'a>(case: &Case<'a>) -> Option<(&'a Request, &'a Team, bool)> {
    let sender = case.claims.sender.as_ref()?;
    let facts = case.facts;
    let claimed = [&facts.answered, &facts.quoted].into_iter().flatten();
    let candidates = facts.signed.iter().map(|request| (request, true)).chain(claimed.map(|request| (request, false)));
    candidates.into_iter().find_map(|(request, is_signed)| {
        let team = case.desk_of(request).outside_team_at(sender)?;
        let has_it = request.place == Some(Place::Team(team.name.clone()));
        let is_theirs = (is_signed || has_it) && request.participant(sender).is_none();
        is_theirs.then_some((request, team, is_signed))
    })
}

/// Shown to engineers as what it is; what the team's robots say by themselves as well, but for mere confirmations.
fn append_from_team(case: &Case<'_>, request: &Request, team: &Team, is_signed: bool) -> Decision {
    let number = &request.number;
    let confirmation = case.claims.automatic.iter().find(|sign| sign.is_reply());
    let (change, reason) = match confirmation {
        Some(sign) => (Change::AppendedAutomatic, format!("automatic ({sign}): kept, without effect")),
        None => (Change::AppendedFromOutside, "for engineers only".to_owned()),
    };
    let (proof, news) = match is_signed {
        true => (format!("signed thread, outside team {}", team.name), News::FromTeam(team.name.clone())),
        false => (format!("address of the outside team {}", team.name), News::FromTeamUnproven(team.name.clone())),
    };
    let events = vec![case.event(number, case.sender(), &proof, change)];
    let is_silent = confirmation.is_some() || case.is_older;
    let letters = if is_silent { Vec::new() } else { brought(case, request, &events, news) };
    Decision {
        request: Some(number.clone()),
        reasons: vec![format!("belongs to {number}: {proof}"), reason],
        events,
        letters,
        visibility: Visibility::Internal,
        ..Decision::of(Disposition::Appended)
    }
}

fn append_from_outside(case: &Case<'_>, request: &Request) -> Decision {
    let number = &request.number;
    let proof = "signed thread";
    let belongs = format!("belongs to {number}: {proof}");
    let (change, reason, is_automatic) = match case.claims.automatic.first() {
        Some(sign) => (Change::AppendedAutomatic, format!("automatic ({sign}): kept, without effect"), true),
        None => {
            let reason = "its sender is no participant: from outside, not answered".to_owned();
            (Change::AppendedFromOutside, reason, false)
        }
    };
    let events = vec![case.event(number, case.sender(), proof, change)];
    let is_silent = is_automatic || case.is_older;
    let letters = if is_silent { Vec::new() } else { brought(case, request, &events, News::FromOutside) };
    Decision {
        request: Some(number.clone()),
        reasons: vec![belongs, reason],
        events,
        letters,
        visibility: Visibility::Internal,
        ..Decision::of(Disposition::Appended)
    }
}

/// The kind that its author's tag names.
pub(super) fn kind(case: &Case<'_>) -> Option<Kind> {
    asks(case).into_iter().find_map(|ask| if let Ask::Kind(kind) = ask { Some(kind) } else { None })
}

/// What its author asks by tags, as far as that is for requesters.
fn asks(case: &Case<'_>) -> Vec<Ask> {
    let first_line = case.typed.first_line.iter().filter(|_| !case.typed.is_html);
    let brackets = case.typed.subject.iter().chain(first_line);
    brackets.flat_map(|bracket| bracket.answer.clone().from_requester().asks().to_vec()).collect()
}

/// What the key of a link asks, and whether it is still good; none without a key that was made for this request.
fn keyed(case: &Case<'_>, request: &Request) -> Option<(RequesterAsk, bool)> {
    let requester = &request.requester()?.email;
    let keys = case.typed.subject.iter().filter_map(|bracket| match &bracket.answer {
        Answer::Reference(number, Some(keyed)) if case.facts.leads_to(number, request) => Some((number, keyed)),
        _ => None,
    });
    keys.take(3).find_map(|(number, keyed)| {
        let expiry = (case.keys.expiry)(number, requester, keyed)?;
        Some((keyed.ask, expiry > case.now))
    })
}

/// What a participant wants. Asks that end a request need the key of a link or a signed thread; plain words and tags without
/// them are words.
fn wish(case: &Case<'_>, request: &Request, signed: bool, proof: &str) -> Wish {
    let plain = |trigger, reason| Wish { trigger, proof: proof.to_owned(), reason };
    let too_old = match keyed(case, request) {
        Some((ask, true)) => {
            let reason = format!("the key of our link asks to {ask}");
            return Wish { trigger: trigger(ask), proof: "key of our link".to_owned(), reason: Some(reason) };
        }
        Some((ask, false)) => Some((ask, format!("the key of our link that asks to {ask} is too old"))),
        None => None,
    };
    let tag = asks(case).into_iter().find_map(|ask| if let Ask::Requester(ask) = ask { Some(ask) } else { None });
    // What is attached is more to read, and what is not answered yet cannot be agreed to: such words are words.
    let has_files = case.incoming.attachments.iter().any(|file| !file.inline);
    let is_empty = case.incoming.reply_text.trim().is_empty() && !has_files;
    match (too_old, tag) {
        // It needs no key.
        (Some((RequesterAsk::Disagree, reason)), _) => return plain(Trigger::Disagreed, Some(reason)),
        (Some((_, reason)), None) if is_empty => return plain(Trigger::Thanked, Some(reason)),
        // A link that was cut or copied wrongly must not take up what is done.
        (None, None) if is_empty => {
            return plain(Trigger::Thanked, Some("without words: changes nothing".to_owned()));
        }
        _ => {}
    }
    let said = match has_files {
        true => PlainWords::Other,
        false => plain_words(&case.incoming.reply_text, &case.desk.plain_words),
    };
    let is_answered = request.standing.phase == Phase::Completed;
    let (asked, by) = match (tag, said) {
        (Some(ask), _) => (Some(ask), "a tag asks"),
        (None, PlainWords::Confirm) if is_answered => (Some(RequesterAsk::Confirm), "plain words ask"),
        (None, PlainWords::Disagree) => (Some(RequesterAsk::Disagree), "plain words ask"),
        (None, PlainWords::Withdraw) => (Some(RequesterAsk::Withdraw), "plain words ask"),
        (None, PlainWords::Thanks) => {
            return plain(Trigger::Thanked, Some("thanks alone change nothing".to_owned()));
        }
        (None, PlainWords::Confirm | PlainWords::Other) => (None, ""),
    };
    match asked {
        None => plain(Trigger::Wrote, None),
        Some(ask) if signed || ask == RequesterAsk::Disagree => plain(trigger(ask), Some(format!("{by} to {ask}"))),
        Some(ask) => {
            let reason = format!("{by} to {ask}, which needs the key of a link or an answer to our letter");
            plain(Trigger::Thanked, Some(reason))
        }
    }
}

fn trigger(ask: RequesterAsk) -> Trigger {
    match ask {
        RequesterAsk::Confirm => Trigger::Agreed,
        RequesterAsk::Disagree => Trigger::Disagreed,
        RequesterAsk::Withdraw => Trigger::Withdrew,
    }
}
