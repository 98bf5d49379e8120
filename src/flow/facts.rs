//! Gathers the facts that a decision rests on, in the transaction that will hold the decision.

use crate::desk;
use crate::model::policy::{AutomaticMail, Desk};
use crate::model::settings::Settings;
use crate::model::{
    Alerts, Alike, Answer, AnsweredFacts, Ask, Bracket, DeskFacts, DeskKey, Digest, EmailAddress, Facts, Inside,
    LetterKind, ListedLine, NamedFacts, PictureHad, ReceivedId, Request, RequestFacts, RequestNumber, SenderFacts,
    ShortName, Since, ThreadFacts, Timestamp, Understanding, Undoable, Visibility,
};
use crate::store::{EntryRow, NoteSource, StoreError, Tx};

use super::Context;
use super::absence;
use super::destination::Destination;
use super::identity::identity;
use super::message::Message;
use super::related_facts;
use super::reported::reported;

/// How many of the last messages of a request are compared.
const MOST_COMPARED: u32 = 200;

/// Facts for a decision that is about no message: only absences, and the number that a new request gets.
pub(super) fn none(tx: &Tx<'_>, next_number: RequestNumber) -> Result<Facts, StoreError> {
    let mut facts = Facts::none(next_number);
    facts.desk.absences = tx.absences()?;
    Ok(facts)
}

/// Gathers the facts about a message; `thread` was looked up in the same transaction.
pub(super) fn of_message(
    context: &Context,
    tx: &Tx<'_>,
    at: Destination<'_>,
    message: &Message,
    understanding: &Understanding,
    thread: ThreadFacts,
    now: Timestamp,
) -> Result<Facts, StoreError> {
    let settings = &*context.settings;
    let received = message.waiting.id;
    let mut next_number = tx.next_number(&at.desk.key)?;
    if let Some(given) = message.waiting.number {
        next_number.number = given;
    }
    let keys = desk::tally_keys(at.desk, understanding);
    let explained = desk::explained_key(understanding);
    let mut facts = Facts {
        answered: AnsweredFacts {
            held: tx.held(thread.letter.as_ref())?,
            given_back: given_back(tx, &thread, understanding.sender.engineer.as_ref())?,
            undoable: undoable(tx, &thread, understanding.sender.engineer.as_ref())?,
            is_question: is_question(tx, &thread)?,
            since: since(tx, &thread, understanding)?,
            inside: answers_inside(tx, settings, at, understanding)?,
            letter_at: letter_at(tx, &thread, understanding)?,
            alike_at: alike_at(tx, &thread, understanding)?,
            reported: reported(tx, understanding, &message.incoming)?,
        },
        sender: SenderFacts {
            alerts: alerts(tx, at, understanding, now)?,
            ..tx.sender_facts(received, understanding, keys.as_ref(), explained.as_deref(), now)?
        },
        identity: identity(context, tx, at, message, understanding)?,
        request: match thread.about() {
            Some(request) => RequestFacts {
                repeats: repeats(tx, request, understanding, now)?,
                was_encrypted: was_encrypted(tx, request, message, understanding)?,
                pictures: pictures(tx, request, message, understanding)?,
                told: told(tx, request, understanding)?,
                was_link_used: was_link_used(tx, request, understanding)?,
                ..tx.request_facts(request)?
            },
            None => RequestFacts::default(),
        },
        named: NamedFacts::default(),
        similar: Vec::new(),
        desk: DeskFacts {
            next_number,
            workload: tx.workload(&absence::counted(&settings.desks))?,
            absences: tx.absences()?,
        },
        thread,
    };
    let about = facts.thread.about().cloned();
    let of_request = facts.thread.desk(&settings.desks, at.desk);
    related_facts::add(tx, &mut facts, &asks(understanding), of_request, about.as_ref())?;
    facts.named.listed = listed(tx, &facts, understanding, of_request)?;
    keep_to_own_desks(settings, &mut facts.named, understanding.sender.engineer.as_ref());
    Ok(facts)
}

/// The requests of the answered digest that the message names, each with the facts for deciding about it alone.
fn listed(
    tx: &Tx<'_>,
    facts: &Facts,
    understanding: &Understanding,
    desk: &Desk,
) -> Result<Vec<(Request, Facts)>, StoreError> {
    let Some(letter) = facts.thread.letter.as_ref().filter(|_| !understanding.typed.listed.is_empty()) else {
        return Ok(Vec::new());
    };
    let Some(digest) = tx.letter(letter.id)? else { return Ok(Vec::new()) };
    let mut listed: Vec<(Request, Facts)> = Vec::new();
    for ListedLine { request, .. } in &understanding.typed.listed {
        let is_known = listed.iter().any(|(known, _)| known.number == *request);
        let found = if is_known || !digest.draft.lists(request) { None } else { tx.request(request)? };
        let Some(request) = found else { continue };
        let lines = understanding.typed.listed.iter().filter(|line| line.request == request.number);
        let asks: Vec<Ask> = lines.flat_map(|line| line.answer.asks()).cloned().collect();
        let mut own = Facts { request: tx.request_facts(&request)?, ..facts.clone() };
        related_facts::add(tx, &mut own, &asks, desk, Some(&request))?;
        listed.push((request, own));
    }
    Ok(listed)
}

