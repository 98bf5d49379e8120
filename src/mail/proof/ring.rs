//! The key ring: signing keys, their file format, and the MACs made with them.

use std::fmt::Write as _;

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

use super::tag::Tag;
use crate::model::Secret;

/// The signing keys: the first one signs, all verify, so that keys are rotated by putting a new one in front.
#[derive(Clone, Debug)]
pub struct KeyRing {
    instance: String,
    first: Key,
    older: Vec<Key>,
}

#[derive(Clone, Debug)]
struct Key {
    id: String,
    secret: Secret,
}

/// Why a key file cannot be read.
#[derive(Debug, thiserror::Error)]
#[error("line {0}: expected `instance ID` first, then `key ID 64-HEXADECIMAL-DIGITS` lines")]
pub struct InvalidKeyRing(usize);

impl KeyRing {
    /// Makes a ring from random bytes: the installation's name and one key.
    pub fn generate(random: &[u8; 40]) -> Self {
        let hex = random.iter().fold(String::new(), |mut hex, byte| {
            // Writing to a String cannot fail.
            let _ = write!(hex, "{byte:02x}");
            hex
        });
        let (instance, key) = hex.split_at(16);
        let first = Key { id: "k1".to_owned(), secret: Secret::new(key) };
        Self { instance: instance.to_owned(), first, older: Vec::new() }
    }

    /// Parses a key file.
    pub fn parse(text: &str) -> Result<Self, InvalidKeyRing> {
        let word =
            |s: &str| !s.is_empty() && s.len() <= 16 && s.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit());
        let mut instance = String::new();
        let mut keys = Vec::new();
        for (index, line) in text.lines().enumerate() {
            match line.split_whitespace().collect::<Vec<_>>()[..] {
                ["instance", id] if index == 0 && word(id) => instance = id.to_owned(),
                ["key", id, hex]
                    if index > 0 && word(id) && hex.len() == 64 && hex.bytes().all(|b| b.is_ascii_hexdigit()) =>
                {
                    keys.push(Key { id: id.to_owned(), secret: Secret::new(hex) });
                }
                [] if index > 0 => {}
                _ => return Err(InvalidKeyRing(index + 1)),
            }
        }
        let mut keys = keys.into_iter();
        let first = keys.next().ok_or_else(|| InvalidKeyRing(text.lines().count() + 1))?;
        Ok(Self { instance, first, older: keys.collect() })
    }

    /// The content of a key file. It holds the keys: write it with mode 0600.
    pub fn to_text(&self) -> Secret {
        let keys = self.keys().map(|key| format!("key {} {}\n", key.id, key.secret.expose()));
        Secret::new(format!("instance {}\n{}", self.instance, keys.collect::<String>()))
    }

    /// The installation's name, which is the value of the loop mark in its letters.
    pub fn instance(&self) -> &str {
        &self.instance
    }

    /// What tells the keys from others, without telling anything of them: one word for each.
    pub fn fingerprints(&self) -> Vec<String> {
        let word = |key: &Key| Tag::of(self.mac(key, MacRole::Fingerprint, &key.id)).hex();
        self.keys().map(word).collect()
    }

    fn keys(&self) -> impl Iterator<Item = &Key> {
        std::iter::once(&self.first).chain(&self.older)
    }

    /// The signing key's id, and its MAC over `role` and `facts`.
    pub(super) fn tag(&self, role: MacRole, facts: &str) -> (&str, Tag) {
        (&self.first.id, Tag::of(self.mac(&self.first, role, facts)))
    }

    /// Whether the key with this id made the tag; compared in constant time.
    pub(super) fn verifies(&self, key_id: &str, tag: Tag, role: MacRole, facts: &str) -> bool {
        let mut keys = self.keys().filter(|key| key.id == key_id);
        keys.any(|key| self.mac(key, role, facts).verify_truncated_left(&tag.bytes()).is_ok())
    }

    fn mac(&self, key: &Key, role: MacRole, facts: &str) -> Hmac<Sha256> {
        // HMAC takes keys of any length.
        let mut mac = Hmac::<Sha256>::new_from_slice(key.secret.expose().as_bytes()).unwrap_or_else(|_| unreachable!());
        mac.update(format!("{} {} {facts}", role.word(), self.instance).as_bytes());
        mac
    }
}

/// What a MAC is made for. Its word is part of the signed data, so that no MAC is valid in another role.
#[derive(Clone, Copy)]
pub(super) enum MacRole {
    Thread,
    Token,
    Personal,
    Link,
    Button,
    Fingerprint,
}

impl MacRole {
    fn word(self) -> &'static str {
        match self {
            MacRole::Thread => "thread",
            MacRole::Token => "token",
            MacRole::Personal => "personal",
            MacRole::Link => "link",
            MacRole::Button => "button",
            MacRole::Fingerprint => "fingerprint",
        }
    }
}
