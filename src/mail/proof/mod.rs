//! Signs and verifies what ties a message to a letter of this installation: Message-IDs, reply addresses and keys of links.
//!
//! ```text
//! signed   = anchor "." sequence [ ".e" expiry ] "." key-id "." mac      otk-1042.1.k1.9f…   otk-1042.7.et9a3bc.k1.04…
//! personal = "me." serial "." key-id "." mac
//! link     = expiry "-" key-id "-" mac                                  [OTK-1042 confirm t9a3bc-k1-77…]
//! button   = "e" expiry "-" key-id "-" mac                              [OTK-1042 take et9a3bc-k1-5b…]
//! ```
//!
//! A signed text is the local part of a Message-ID, or follows the `+` of the desk's address (subaddress, RFC 5233). Without
//! an expiry it identifies a letter to a correspondent; with one it is an engineer's token, whose name is part of the MAC
//! only.
//!
//! The MAC is HMAC-SHA256 (RFC 2104), truncated to 96 bits, over the role, the installation and all fields. The functions
//! here are the only way from a message's header to a thread or an engineer: what does not verify belongs to nobody. Case is
//! ignored, since some servers change it; any other change makes a text invalid.

mod ring;
mod tag;
#[cfg(test)]
mod tests;

use crate::model::{
    Anchor, Audience, ButtonAction, DeskKey, EmailAddress, MessageId, ReceivedId, RequestNumber, RequesterAsk, Secret,
    ShortName, Signed, Timestamp,
};
use ring::MacRole;
use tag::{Tag, base36, number};

pub use ring::{InvalidKeyRing, KeyRing};

/// The longest local part of an address, in octets (RFC 5321 section 4.5.3.1.1).
const LONGEST_LOCAL: usize = 64;

/// The signed Message-ID of a letter; `desk` gives the domain. None: it would be too long for a Message-ID.
pub fn sign(ring: &KeyRing, signed: &Signed, desk: &EmailAddress) -> Option<MessageId> {
    let (payload, tag) = signed_text(ring, signed)?;
    MessageId::parse(&format!("{payload}.{}@{}", tag.hex(), desk.domain())).ok()
}

/// Verifies a signed Message-ID. None: not signed by this installation, or a token of somebody who is not among `engineers`.
/// An expired token verifies too; its expiry is in the result.
pub fn verify(ring: &KeyRing, id: &MessageId, engineers: &[ShortName]) -> Option<Signed> {
    let (local, _) = id.as_str().split_once('@')?;
    verify_text(ring, local, engineers)
}

/// The desk's address with the signed text as subaddress. None: too long for an address.
pub fn reply_address(ring: &KeyRing, signed: &Signed, desk: &EmailAddress) -> Option<EmailAddress> {
    let (payload, tag) = signed_text(ring, signed)?;
    with_tag(desk, &payload, tag)
}

/// Verifies an address made by [`reply_address`], as [`verify`] does a Message-ID.
pub fn verify_address(ring: &KeyRing, address: &EmailAddress, engineers: &[ShortName]) -> Option<Signed> {
    let (_, text) = address.local().rsplit_once('+')?;
    verify_text(ring, text, engineers)
}

/// An engineer's personal address at the desk; `serial` is the number under which it was issued. None: too long for an
/// address.
pub fn personal_address(ring: &KeyRing, serial: u32, desk: &EmailAddress) -> Option<EmailAddress> {
    let (key_id, tag) = ring.tag(MacRole::Personal, &serial.to_string());
    with_tag(desk, &format!("me.{serial}.{key_id}"), tag)
}

/// The serial number of a personal address. None: not made by this installation.
pub fn verify_personal(ring: &KeyRing, address: &EmailAddress) -> Option<u32> {
    let (_, text) = address.local().rsplit_once('+')?;
    let ["me", digits, key_id, tag] = text.split('.').collect::<Vec<_>>()[..] else { return None };
    let serial: u32 = number(digits, 10)?.try_into().ok()?;
    let facts = serial.to_string();
    (digits == facts && ring.verifies(key_id, Tag::parse(tag)?, MacRole::Personal, &facts)).then_some(serial)
}

/// The key of a link with which the requester may ask for this until it expires.
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

/// The expiry of a link's key. None: made for another request, requester or ask, or not by this installation.
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

/// The key of a button with which this engineer may do this one thing, named by its tag, until it expires.
pub fn button_key(ring: &KeyRing, action: &ButtonAction) -> Secret {
    let expires = seconds(action.expires).unwrap_or(0);
    let (key_id, tag) = ring.tag(MacRole::Button, &button_facts(action, expires));
    Secret::new(format!("e{}-{key_id}-{}", base36(expires), tag.hex()))
}

