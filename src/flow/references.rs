//! Reads what a message answers and which proofs it brings, verified by our keys and the operator's settings. Pure.

use crate::desk;
use crate::mail::proof::{self, KeyRing};
use crate::mail::{authentication, subject};
use crate::model::settings::Settings;
use crate::model::{
    Anchor, Audience, Bracket, EmailAddress, Incoming, KeyedAsk, Mentioned, NamedAddress, Proofs, References,
    ReportedId, RequestNumber, ShortName, Signed,
};

use super::destination::Destination;

/// How many Message-IDs of a thread are looked at.
const MOST_ANSWERED: usize = 50;

/// How many characters of a message are searched for numbers.
const LONGEST_SEARCHED: usize = 2_000;

/// How many brackets of a subject are read for keys of buttons: a button's mail has one.
const MOST_BUTTONS: usize = 10;

/// How many such numbers are looked up: who writes more has written a list.
const MOST_MENTIONED: usize = 5;

/// Reads the references and proofs of a message. A reply address that carries a token names the letter that it answers, for
/// mail programs that write no In-Reply-To or References.
pub(super) fn references(
    ring: &KeyRing,
    settings: &Settings,
    at: Destination<'_>,
    incoming: &Incoming,
    is_by_program: bool,
) -> (References, Proofs) {
    let engineers = settings.engineers();
    let (mut answered, mut signed) = (Vec::new(), Vec::new());
    for id in incoming.answered().into_iter().take(MOST_ANSWERED) {
        let ours = proof::verify(ring, id, &engineers);
        answered.push(if ours.is_some() { id.in_lower_case() } else { id.clone() });
        signed.extend(ours);
    }
    let mut personal = Vec::new();
    for address in own_recipients(settings, incoming) {
        if let Some(token) = proof::verify_address(ring, &address, &engineers) {
            answered.extend(proof::sign(ring, &token, &at.desk.address).filter(|id| !answered.contains(id)));
            signed.extend(Some(token).filter(|token| !signed.contains(token)));
        }
        personal.extend(proof::verify_personal(ring, &address).filter(|serial| !personal.contains(serial)));
    }
    // A server vouches for a web form or a group itself, and one mailbox is kept for a form: neither knows who has written.
    let authserv_id = at.mailbox.authserv_id.as_ref().filter(|_| !is_by_program);
    let vouched = authserv_id.and_then(|id| authentication::vouched(incoming, id));
    let quoted = subject::references(&incoming.subject_raw, &settings.desk_keys());
    let named = subject::named_number(&incoming.subject_raw, &incoming.reading.words);
    let named = named.map(|number| RequestNumber { desk: at.desk.key.clone(), number });
    let mentioned = mentioned(settings, at, incoming);
    let reported = reported(ring, &engineers, incoming);
    let references = References { signed, answered, quoted, named, mentioned, reported };
    let buttons = buttons(ring, settings, &incoming.subject_raw, &engineers);
    (references, Proofs { personal, vouched, is_internal: at.mailbox.internal && !is_by_program, buttons })
}

/// The keys of our buttons in a subject.
fn buttons(ring: &KeyRing, settings: &Settings, subject: &str, engineers: &[ShortName]) -> Vec<Signed> {
    let keys = settings.desk_keys();
    let numbers = subject::references(subject, &keys);
    let desk = numbers.first().and_then(|number| settings.desk(&number.desk));
    let Some(desk) = desk.filter(|_| subject.contains('[')) else { return Vec::new() };
    let brackets = subject::tags::read(subject, &desk.vocabulary(keys)).into_iter().take(MOST_BUTTONS);
    let verified = |bracket: Bracket| {
        let (number, KeyedAsk { ask, key }) = bracket.answer.button()?;
        proof::verify_button(ring, number, &ask.to_string(), key, engineers)
    };
    brackets.filter_map(verified).collect()
}

/// The requests whose numbers merely stand in a message: those of any desk in its words, and bare numbers of this desk's in its
/// subject and words.
fn mentioned(settings: &Settings, at: Destination<'_>, incoming: &Incoming) -> Vec<Mentioned> {
    let words: String = incoming.reading.words.chars().take(LONGEST_SEARCHED).collect();
    let in_full = subject::references(&words, &settings.desk_keys());
    let bare = subject::bare_numbers(&format!("{}\n{words}", incoming.subject_raw)).into_iter();
    let bare = bare.map(|number| RequestNumber { desk: at.desk.key.clone(), number });
    let mentioned = |is_in_full| move |number| Mentioned { number, is_in_full };
    in_full.into_iter().map(mentioned(true)).chain(bare.map(mentioned(false))).take(MOST_MENTIONED).collect()
}

/// The addresses of our desks that the message went to, with what stands behind their `+`.
fn own_recipients(settings: &Settings, incoming: &Incoming) -> Vec<EmailAddress> {
    let named = incoming.to.iter().chain(&incoming.cc).filter_map(NamedAddress::email);
    let is_own = |address: &EmailAddress| settings.desks.iter().any(|desk| desk.is_own(address));
    named.chain(desk::delivered_to(incoming)).filter(is_own).collect()
}

/// Our letter that a delivery report or complaint is about; `None` where it is none, or names none of ours.
fn reported(ring: &KeyRing, engineers: &[ShortName], incoming: &Incoming) -> Option<ReportedId> {
    let named = incoming.report.as_ref().and_then(|report| report.original_message_id.as_ref());
    let mut ids = named.into_iter().chain(&incoming.returned.ids);
    let (letter, signed) = ids.find_map(|id| Some((id.in_lower_case(), proof::verify(ring, id, engineers)?)))?;
    Some(ReportedId { letter, returned: returned(signed, incoming) })
}

/// The request of a returned letter to a correspondent, and the first recipient that the report names; `None` for other
/// letters.
fn returned(signed: Signed, incoming: &Incoming) -> Option<(RequestNumber, EmailAddress)> {
    let recipient = incoming.report.as_ref()?.recipients.first()?;
    match (signed.anchor, signed.audience) {
        (Anchor::Request(number), Audience::Correspondent) => {
            Some((number, EmailAddress::parse(&recipient.address).ok()?))
        }
        _ => None,
    }
}