/// An engineer's earlier messages in a request with the same words, so that a mail program is seen that repeats itself.
fn repeats(tx: &Tx<'_>, request: &Request, understanding: &Understanding, now: Timestamp) -> Result<Alike, StoreError> {
    let engineer = understanding.sender.address.as_ref().filter(|_| understanding.sender.engineer.is_some());
    match engineer.zip(desk::repeat_key(&request.number, understanding)) {
        Some((engineer, key)) => tx.repeats(&request.number, engineer, &key, now),
        None => Ok(Alike::default()),
    }
}

/// The engineers who were told of a request and may hear once who has it now. Only an engineer's message tells them.
fn told(tx: &Tx<'_>, request: &Request, understanding: &Understanding) -> Result<Vec<ShortName>, StoreError> {
    match understanding.sender.engineer {
        Some(_) => tx.told_engineers(&request.number),
        None => Ok(Vec::new()),
    }
}

/// The messages about a request that were given back to an engineer.
fn given_back(tx: &Tx<'_>, thread: &ThreadFacts, engineer: Option<&ShortName>) -> Result<Vec<ReceivedId>, StoreError> {
    let about = engineer.zip(thread.about());
    about.map_or_else(|| Ok(Vec::new()), |(engineer, request)| tx.given_back(&request.number, engineer))
}

/// Whether the sender of an encrypted message has sent one about the request before.
fn was_encrypted(
    tx: &Tx<'_>,
    request: &Request,
    message: &Message,
    understanding: &Understanding,
) -> Result<bool, StoreError> {
    let is_encrypted = message.incoming.is_encrypted();
    let sender = understanding.sender.address.as_ref().filter(|_| is_encrypted);
    sender.map_or(Ok(false), |sender| tx.was_encrypted(&request.number, sender, message.waiting.id))
}

/// Who has had the embedded pictures of a message, or of the one that a yes in it would send.
fn pictures(
    tx: &Tx<'_>,
    request: &Request,
    message: &Message,
    understanding: &Understanding,
) -> Result<Vec<PictureHad>, StoreError> {
    let kept = understanding.kept.iter().flat_map(|kept| &kept.attachments);
    let files = message.incoming.attachments.iter().chain(kept).filter(|file| file.inline);
    let pictures: Vec<Digest> = files.map(|file| file.sha256).collect();
    if pictures.is_empty() { Ok(Vec::new()) } else { tx.pictures_had(&request.number, &pictures) }
}

/// The alerts that are like an automatic message, where its mailbox groups them.
fn alerts(
    tx: &Tx<'_>,
    at: Destination<'_>,
    understanding: &Understanding,
    now: Timestamp,
) -> Result<Alerts, StoreError> {
    let is_grouped = at.mailbox.automatic == AutomaticMail::Group && !understanding.automatic.is_empty();
    match is_grouped.then(|| desk::alert(at.desk, understanding)).flatten() {
        Some(alert) => tx.alerts(&alert, now),
        None => Ok(Alerts::default()),
    }
}

/// Whether somebody has used a link of the request's from another address before; looked for only where a message brings a key.
fn was_link_used(tx: &Tx<'_>, request: &Request, understanding: &Understanding) -> Result<bool, StoreError> {
    let has_key = |bracket: &Bracket| matches!(bracket.answer, Answer::Reference(_, Some(_)));
    match understanding.typed.subject.iter().any(has_key) {
        true => tx.was_proven_by(&request.number, desk::USED_ELSEWHERE),
        false => Ok(false),
    }
}

/// What an engineer may undo: in the request that the message is about, or by the receipt that it answers. `None` where there
/// is nothing.
fn undoable(tx: &Tx<'_>, thread: &ThreadFacts, engineer: Option<&ShortName>) -> Result<Option<Undoable>, StoreError> {
    match (engineer, thread.about(), &thread.letter) {
        (Some(engineer), Some(request), letter) => tx.undoable(&request.number, engineer, letter.as_ref()),
        (Some(engineer), None, Some(letter)) => tx.undoable_receipt(engineer, letter),
        _ => Ok(None),
    }
}