/// Whether a word has the shape of a button's key.
pub fn is_button_key(word: &str) -> bool {
    let parts: Vec<&str> = word.split('-').collect();
    matches!(parts[..], [expires, _, tag] if expires.starts_with(['e', 'E']) && Tag::parse(&tag.to_ascii_lowercase()).is_some())
}

/// Verifies the key of a button for this action on a request. None: made for another request or action, for nobody among
/// `engineers`, or not by this installation. An expired key verifies too; its expiry is in the result.
pub fn verify_button(
    ring: &KeyRing,
    request: &RequestNumber,
    ask: &str,
    key: &Secret,
    engineers: &[ShortName],
) -> Option<Signed> {
    let text = key.expose().to_ascii_lowercase();
    let [expires, key_id, tag] = text.split('-').collect::<Vec<_>>()[..] else { return None };
    let expires = expiry(expires.strip_prefix('e')?)?;
    let (until, tag) = (seconds(expires)?, Tag::parse(tag)?);
    engineers.iter().find_map(|engineer| {
        let action =
            ButtonAction { request: request.clone(), tag: ask.to_owned(), engineer: engineer.clone(), expires };
        let is_theirs = ring.verifies(key_id, tag, MacRole::Button, &button_facts(&action, until));
        let audience = Audience::Engineer { name: engineer.clone(), expires };
        is_theirs.then(|| Signed { anchor: Anchor::Button(Box::new(action)), sequence: 0, audience })
    })
}

fn button_facts(action: &ButtonAction, expires: u128) -> String {
    format!("{} {} {} {expires}", action.request, action.engineer, action.tag)
}

fn link_facts(number: &RequestNumber, requester: &EmailAddress, ask: RequesterAsk, expires: u128) -> String {
    format!("{number} {requester} {ask} {expires}")
}

/// A signed text up to its MAC, and the MAC. None: the expiry is before 1970.
fn signed_text(ring: &KeyRing, signed: &Signed) -> Option<(String, Tag)> {
    let (role, facts) = facts(signed)?;
    let (key_id, tag) = ring.tag(role, &facts);
    Some((format!("{}.{key_id}", payload(signed)?), tag))
}

fn verify_text(ring: &KeyRing, text: &str, engineers: &[ShortName]) -> Option<Signed> {
    let text = text.to_ascii_lowercase();
    let (claimed, tag) = text.rsplit_once('.')?;
    let (claimed, key_id) = claimed.rsplit_once('.')?;
    let tag = Tag::parse(tag)?;
    claims(claimed, engineers)?.into_iter().find(|signed| {
        // Other spellings of the same values, such as leading zeros, are not ours.
        payload(signed).is_some_and(|payload| payload == claimed)
            && facts(signed).is_some_and(|(role, facts)| ring.verifies(key_id, tag, role, &facts))
    })
}

/// All readings of an unverified text: which engineer's token it is, only the MAC shows.
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
    if let Some(key) = text.strip_prefix("d-") {
        return DeskKey::parse(key).ok().map(Anchor::Digest);
    }
    match text.strip_prefix("m-") {
        Some(digits) => number(digits, 10)?.try_into().ok().map(|id| Anchor::Message(ReceivedId(id))),
        None => RequestNumber::parse(text).ok().map(Anchor::Request),
    }
}

/// The readable fields of a signed text, without key id and MAC.
fn payload(signed: &Signed) -> Option<String> {
    let Signed { anchor, sequence, audience } = signed;
    Some(match audience {
        Audience::Correspondent => format!("{anchor}.{sequence}"),
        Audience::Engineer { expires, .. } => format!("{anchor}.{sequence}.e{}", base36(seconds(*expires)?)),
    })
}

/// The role and the fields that the MAC covers.
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

/// Parses an expiry in base 36; None for any spelling but the one that is written.
fn expiry(text: &str) -> Option<Timestamp> {
    let time = Timestamp::from_unix(number(text, 36)?.try_into().ok()?);
    (base36(seconds(time)?) == text).then_some(time)
}

/// The desk's address with a text and its MAC as subaddress; the MAC is in base 36 where base 16 is too long.
fn with_tag(desk: &EmailAddress, payload: &str, tag: Tag) -> Option<EmailAddress> {
    let locals = [tag.hex(), tag.short()].map(|mac| format!("{}+{payload}.{mac}", desk.local()));
    let local = locals.into_iter().find(|local| local.len() <= LONGEST_LOCAL)?;
    EmailAddress::parse(&format!("{local}@{}", desk.domain())).ok()
}
