//! Encodes numbers and MACs in case-insensitive letters and digits.

use hmac::{Hmac, Mac};
use sha2::Sha256;

/// Length of a truncated MAC, in bytes.
const BYTES: usize = 12;

/// Length of a MAC in base 16, in digits.
const HEX: usize = 2 * BYTES;

/// Length of a MAC in base 36, in digits; for addresses that would be too long otherwise.
const SHORT: usize = 19;

/// The first 96 bits of a MAC (RFC 2104 section 5).
#[derive(Clone, Copy)]
pub struct Tag([u8; BYTES]);

impl Tag {
    /// Truncates a MAC.
    pub fn of(mac: Hmac<Sha256>) -> Self {
        let mut kept = [0; BYTES];
        kept.copy_from_slice(&mac.finalize().into_bytes()[..BYTES]);
        Self(kept)
    }

    /// Parses base 16 (24 digits) or base 36 (19 digits), in lower case.
    pub fn parse(text: &str) -> Option<Self> {
        let number = match text.len() {
            HEX => number(text, 16)?,
            SHORT => number(text, 36)?,
            _ => return None,
        };
        let bytes = number.to_be_bytes();
        let (above, kept) = bytes.split_at(bytes.len() - BYTES);
        above.iter().all(|byte| *byte == 0).then_some(())?;
        kept.try_into().ok().map(Self)
    }

    pub fn bytes(self) -> [u8; BYTES] {
        self.0
    }

    fn number(self) -> u128 {
        self.0.iter().fold(0, |number, byte| number << 8 | u128::from(*byte))
    }

    /// In base 16: 24 digits.
    pub fn hex(self) -> String {
        format!("{:0HEX$x}", self.number())
    }

    /// In base 36: 19 digits.
    pub fn short(self) -> String {
        format!("{:0>SHORT$}", base36(self.number()))
    }
}

/// Writes a number in base 36, in lower case.
pub fn base36(mut number: u128) -> String {
    let mut digits = Vec::new();
    loop {
        digits.push(b"0123456789abcdefghijklmnopqrstuvwxyz"[(number % 36) as usize] as char);
        number /= 36;
        if number == 0 {
            return digits.iter().rev().collect();
        }
    }
}

/// Parses an unsigned number; None for other characters, an empty text and overflow.
pub fn number(digits: &str, radix: u32) -> Option<u128> {
    digits.bytes().all(|b| b.is_ascii_alphanumeric()).then(|| u128::from_str_radix(digits, radix).ok())?
}
