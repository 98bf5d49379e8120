//! Decides about messages of everybody who does not write as an engineer: adds them to their requests, or opens new ones.

use crate::desk::assignment;
use crate::desk::lifecycle::{Transition, Trigger, transition};
use crate::desk::news::{Linking, News, Told};
use crate::desk::plain_words::notice;
use crate::desk::revision::Revision;
use crate::desk::which_request::{Belonging, belonging};
use crate::model::policy::Team;
use crate::model::{Change, Decision, Disposition, Draft, Effect, Entry, Request, Spam};

use super::brought::brought;
use super::case::{Case, kept};
use super::control;
use super::copies;
use super::drafts::Drafter;
use super::in_copy::in_copy;
use super::intake;
use super::new_request::{OLD_OR_AUTOMATIC, end_silence, new_linked_request, new_request};
use super::reading::requester_kind;
use super::robot::{Mark, mark};
use super::wish::{Wish, keyed, wish};

/// Decides about a message whose author is no engineer, or writes as a requester.
pub(super) fn message(case: &Case<'_>) -> Decision {
    if let Some(request) = copies::opened_silently(case) {
        return copies::announce(case, request);
    }
    let thread = &case.basis.facts.thread;
    let belonging = belonging(case.understanding, thread, |number| case.basis.desk_of(number));
    match (&case.understanding.spam, belonging) {
        (_, Belonging::Team { request, team, signed }) => append_from_team(case, request, team, signed),
        // An answer to a letter of ours counts for more than a spam filter's mark.
        (_, Belonging::Participant { request, signed: true, proof }) => {
            append(case, request, Role::Participant, true, proof)
        }
        (_, Belonging::InCopy { request, signed: true, proof }) => append(case, request, Role::InCopy, true, proof),
        (Some(Spam::Blocked(why) | Spam::Marked(why)), _) => kept(Disposition::Ignored, why),
        (None, Belonging::Participant { request, signed, proof }) => {
            append(case, request, Role::Participant, signed, proof)
        }
        (None, Belonging::InCopy { request, signed, proof }) => append(case, request, Role::InCopy, signed, proof),
        (None, Belonging::Colleague(request)) => append_note(case, request),
        // The participants of an erased request are not known any more. The sender may be its requester, so they get an answer.
        (None, Belonging::Outside(request)) if request.progress.erased_at.is_some() => {
            new_linked_request(case, Some((request, Linking::Erased)))
        }
        (None, Belonging::Outside(request)) => append_from_outside(case, request),
        // The key of a link shows the thread, as our Message-IDs do. If the sender is not the requester, it shows nothing else.
        (None, Belonging::Stranger(request)) if keyed(case, request).is_some() => append_from_outside(case, request),
        (None, Belonging::Stranger(request)) => new_linked_request(case, Some((request, Linking::Quoted))),
        (None, Belonging::New) => match notice(case.incoming, &case.incoming.reading.words) {
            Some(what) => kept(Disposition::Ignored, &format!("{what}, about nothing of ours")),
            None => new_request(case),
        },
    }
}

/// The proof of a message with the key of a link that was made for somebody else.
pub const USED_ELSEWHERE: &str = "key of our link, from another address";

/// As whom somebody writes about a request.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Role {
    /// As a participant.
    Participant,
    /// As somebody in copy: their words count, but only the requester confirms or withdraws.
    InCopy,
}

