//! What shows that a message belongs to one of our letters: signed ids, reply addresses and keys of links.
//!
//! ```text
//! signed   = anchor "." sequence [ ".e" expiry ] "." key-id "." mac      otk-1042.1.k1.9f…   otk-1042.7.et9a3bc.k1.04…
//! personal = "me." serial "." key-id "." mac
//! link     = expiry "-" key-id "-" mac                                  [OTK-1042 confirm t9a3bc-k1-77…]
//! ```
//!
//! A signed text is the local part of a Message-ID, and may stand behind the `+` of the desk's address. Without an expiry it
//! is the id of a correspondent's letter; with one it is the token of an engineer, whose name stands in the MAC only.
//!
//! The MAC is HMAC-SHA256 (RFC 2104), cut to 96 bits, over the role, the installation and all that is said. The functions here are
//! the only way from a message's header to a thread or an engineer: what does not verify is nobody's, however well it is
//! guessed. Case does not matter, since some servers change it; every other change does.

mod ring;
mod tag;
#[cfg(test)]
mod tests;

use crate::model::{
    Anchor, Audience, EmailAddress, MessageId, ReceivedId, RequestNumber, RequesterAsk, Secret, ShortName, Signed,
    Timestamp,
};
use ring::MacRole;
use tag::{Tag, base36, number};

pub use ring::{InvalidKeyRing, KeyRing};

/// The longest local part of an address (RFC 5321 section 4.5.3.1.1).
const LONGEST_LOCAL: usize = 64;

/// The signed id of a letter; `desk` gives the domain. None where it would be longer than an id may be.
pub fn sign(ring: &KeyRing, signed: &Signed, desk: &EmailAddress) -> Option<MessageId> {
    let (said, tag) = signed_text(ring, signed)?;
    MessageId::parse(&format!("{said}.{}@{}", tag.hex(), desk.domain())).ok()
}

/// What a signed id says; none for every id that this installation did not sign. A token is one only for the engineers named
/// here. Whether it has expired is not judged: its expiry is in the answer.
pub fn verify(ring: &KeyRing, id: &MessageId, engineers: &[ShortName]) -> Option<Signed> {
    let (local, _) = id.as_str().split_once('@')?;
    verify_text(ring, local, engineers)
}

/// The desk's address with the signed text behind a `+`; none where that does not fit into an address.
pub fn reply_address(ring: &KeyRing, signed: &Signed, desk: &EmailAddress) -> Option<EmailAddress> {
    let (said, tag) = signed_text(ring, signed)?;
    with_tag(desk, &said, tag)
}

/// The same as [`verify`], for an address that [`reply_address`] may have made.
pub fn verify_address(ring: &KeyRing, address: &EmailAddress, engineers: &[ShortName]) -> Option<Signed> {
    let (_, text) = address.local().rsplit_once('+')?;
    verify_text(ring, text, engineers)
}

/// An engineer's own address at the desk, by the serial number under which it was given.
pub fn personal_address(ring: &KeyRing, serial: u32, desk: &EmailAddress) -> Option<EmailAddress> {
    let (key_id, tag) = ring.tag(MacRole::Personal, &serial.to_string());
    with_tag(desk, &format!("me.{serial}.{key_id}"), tag)
}

/// The serial number of a personal address; none for every address that this installation did not make.
pub fn verify_personal(ring: &KeyRing, address: &EmailAddress) -> Option<u32> {
    let (_, text) = address.local().rsplit_once('+')?;
    let ["me", digits, key_id, tag] = text.split('.').collect::<Vec<_>>()[..] else { return None };
    let serial: u32 = number(digits, 10)?.try_into().ok()?;
    let facts = serial.to_string();
    (digits == facts && ring.verifies(key_id, Tag::parse(tag)?, MacRole::Personal, &facts)).then_some(serial)
}

/// The key of a link by which the requester asks this, until it expires.
pub fn link_key(
    ring: &KeyRing,
    number: &RequestNumber,
    requester: &EmailAddress,
    ask: RequesterAsk,
    expires: Timestamp,
) -> Secret {
    let expires = seconds(expires).unwrap_or(0);
    let (key_id, tag) = ring.tag(MacRole::Link, &link_facts(number, requester, ask, expires));
    Secret::new(format!("{}-{key_id}-{}", base36(expires), tag.hex()))
}

