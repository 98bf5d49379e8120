//! What a message claims, and which request it belongs to.

use crate::model::policy::Desk;
use crate::model::{
    Anchor, Audience, AutomaticSign, Bracket, EmailAddress, Facts, Incoming, LOOP_MARK, NamedAddress, PROBE_MARK,
    Request, Signed,
};

/// What a message claims, before anything is looked up.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Claims {
    /// Who wrote it, if that is somebody we could write to: `From`, or the customer whom a web form names in `Reply-To`.
    pub sender: Option<EmailAddress>,
    /// The sender's display name.
    pub sender_name: String,
    /// A web form sent it: the sender is whoever was typed into the form.
    pub is_form: bool,
    /// It is a letter of this installation that came back.
    pub is_own_letter: bool,
    /// It is a probe of `maildesk check`.
    pub is_probe: bool,
    /// The sender is an address of one of our desks.
    pub is_own_sender: bool,
    /// Whether the operator wants none of it, and why.
    pub spam: Option<Spam>,
    /// The signs of automatic mail that count at this desk.
    pub automatic: Vec<AutomaticSign>,
    /// Whether it names one of the desk's addresses, so that an answer is no surprise (RFC 3834 section 2).
    pub is_addressed: bool,
    /// Everybody in To and Cc who is neither desk nor engineer: they have seen what the message carries.
    pub outsiders: Vec<EmailAddress>,
    /// Whether To or Cc name somebody by an address that we cannot compare.
    pub has_unreadable_recipient: bool,
}

/// What the writer of a message typed in brackets.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Typed {
    /// The brackets of the subject that the answered subject does not have.
    pub subject: Vec<Bracket>,
    /// The brackets that stand alone on the first line.
    pub first_line: Vec<Bracket>,
    /// Whether the first line was made from HTML, where no tag counts: what is there need not be what its writer saw.
    pub is_html: bool,
    /// Whether the subject came from an answered or forwarded message that never came here, so that nobody knows who typed
    /// its brackets.
    pub is_foreign: bool,
}

/// Why the operator wants none of a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Spam {
    /// Its sender is blocked.
    Blocked(String),
    /// The operator's filter has marked it.
    Marked(String),
}

/// Header fields beside To and Cc that name the address a message was delivered to.
const DELIVERY_FIELDS: [&str; 7] =
    ["Delivered-To", "X-Original-To", "Envelope-To", "X-Envelope-To", "X-Delivered-To", "Resent-To", "Bcc"];

/// Reads a message's claims by the desk's settings. `desks` are all desks of the installation named `instance`.
pub fn claims(incoming: &Incoming, desk: &Desk, desks: &[Desk], instance: &str) -> Claims {
    let from = incoming.from.first().and_then(NamedAddress::email);
    let is_form = from.as_ref().is_some_and(|from| desk.form_senders.contains(from));
    let author = if is_form { incoming.reply_to.first() } else { incoming.from.first() };
    let sender = author.and_then(NamedAddress::email);
    Claims {
        sender_name: author.map_or_else(String::new, |a| a.name.clone()),
        is_form,
        is_own_letter: incoming.header(LOOP_MARK).any(|mark| mark == instance),
        is_probe: incoming.header(LOOP_MARK).any(|mark| mark == PROBE_MARK),
        is_own_sender: sender.as_ref().is_some_and(|s| desks.iter().any(|d| d.is_own(s))),
        spam: spam(incoming, desk, sender.as_ref()),
        automatic: incoming.automatic.iter().filter(|sign| counts(sign, incoming, desk, is_form)).cloned().collect(),
        is_addressed: is_form || is_own_list(incoming, desk) || names_desk(incoming, desk),
        outsiders: outsiders(incoming, desks),
        has_unreadable_recipient: named(incoming).any(|named| named.email().is_none() && named.address.contains('@')),
        sender,
    }
}

fn outsiders(incoming: &Incoming, desks: &[Desk]) -> Vec<EmailAddress> {
    let is_inside =
        |address: &EmailAddress| desks.iter().any(|d| d.is_own(address) || d.engineer_at(address).is_some());
    named(incoming).filter_map(NamedAddress::email).filter(|address| !is_inside(address)).collect()
}

fn named(incoming: &Incoming) -> impl Iterator<Item = &NamedAddress> {
    incoming.to.iter().chain(&incoming.cc)
}