/// When the letter that an automatic message answers could go out, after its grace.
fn letter_at(
    tx: &Tx<'_>,
    thread: &ThreadFacts,
    understanding: &Understanding,
) -> Result<Option<Timestamp>, StoreError> {
    let answered = thread.letter.as_ref().filter(|_| !understanding.automatic.is_empty());
    let letter = answered.map_or(Ok(None), |letter| tx.letter(letter.id))?;
    Ok(letter.map(|letter| letter.date.plus_seconds(letter.draft.grace.into())))
}

/// When the sender of an automatic message last wrote about its request in words that differ in digits at most.
fn alike_at(tx: &Tx<'_>, thread: &ThreadFacts, understanding: &Understanding) -> Result<Option<Timestamp>, StoreError> {
    let (Some(request), Some(sender)) = (thread.about(), &understanding.sender.address) else { return Ok(None) };
    if understanding.automatic.is_empty() {
        return Ok(None);
    }
    let words = masked(&understanding.reading.words);
    let alike = |entry: &&EntryRow| entry.author == sender.as_str() && masked(&entry.reply_text) == words;
    Ok(tx.last_entries(&request.number, MOST_COMPARED)?.iter().find(alike).map(|entry| entry.at))
}

/// The words of a text in lower case, with 0 for each run of digits.
fn masked(text: &str) -> String {
    let mut masked = String::new();
    for c in text.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase().chars() {
        match c.is_ascii_digit() {
            true if masked.ends_with('0') => {}
            true => masked.push('0'),
            false => masked.push(c),
        }
    }
    masked
}

/// What colleagues have done since the letter that an engineer answers; nothing where they answer none.
fn since(tx: &Tx<'_>, thread: &ThreadFacts, understanding: &Understanding) -> Result<Since, StoreError> {
    match (thread.about(), &understanding.sender.engineer, &thread.letter) {
        (Some(request), Some(engineer), Some(letter)) if letter.kind.is_for_engineers() => {
            tx.since(&request.number, engineer, letter.id)
        }
        _ => Ok(Since::default()),
    }
}

/// Whether an engineer answers words that the requester does not see, and whose they are.
fn answers_inside(
    tx: &Tx<'_>,
    settings: &Settings,
    at: Destination<'_>,
    understanding: &Understanding,
) -> Result<Option<Inside>, StoreError> {
    if understanding.sender.engineer.is_none() {
        return Ok(None);
    }
    let is_house = |author: &EmailAddress| settings.desks.iter().any(|desk| desk.is_in_house(author));
    let is_colleague = |author: &EmailAddress| settings.engineer_at(author).is_some() || is_house(author);
    Ok(match tx.answered_note(&at.desk.all_keys(), &understanding.references.answered)? {
        Some(NoteSource::Letter) => Some(Inside::Colleagues),
        Some(NoteSource::Message(author)) if is_colleague(&author) => Some(Inside::Colleagues),
        // Who is given a request with a note answers for the requester.
        Some(NoteSource::Brought(author)) if is_colleague(&author) => None,
        Some(NoteSource::Message(_) | NoteSource::Brought(_)) => Some(Inside::Outsiders),
        None => None,
    })
}

/// Whether the engineer's answer that a message answers ends with a question.
fn is_question(tx: &Tx<'_>, thread: &ThreadFacts) -> Result<bool, StoreError> {
    let answer = thread.letter.as_ref().filter(|letter| letter.kind == LetterKind::Answer);
    let cause = answer.and_then(|letter| letter.cause);
    let brought = cause.map_or(Ok(None), |cause| tx.entry_of(cause))?;
    let brought = brought.filter(|entry| entry.visibility == Visibility::Correspondence);
    Ok(brought.is_some_and(|entry| desk::ends_with_question(&entry.reply_text)))
}

/// All asks of the typed tags, whether or not their writer may ask them; and those of a subject that was given back.
fn asks(understanding: &Understanding) -> Vec<Ask> {
    let typed = &understanding.typed;
    let kept = understanding.kept.iter().flat_map(|kept| &kept.typed.subject);
    typed
        .subject
        .iter()
        .chain(typed.body.counted.iter().map(|tag| &tag.bracket))
        .chain(kept)
        .flat_map(|bracket| bracket.answer.asks())
        .cloned()
        .collect()
}

/// Drops the named requests of desks where the engineer does not work.
fn keep_to_own_desks(settings: &Settings, named: &mut NamedFacts, engineer: Option<&ShortName>) {
    let works_at = |key: &DeskKey| {
        let desk = settings.desk(key);
        engineer.is_some_and(|engineer| desk.is_some_and(|desk| desk.engineer(engineer).is_some()))
    };
    named.requests.retain(|request| works_at(&request.number.desk));
}