/// Until when the key of a link is good; none for a key that was made for another request, requester or ask, or not by us.
pub fn verify_link(
    ring: &KeyRing,
    number: &RequestNumber,
    requester: &EmailAddress,
    ask: RequesterAsk,
    key: &Secret,
) -> Option<Timestamp> {
    let text = key.expose().to_ascii_lowercase();
    let [expires, key_id, tag] = text.split('-').collect::<Vec<_>>()[..] else { return None };
    let until = expiry(expires)?;
    let facts = link_facts(number, requester, ask, seconds(until)?);
    ring.verifies(key_id, Tag::parse(tag)?, MacRole::Link, &facts).then_some(until)
}

fn link_facts(number: &RequestNumber, requester: &EmailAddress, ask: RequesterAsk, expires: u128) -> String {
    format!("{number} {requester} {ask} {expires}")
}

/// What a signed text says, up to its MAC, and the MAC.
fn signed_text(ring: &KeyRing, signed: &Signed) -> Option<(String, Tag)> {
    let (role, facts) = facts(signed)?;
    let (key_id, tag) = ring.tag(role, &facts);
    Some((format!("{}.{key_id}", said(signed)?), tag))
}

fn verify_text(ring: &KeyRing, text: &str, engineers: &[ShortName]) -> Option<Signed> {
    let text = text.to_ascii_lowercase();
    let (claimed, tag) = text.rsplit_once('.')?;
    let (claimed, key_id) = claimed.rsplit_once('.')?;
    let tag = Tag::parse(tag)?;
    claims(claimed, engineers)?.into_iter().find(|signed| {
        // What is written in another way than we write it was not written by us.
        said(signed).is_some_and(|said| said == claimed)
            && facts(signed).is_some_and(|(role, facts)| ring.verifies(key_id, tag, role, &facts))
    })
}

/// Everything that a text may mean: whose token it is, only the MAC tells.
fn claims(text: &str, engineers: &[ShortName]) -> Option<Vec<Signed>> {
    let mut words = text.split('.');
    let anchor = anchor(words.next()?)?;
    let sequence = number(words.next()?, 10)?.try_into().ok()?;
    let audiences = match (words.next(), words.next()) {
        (None, None) => vec![Audience::Correspondent],
        (Some(word), None) => {
            let expires = expiry(word.strip_prefix('e')?)?;
            engineers.iter().map(|name| Audience::Engineer { name: name.clone(), expires }).collect()
        }
        _ => return None,
    };
    Some(audiences.into_iter().map(|audience| Signed { anchor: anchor.clone(), sequence, audience }).collect())
}

fn anchor(text: &str) -> Option<Anchor> {
    match text.strip_prefix("m-") {
        Some(digits) => number(digits, 10)?.try_into().ok().map(|id| Anchor::Message(ReceivedId(id))),
        None => RequestNumber::parse(text).ok().map(Anchor::Request),
    }
}

/// What the text of a letter's id says in clear.
fn said(signed: &Signed) -> Option<String> {
    let Signed { anchor, sequence, audience } = signed;
    Some(match audience {
        Audience::Correspondent => format!("{anchor}.{sequence}"),
        Audience::Engineer { expires, .. } => format!("{anchor}.{sequence}.e{}", base36(seconds(*expires)?)),
    })
}

/// What the MAC of a letter's id is over.
fn facts(signed: &Signed) -> Option<(MacRole, String)> {
    let Signed { anchor, sequence, audience } = signed;
    Some(match audience {
        Audience::Correspondent => (MacRole::Thread, format!("{anchor} {sequence}")),
        Audience::Engineer { name, expires } => {
            (MacRole::Token, format!("{anchor} {sequence} {} {}", name.as_str(), seconds(*expires)?))
        }
    })
}

fn seconds(time: Timestamp) -> Option<u128> {
    time.unix().try_into().ok()
}

/// Reads an expiry in the one way in which it is written.
fn expiry(text: &str) -> Option<Timestamp> {
    let time = Timestamp::from_unix(number(text, 36)?.try_into().ok()?);
    (base36(seconds(time)?) == text).then_some(time)
}

/// The desk's address with a text and its MAC behind a `+`; the MAC is written shorter where that makes it fit.
fn with_tag(desk: &EmailAddress, said: &str, tag: Tag) -> Option<EmailAddress> {
    let locals = [tag.hex(), tag.short()].map(|mac| format!("{}+{said}.{mac}", desk.local()));
    let local = locals.into_iter().find(|local| local.len() <= LONGEST_LOCAL)?;
    EmailAddress::parse(&format!("{local}@{}", desk.domain())).ok()
}