/// A form is a robot by trade and one's own list is no bulk mail: their everyday signs say nothing about who wrote.
fn counts(sign: &AutomaticSign, incoming: &Incoming, desk: &Desk, is_form: bool) -> bool {
    match sign {
        AutomaticSign::List(..) | AutomaticSign::Precedence(_) => !is_form && !is_own_list(incoming, desk),
        AutomaticSign::UnattendedSender(_) | AutomaticSign::RobotHeader(..) | AutomaticSign::ResponseSuppressed(_) => {
            !is_form
        }
        AutomaticSign::AutoSubmitted(_) => !is_form || sign.is_reply(),
        AutomaticSign::Report(_)
        | AutomaticSign::NullReturnPath
        | AutomaticSign::Subject(_)
        | AutomaticSign::Calendar(_) => true,
    }
}

fn is_own_list(incoming: &Incoming, desk: &Desk) -> bool {
    incoming.header("List-Id").any(|value| {
        let value = value.to_lowercase();
        desk.own_lists.iter().any(|own| value == *own || value.ends_with(&format!("<{own}>")))
    })
}

fn names_desk(incoming: &Incoming, desk: &Desk) -> bool {
    let named = named(incoming).filter_map(NamedAddress::email);
    named.chain(delivered_to(incoming)).any(|address| desk.is_own(&address))
}

/// The addresses that the header fields of delivery name.
pub fn delivered_to(incoming: &Incoming) -> impl Iterator<Item = EmailAddress> + '_ {
    DELIVERY_FIELDS.iter().flat_map(|field| incoming.header(field)).flat_map(|value| {
        value.split([' ', ',', ';', '<', '>']).filter_map(|word| EmailAddress::parse(word).ok()).collect::<Vec<_>>()
    })
}

fn spam(incoming: &Incoming, desk: &Desk, sender: Option<&EmailAddress>) -> Option<Spam> {
    if let Some(blocked) = sender.filter(|s| desk.blocked.iter().any(|pattern| pattern.matches(s))) {
        return Some(Spam::Blocked(format!("the sender {blocked} is blocked")));
    }
    desk.spam_headers.iter().find_map(|pattern| {
        let wanted = pattern.value.to_lowercase();
        let value = incoming.header(&pattern.name).find(|value| value.to_lowercase().starts_with(&wanted))?;
        Some(Spam::Marked(format!("marked as spam: {}: {value}", pattern.name)))
    })
}

/// Which request a message belongs to, and how that is known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Belonging {
    /// A participant's message in the request; `signed` when it answers a letter that we signed for correspondents.
    Participant {
        /// The request.
        request: Request,
        /// Whether the answer shows that this address reads our letters.
        signed: bool,
        /// What showed it.
        proof: &'static str,
    },
    /// Somebody else's message that answers one of our signed letters.
    Outside(Request),
    /// It quotes the number of a request in which its sender has no part.
    Stranger(Request),
    /// A matter of its own.
    New,
}

/// Weighs the facts: a signed thread first, then a participant's own thread, then a participant who quotes the number.
/// A number alone never opens a door. `signed` is what our ids in its thread say; an engineer's token in the wrong hands
/// shows the thread, and nothing of its sender.
pub fn belonging(claims: &Claims, signed: &[Signed], facts: &Facts) -> Belonging {
    let takes_part =
        |request: &Request| claims.sender.as_ref().is_some_and(|sender| request.participant(sender).is_some());
    let participant =
        |request: &Request, signed, proof| Belonging::Participant { request: request.clone(), signed, proof };
    if let Some(request) = &facts.signed {
        let leads_here = |anchor: &Anchor| matches!(anchor, Anchor::Request(number) if facts.leads_to(number, request));
        let for_correspondent = signed.iter().any(|s| leads_here(&s.anchor) && s.audience == Audience::Correspondent);
        return match (takes_part(request), for_correspondent) {
            (true, true) => participant(request, true, "signed thread and participant's address"),
            (true, false) => participant(request, false, "an engineer's thread and participant's address"),
            (false, _) => Belonging::Outside(request.clone()),
        };
    }
    if let Some(request) = facts.answered.as_ref().filter(|r| takes_part(r)) {
        return participant(request, false, "answer to an earlier message of the request, participant's address");
    }
    match &facts.quoted {
        Some(request) if takes_part(request) => participant(request, false, "number and participant's address"),
        Some(request) => Belonging::Stranger(request.clone()),
        None => Belonging::New,
    }
}