/// Adds the message of a participant, or of somebody in copy, to the request, and executes what it asks.
fn append(case: &Case<'_>, request: &Request, role: Role, signed: bool, proof: &str) -> Decision {
    let number = &request.number;
    let sender = case.sender();
    let basis = case.basis.by(&sender, proof);
    let mut revision = Revision::of(request);
    let mut reasons = vec![format!("belongs to {number}: {proof}")];
    let mark = mark(case, request);
    if let (Some(sign), true) = (case.understanding.automatic.first(), mark != Mark::Person) {
        let is_told = mark == Mark::Doubtful && !case.is_older;
        let told = if is_told { "engineers are told" } else { "kept" };
        reasons.push(format!("automatic ({sign}): {told}, without effect"));
        revision.change(&basis, Change::AppendedAutomatic);
        let letters = if is_told { brought(case, revision.request(), News::LooksAutomatic) } else { Vec::new() };
        return appended(revision, reasons, Entry::default(), letters);
    }
    let wish = match case.understanding.automatic.first() {
        Some(sign) => {
            let reason = format!("automatic ({sign}), but it answers our question late and in words of its own");
            Wish { trigger: Trigger::Wrote, proof: proof.to_owned(), reason: Some(reason) }
        }
        None => wish(case, request, signed, proof),
    };
    let wish = if role == Role::InCopy { told_only(wish) } else { wish };
    let desk = case.basis.desk_of(number);
    reasons.extend(wish.reason);
    revision.change(&basis, Change::Appended);
    if case.is_older && request.progress.is_filed {
        revision.change(&basis.by_rule(OLD_OR_AUTOMATIC), Change::Filed);
    }
    let unproven =
        case.understanding.sender.address.as_ref().and_then(|s| request.participant(s)).filter(|p| !p.proven);
    if let (true, Some(participant)) = (signed, unproven) {
        revision.change(&basis, Change::Proven { participant: participant.email.clone() });
    }
    if role == Role::Participant {
        in_copy(case, &basis, &mut revision);
    }
    let kind = requester_kind(&case.understanding.typed).filter(|_| role == Role::Participant);
    if let Some(kind) = kind.filter(|kind| request.kind != Some(*kind)) {
        revision.change(&basis, Change::KindSet { from: request.kind, to: Some(kind) });
        assignment::add_urgency(&basis, kind, &mut revision);
    }
    intake::supply(case, desk, &mut revision);
    // Engineers who deal with the original are told of words about a duplicate; the duplicate is not reopened.
    let survivor = case.basis.facts.request.survivor.as_ref().filter(|survivor| !survivor.standing.phase.is_ended());
    let transition = match (&wish.trigger, survivor) {
        (Trigger::Wrote | Trigger::Disagreed, Some(survivor)) => {
            reasons.push(format!("a duplicate of {}, whose engineers are told", survivor.number));
            Transition::Stays
        }
        (trigger, _) => transition(&request.standing, trigger, desk.after_close),
    };
    match transition {
        Transition::Anew => {
            return new_linked_request(case, Some((request, Linking::Closed)));
        }
        Transition::To(status) => {
            let (from, to) = (request.standing.clone(), desk.standing(&status));
            revision.change(&case.basis.by(&sender, &wish.proof), Change::Moved { from, to });
        }
        Transition::Stays | Transition::Refused => {}
    }
    let mut letters = if case.is_older { Vec::new() } else { brought(case, revision.request(), news(&wish.trigger)) };
    letters.extend(asking_for_words(case, revision.request()));
    let mut decision = appended(revision.clone(), reasons, Entry::default(), letters);
    if !case.is_older {
        control::tell(&case.basis, request, &revision, &mut decision);
    }
    end_silence(case, &mut decision);
    decision
}

/// The wish of somebody in copy: what only the requester may decide is told to engineers, and changes nothing.
fn told_only(wish: Wish) -> Wish {
    match wish.trigger {
        Trigger::Agreed | Trigger::Withdrew => {
            let reason = "only the requester confirms or withdraws: engineers are told".to_owned();
            Wish { trigger: Trigger::Thanked, reason: Some(reason), ..wish }
        }
        _ => wish,
    }
}

/// Adds the message of a colleague who is no engineer, as a note.
fn append_note(case: &Case<'_>, request: &Request) -> Decision {
    let (change, reason, news) = match case.understanding.automatic.first() {
        Some(sign) => (Change::AppendedAutomatic, format!("automatic ({sign}): kept, without effect"), None),
        None => {
            let news = News::NotedByColleague(case.author_name());
            (Change::Noted, "a colleague who watches: a note".to_owned(), Some(news))
        }
    };
    append_internally(case, request, change, "address of a colleague who watches", reason, news)
}

