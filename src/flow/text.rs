//! Reads what a message says of itself, and its text: what its writer quotes, and what they typed.

use crate::desk::{self, wording};
use crate::mail::automatic::is_unattended;
use crate::mail::quote::{self, Ours, Resemblance};
use crate::mail::subject::body::{body_tags, code_of};
use crate::mail::subject::{self, tags};
use crate::mail::versions::{self, TextVersion};
use crate::mail::words;
use crate::model::settings::Settings;
use crate::model::{Ask, BodyTags, Incoming, Reading, Sender, Typed, Unclear, Understanding, Visibility, Words};
use crate::store::{StoreError, View};

use super::Context;
use super::destination::Destination;
use super::look::{Looked, look, others, quotable};
use super::message::{Message, scrubbed};
use super::references::references;

/// Of a longer answer without a clear cut line nobody says that all of it was typed, in lines.
const MOST_BELOW: usize = 500;

/// What a message says of itself, and what it answers.
pub(super) fn claimed(
    context: &Context,
    view: &View<'_>,
    at: Destination<'_>,
    message: &Message,
) -> Result<(Understanding, Looked), StoreError> {
    let (settings, incoming) = (&*context.settings, &message.incoming);
    let mut claims = desk::claims(incoming, at.desk, &settings.desks, context.ring.instance());
    claims.recipients.people.retain(|person| !is_unattended(person.email.as_str()));
    let (references, proofs) = references(&context.ring, settings, at, incoming, claims.sender.is_named_by_program());
    let subject = subject::without_references(&incoming.subject, &settings.desk_keys());
    let claims = Understanding { references, proofs, subject, ..claims };
    let thread = look(view, message.waiting.id, at, &claims, context.now())?;
    let looked = Looked::of(&thread, &settings.desks, at.desk, &claims.sender);
    Ok((claims, looked))
}

/// The text of a message beside the message of ours that it answers, of an engineer's what they wrote themselves, and what that is
/// by the other version of the text, where it is not the same.
pub(super) fn texts(
    view: &View<'_>,
    message: &Message,
    claims: &Understanding,
    looked: &Looked,
) -> Result<(Reading, Words, String), StoreError> {
    let incoming = &message.incoming;
    let texts = quotable(view, looked)?;
    let mut ours: Vec<Ours> = texts.iter().map(|text| Ours::new(text)).collect();
    if let (Some(address), None) = (&claims.sender.address, &claims.sender.engineer) {
        let others = others(view, looked, address)?;
        let versions = others.iter().zip(1..).flat_map(|(versions, letter)| versions.iter().map(move |v| (letter, v)));
        ours.extend(versions.map(|(letter, version)| Ours::other(letter, version)));
    }
    let reading = match ours.is_empty() {
        true => incoming.reading.clone(),
        false => scrubbed(quote::read(&incoming.text, subject::is_forward(&incoming.subject_raw), &ours)),
    };
    let words = match &message.own_words {
        Some(words) if claims.sender.engineer.is_some() => {
            let words = engineers_words(view, looked, &texts, words, &reading)?;
            if let Some(other) = typed_differently(claims, looked, incoming, &ours, &words) {
                return Ok((reading, Words::Unclear(Unclear::VersionsDiffer), other));
            }
            words
        }
        // The words of a customer were freed of tokens when the message was parsed.
        _ => Words::Own(reading.words.clone()),
    };
    Ok((reading, words, String::new()))
}

/// What an engineer typed by the other version of their message, where it is not what they typed by the one that is read; `None`
/// where both say the same, or nothing of it is about a request.
fn typed_differently(
    claims: &Understanding,
    looked: &Looked,
    incoming: &Incoming,
    ours: &[Ours],
    words: &Words,
) -> Option<String> {
    let continues = !looked.answers_nothing() || !claims.references.quoted.is_empty();
    let Words::Own(own) = words else { return None };
    if incoming.other_text.is_empty() || !continues {
        return None;
    }
    let reading = scrubbed(quote::read(&incoming.other_text, subject::is_forward(&incoming.subject_raw), ours));
    let above = words::own_words_in(&incoming.other_text);
    let other = match above {
        Words::Own(above) if reading.quoted.is_empty() => above,
        _ => reading.words,
    };
    let [read, unread] =
        [(&incoming.text, own), (&incoming.other_text, &other)].map(|(text, own)| TextVersion { text, own });
    versions::typed_differently(read, unread).then_some(other)
}

