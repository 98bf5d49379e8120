//! Signed Message-IDs: what shows that an answer belongs to one of our letters.
//!
//! ```text
//! Message-ID = "<" key "-" number "." sequence "." key-id "." mac "@" domain ">"      <otk-1042.1.k1.9f…@example.org>
//! ```
//!
//! The MAC is HMAC-SHA256 (RFC 2104), cut to 96 bits, over installation, number and sequence. [`verify`] is the only way from a
//! message's header to a thread: an id whose MAC is wrong is nobody's, however well its number is guessed.

use std::fmt::Write as _;

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

use crate::model::{Anchor, Audience, EmailAddress, MessageId, RequestNumber, Secret, Signed};

/// Bytes of the MAC that an id carries.
const MAC_BYTES: usize = 12;

/// The keys that ids are signed with: the first signs, all verify, so that a new key may be put in front of an old one.
#[derive(Clone, Debug)]
pub struct KeyRing {
    instance: String,
    keys: Vec<(String, Secret)>,
}

/// Why a key file cannot be read.
#[derive(Debug, thiserror::Error)]
#[error("line {0}: expected `instance ID` first, then `key ID 64-HEXADECIMAL-DIGITS` lines")]
pub struct InvalidKeyRing(usize);

impl KeyRing {
    /// A new ring from random bytes: its first key, and the name of the installation.
    pub fn generate(random: &[u8; 40]) -> Self {
        let hex = random.iter().fold(String::new(), |mut hex, byte| {
            // Writing to a String cannot fail.
            let _ = write!(hex, "{byte:02x}");
            hex
        });
        let (instance, key) = hex.split_at(16);
        Self { instance: instance.to_owned(), keys: vec![("k1".to_owned(), Secret::new(key))] }
    }

    /// Reads the text of a key file.
    pub fn parse(text: &str) -> Result<Self, InvalidKeyRing> {
        let word =
            |s: &str| !s.is_empty() && s.len() <= 16 && s.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit());
        let mut ring = Self { instance: String::new(), keys: Vec::new() };
        for (index, line) in text.lines().enumerate() {
            match line.split_whitespace().collect::<Vec<_>>()[..] {
                ["instance", id] if index == 0 && word(id) => ring.instance = id.to_owned(),
                ["key", id, hex]
                    if index > 0 && word(id) && hex.len() == 64 && hex.bytes().all(|b| b.is_ascii_hexdigit()) =>
                {
                    ring.keys.push((id.to_owned(), Secret::new(hex)));
                }
                [] if index > 0 => {}
                _ => return Err(InvalidKeyRing(index + 1)),
            }
        }
        if ring.keys.is_empty() { Err(InvalidKeyRing(text.lines().count() + 1)) } else { Ok(ring) }
    }

    /// The text of a key file. It holds the keys: mode 0600.
    pub fn to_text(&self) -> Secret {
        let keys = self.keys.iter().map(|(id, key)| format!("key {id} {}\n", key.expose()));
        Secret::new(format!("instance {}\n{}", self.instance, keys.collect::<String>()))
    }

    /// The installation's name: the value of our loop mark.
    pub fn instance(&self) -> &str {
        &self.instance
    }

    fn mac(&self, key: &Secret, anchor: &Anchor, sequence: u32) -> Hmac<Sha256> {
        // HMAC takes keys of any length.
        let mut mac = Hmac::<Sha256>::new_from_slice(key.expose().as_bytes()).unwrap_or_else(|_| unreachable!());
        mac.update(format!("thread {} {anchor} {sequence}", self.instance).as_bytes());
        mac
    }
}

/// The signed id of a request's letter: `sequence` counts the letters of a request from 1, `desk` gives the domain.
pub fn sign(ring: &KeyRing, anchor: &Anchor, sequence: u32, desk: &EmailAddress) -> Option<MessageId> {
    let (id, key) = ring.keys.first()?;
    let mac = ring.mac(key, anchor, sequence).finalize().into_bytes();
    let mut local = format!("{anchor}.{sequence}.{id}.");
    for byte in &mac[..MAC_BYTES] {
        let _ = write!(local, "{byte:02x}");
    }
    MessageId::parse(&format!("{local}@{}", desk.domain())).ok()
}

/// The request that a signed id names; none for every id that this installation did not sign.
pub fn verify(ring: &KeyRing, id: &MessageId) -> Option<Signed> {
    let (local, _) = id.as_str().split_once('@')?;
    let [number, sequence, key_id, mac] = local.split('.').collect::<Vec<_>>()[..] else { return None };
    let anchor = Anchor::Request(RequestNumber::parse(number).ok()?);
    let sequence = sequence.parse().ok()?;
    let (_, key) = ring.keys.iter().find(|(id, _)| id == key_id)?;
    if mac.len() != 2 * MAC_BYTES || !mac.is_ascii() {
        return None;
    }
    let tag: Vec<u8> =
        (0..MAC_BYTES).map(|i| u8::from_str_radix(&mac[2 * i..2 * i + 2], 16)).collect::<Result<_, _>>().ok()?;
    // Compared in constant time.
    ring.mac(key, &anchor, sequence).verify_truncated_left(&tag).ok()?;
    Some(Signed { anchor, sequence, audience: Audience::Correspondent })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ring() -> KeyRing {
        KeyRing::generate(&std::array::from_fn(|i| i as u8))
    }

    fn signed() -> MessageId {
        let desk = EmailAddress::parse("support@example.org").unwrap();
        sign(&ring(), &Anchor::Request(RequestNumber::parse("OTK-1042").unwrap()), 3, &desk).unwrap()
    }

    #[test]
    fn what_was_signed_verifies_and_survives_case_folding_of_the_key() {
        assert_eq!(verify(&ring(), &signed()).unwrap().anchor.to_string(), "otk-1042");
        assert!(signed().as_str().starts_with("otk-1042.3.k1."), "{}", signed());
    }

    #[test]
    fn nothing_else_verifies() {
        let good = signed();
        let good = good.as_str();
        let mac = good.split(['.', '@']).nth(3).unwrap();
        for forged in [
            good.replace("1042", "1043"),
            good.replace(".3.", ".4."),
            good.replace("k1", "k2"),
            good.replace(mac, &"0".repeat(24)),
            good.replace(mac, &mac[..22]),
            good.replace(mac, &format!("{mac}00")),
            good.replace(mac, ""),
            good.replace("otk-1042", "otk-+1042"),
            "otk-1042@example.org".to_owned(),
        ] {
            assert_eq!(verify(&ring(), &MessageId::parse(&forged).unwrap()), None, "{forged}");
        }
        let other = KeyRing::generate(&[7; 40]);
        assert_eq!(verify(&other, &signed()), None);
    }

    #[test]
    fn key_files_round_trip_and_keys_never_print() {
        let text = ring().to_text();
        let read = KeyRing::parse(text.expose()).unwrap();
        assert_eq!(verify(&read, &signed()), verify(&ring(), &signed()));
        let key = text.expose().split_whitespace().last().unwrap();
        assert!(!format!("{read:?} {text:?}").contains(key));
        for broken in ["", "instance a\n", "key k1 00\n", "instance a\nkey k1 zz\n", "instance a\nkey k1\n"] {
            assert!(KeyRing::parse(broken).is_err(), "{broken:?}");
        }
    }
}