/// The letter to whoever has sent an encrypted message, once for each request.
fn asking_for_words(case: &Case<'_>, request: &Request) -> Option<Draft> {
    let is_new = case.incoming.is_encrypted() && !case.is_older && !case.basis.facts.request.was_encrypted;
    let sender =
        case.understanding.sender.address.as_ref().filter(|_| is_new && case.understanding.automatic.is_empty())?;
    Drafter::about(&case.basis, request).for_encrypted(sender)
}

/// A decision that adds the message to a request.
fn appended(revision: Revision, reasons: Vec<String>, entry: Entry, letters: Vec<Draft>) -> Decision {
    let request = Some(revision.request().number.clone());
    let mut decision = Decision { request, reasons, ..Decision::of(Disposition::Appended) };
    decision.change(revision.into_events());
    decision.effects.push(Effect::AddEntry(entry));
    decision.write(letters);
    decision
}

fn news(trigger: &Trigger) -> News {
    match trigger {
        Trigger::Agreed => News::Confirmed,
        Trigger::Disagreed => News::Disagreed,
        Trigger::Withdrew => News::Withdrawn,
        _ => News::Wrote,
    }
}

/// Adds an external team's message, for engineers only. They are told of the team's automatic mail too, except
/// automatic replies.
fn append_from_team(case: &Case<'_>, request: &Request, team: &Team, is_signed: bool) -> Decision {
    let confirmation = case.understanding.automatic.iter().find(|sign| sign.is_reply());
    let (change, reason) = match confirmation {
        Some(sign) => (Change::AppendedAutomatic, format!("automatic ({sign}): kept, without effect")),
        None => (Change::AppendedFromOutside, "for engineers only".to_owned()),
    };
    let (proof, news) = match is_signed {
        true => (format!("signed thread, external team {}", team.name), News::FromTeam(team.name.clone())),
        false => (format!("address of the external team {}", team.name), News::FromTeamUnproven(team.name.clone())),
    };
    append_internally(case, request, change, &proof, reason, Some(news).filter(|_| confirmation.is_none()))
}

/// Adds the message of somebody who is no participant, for engineers only.
fn append_from_outside(case: &Case<'_>, request: &Request) -> Decision {
    let (change, reason, news) = match case.understanding.automatic.first() {
        Some(sign) => (Change::AppendedAutomatic, format!("automatic ({sign}): kept, without effect"), None),
        None => {
            let reason = "its sender is no participant: from outside, not answered".to_owned();
            (Change::AppendedFromOutside, reason, Some(News::FromOutside))
        }
    };
    let link = keyed(case, request).filter(|_| case.understanding.automatic.is_empty() && !case.is_older);
    let proof = match case.basis.facts.thread.signed {
        _ if link.is_some() => USED_ELSEWHERE,
        Some(_) => "signed thread",
        None => "answer to an earlier message of the request",
    };
    let mut decision = append_internally(case, request, change, proof, reason, news);
    if let Some((ask, true)) = link.filter(|_| !case.basis.facts.request.was_link_used) {
        decision.reasons.push(format!("the key asks to {ask}, from another address: its requester is asked, once"));
        let writer = Drafter::about(&case.basis, request);
        decision.write(writer.notice(&[Told::LinkUsed], 0));
    }
    decision
}

/// Adds a message for engineers only. Engineers are told of it, unless `news` is `None` or the message is older mail.
fn append_internally(
    case: &Case<'_>,
    request: &Request,
    change: Change,
    proof: &str,
    reason: String,
    news: Option<News>,
) -> Decision {
    let sender = case.sender();
    let mut revision = Revision::of(request);
    revision.change(&case.basis.by(&sender, proof), change);
    let news = news.filter(|_| !case.is_older);
    let letters = news.map_or_else(Vec::new, |news| brought(case, revision.request(), news));
    let reasons = vec![format!("belongs to {}: {proof}", request.number), reason];
    appended(revision, reasons, Entry::internal(), letters)
}