/// An engineer's own words, where the letter that they answer tells which they are: all that it does not account for, above,
/// between and below its lines. The lines that an answer between them answers go along if the requester wrote them. A line below
/// the cut line that resembles one of the letter may be a colleague's note that a mail program has changed: then it is unclear.
/// Where nothing of the letter is quoted, the words are those above the cut line, `above`.
fn engineers_words(
    view: &View<'_>,
    looked: &Looked,
    texts: &[String],
    above: &Words,
    reading: &Reading,
) -> Result<Words, StoreError> {
    if reading.quoted.is_empty() || *above == Words::Unclear(Unclear::OurLetterAttached) {
        return Ok(above.clone());
    }
    let is_question = |line: &&str| line.starts_with('>');
    let questions: Vec<&str> = reading.words.lines().filter(is_question).collect();
    let is_known = questions.is_empty() || {
        let brought = looked.cause.map_or(Ok(None), |cause| view.entry_of(cause))?;
        let brought = brought.filter(|entry| entry.visibility == Visibility::Correspondence).map(|entry| entry.text);
        brought.is_some_and(|text| quote::holds_lines(&text, &questions))
    };
    let is_above = |line: &str| matches!(above, Words::Own(words) if words.lines().any(|above| above == line));
    let mut below = reading.words.lines().filter(|line| !line.starts_with('>') && !is_above(line));
    let letter = Resemblance::to(texts);
    let is_doubtful = below.any(|line| letter.has(line));
    // Of so long an answer only what stands above the cut line is known to be typed.
    let is_long = matches!(above, Words::Unclear(_)) && reading.words.lines().count() > MOST_BELOW;
    let adds_up = is_known && reading.earlier.is_empty();
    Ok(match is_doubtful || is_long || !adds_up {
        true => Words::Unclear(Unclear::BelowCutLine),
        false => Words::Own(reading.words.clone()),
    })
}

/// Divides an engineer's own words from the signature below them, if that is known by their earlier messages.
pub(super) fn without_known_signature(
    settings: &Settings,
    view: &View<'_>,
    sender: &Sender,
    words: Words,
) -> Result<(Words, String), StoreError> {
    if let (Words::Own(own), Some(address)) = (&words, &sender.address)
        && let Some(engineer) = settings.engineer_at(address)
        && let Some((above, signature)) = desk::ending(own, engineer)
        && view.is_signature(&engineer.name, &desk::signature_digest(signature))?
    {
        return Ok((Words::Own(above.to_owned()), signature.to_owned()));
    }
    Ok((words, String::new()))
}

/// Reads what the writer of a message typed. Its tags are the brackets that the answered message does not have, read by the
/// vocabulary of the request's desk; its words are the rest, without tokens and keys, so that they can be passed on.
pub(super) fn typed(settings: &Settings, message: &Message, sender: &Sender, looked: &Looked, words: Words) -> Typed {
    let incoming = &message.incoming;
    let Some(desk) = settings.desk(&looked.desk) else { return Typed::default() };
    let vocabulary = desk.vocabulary(settings.desk_keys());
    let raw = &incoming.subject_raw;
    let is_answer = !incoming.answered().is_empty() || subject::without_prefixes(raw) != raw.trim();
    let answered = looked.subject.as_deref().or_else(|| forwarded_subject(incoming, sender));
    let subject = tags::asks_typed(raw, answered.unwrap_or_default(), &vocabulary);
    let with_brackets = match (&words, &sender.engineer) {
        (Words::Own(words), Some(_)) => words.clone(),
        _ => String::new(),
    };
    let is_sent_as_it_is = subject.iter().any(|bracket| bracket.answer.asks().contains(&Ask::Send));
    let (body, words) = match words {
        Words::Own(words) if is_sent_as_it_is => {
            (BodyTags { is_sent_as_it_is, ..BodyTags::default() }, Words::Own(words))
        }
        Words::Own(words) => {
            let body = match sender.engineer {
                // Nobody has typed what stands in attached messages.
                Some(_) if incoming.is_attached => BodyTags::default(),
                Some(_) => body_tags(&words, &code_of(&incoming.form), &vocabulary),
                None => BodyTags { counted: tags::first_line_tags(&words, &vocabulary), ..BodyTags::default() },
            };
            let bare = words::without_tags(&words, &body.counted);
            (body, Words::Own(bare))
        }
        unclear @ Words::Unclear(_) => (BodyTags::default(), unclear),
    };
    let words = match words {
        Words::Own(words) => Words::Own(wording::without_button_body(desk, &subject, &words).to_owned()),
        unclear @ Words::Unclear(_) => unclear,
    };
    let listed = match (&words, looked.is_digest && sender.engineer.is_some()) {
        (Words::Own(_), true) => tags::listed_lines(&with_brackets, &vocabulary),
        _ => Vec::new(),
    };
    let is_foreign = is_answer && answered.is_none();
    Typed { subject, body, is_foreign, words, with_brackets, listed, ..Typed::default() }
}

/// The subject of the message that an engineer forwards; `None` where they forward none, or it names no subject.
fn forwarded_subject<'a>(incoming: &'a Incoming, sender: &Sender) -> Option<&'a str> {
    let forwarded = incoming.forwarded.first().filter(|_| sender.engineer.is_some())?;
    Some(forwarded.subject.as_str()).filter(|subject| !subject.is_empty() || forwarded.is_attached)
}
