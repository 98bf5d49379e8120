//! Reads what a message says of itself, by the settings of the desk that it came to.

use crate::model::policy::Desk;
use crate::model::{
    AutomaticSign, Copied, EmailAddress, Incoming, LOOP_MARK, NamedAddress, PROBE_MARK, Recipients, Sender, Spam,
    Understanding,
};

/// How many people in To and Cc are kept: more than anybody reads.
const MOST_PEOPLE: usize = 50;

/// Header fields, beside To and Cc, that name the address to which a message was delivered.
const DELIVERY_FIELDS: [&str; 7] =
    ["Delivered-To", "X-Original-To", "Envelope-To", "X-Envelope-To", "X-Delivered-To", "Resent-To", "Bcc"];

/// Reads what a message says of itself, by the settings of the desk that it came to. References, proofs, subject and typed tags
/// are left empty: they need our keys or the answered message. `desks` are all desks of the installation named `instance`.
pub fn claims(incoming: &Incoming, desk: &Desk, desks: &[Desk], instance: &str) -> Understanding {
    let sender = sender(incoming, desk, desks);
    let recipients = Recipients {
        include_desk: sender.is_form || is_own_list(incoming, desk) || names_desk(incoming, desk),
        outsiders: outsiders(incoming, desks),
        people: people(incoming, desks, sender.address.as_ref()),
        include_unreadable: named(incoming).any(|named| named.email().is_none() && named.address.contains('@')),
    };
    let counted = incoming.automatic.iter().filter(|sign| counts(sign, incoming, desk, sender.is_form));
    Understanding {
        is_own_letter: incoming.header(LOOP_MARK).any(|mark| mark == instance),
        is_probe: incoming.header(LOOP_MARK).any(|mark| mark == PROBE_MARK),
        spam: spam(incoming, desk, sender.address.as_ref()),
        automatic: counted.cloned().collect(),
        sender,
        recipients,
        ..Understanding::default()
    }
}

fn sender(incoming: &Incoming, desk: &Desk, desks: &[Desk]) -> Sender {
    let from = incoming.from.first().and_then(NamedAddress::email);
    let is_form = from.as_ref().is_some_and(|from| desk.form_senders.contains(from));
    let is_own = |address: &EmailAddress| desks.iter().any(|desk| desk.is_own(address));
    let original = from.as_ref().filter(|from| is_own(from)).and_then(|_| original_author(incoming, desk, is_own));
    let is_rewritten = original.is_some();
    let author = if is_form { incoming.reply_to.first() } else { original.or(incoming.from.first()) };
    let address = author.and_then(NamedAddress::email);
    let engineer_at = |desk: &&Desk| address.as_ref().is_some_and(|address| desk.engineer_at(address).is_some());
    let engineer = address.as_ref().and_then(|address| desks.iter().find_map(|desk| desk.engineer_at(address)));
    Sender {
        name: author.map_or_else(String::new, |author| author.name.clone()),
        is_form,
        is_rewritten,
        is_desk: address.as_ref().is_some_and(is_own),
        engineer: engineer.map(|engineer| engineer.name.clone()),
        works_at: desks.iter().filter(engineer_at).map(|desk| desk.key.clone()).collect(),
        address,
    }
}

/// The author of a message that a group of ours has sent on in the desk's own name, as the group names them: in its own fields, or
/// else in `Reply-To`, unless that is the group itself or the desk. `None` where the operator has not named the group.
fn original_author<'a>(
    incoming: &'a Incoming,
    desk: &Desk,
    is_own: impl Fn(&EmailAddress) -> bool,
) -> Option<&'a NamedAddress> {
    if !is_own_list(incoming, desk) {
        return None;
    }
    let is_list = |address: &EmailAddress| incoming.header("List-Post").any(|post| post.contains(address.as_str()));
    let is_author =
        |named: &&NamedAddress| named.email().is_some_and(|address| !is_own(&address) && !is_list(&address));
    incoming.original_from.iter().chain(&incoming.reply_to).find(is_author)
}

fn outsiders(incoming: &Incoming, desks: &[Desk]) -> Vec<EmailAddress> {
    named(incoming).filter_map(NamedAddress::email).filter(|address| !is_inside(address, desks)).collect()
}

/// Whether an address is a desk's or an engineer's.
fn is_inside(address: &EmailAddress, desks: &[Desk]) -> bool {
    desks.iter().any(|desk| desk.is_own(address) || desk.engineer_at(address).is_some())
}

/// The people in To and Cc who are neither desks, engineers nor the sender, each once.
fn people(incoming: &Incoming, desks: &[Desk], sender: Option<&EmailAddress>) -> Vec<Copied> {
    let mut people: Vec<Copied> = Vec::new();
    for named in named(incoming) {
        if people.len() == MOST_PEOPLE {
            break;
        }
        let Some(email) = named.email().filter(|email| !is_inside(email, desks)) else { continue };
        if Some(&email) != sender && !people.iter().any(|known| known.email == email) {
            people.push(Copied { email, name: named.name.clone() });
        }
    }
    people
}

fn named(incoming: &Incoming) -> impl Iterator<Item = &NamedAddress> {
    incoming.to.iter().chain(&incoming.cc)
}

/// Whether a sign of automatic mail counts. A web form is a robot by nature, and the company's own list is no bulk mail: their
/// usual signs say nothing about the writer.
fn counts(sign: &AutomaticSign, incoming: &Incoming, desk: &Desk, is_form: bool) -> bool {
    match sign {
        AutomaticSign::List(..) | AutomaticSign::Precedence(_) => !is_form && !is_own_list(incoming, desk),
        AutomaticSign::UnattendedSender(_) | AutomaticSign::RobotHeader(..) | AutomaticSign::ResponseSuppressed(_) => {
            !is_form
        }
        AutomaticSign::AutoSubmitted(_) => !is_form || sign.is_reply(),
        _ => true,
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

/// The addresses that the delivery fields name.
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
