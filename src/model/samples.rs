//! Values for the unit tests of all rooms. Each of these panics where its text is no such value.

use super::policy::{Desk, Engineer, PublicSide, Team};
use super::{DeskKey, EmailAddress, RequestNumber, ShortName};

pub fn address(text: &str) -> EmailAddress {
    EmailAddress::parse(text).unwrap()
}

pub fn number(text: &str) -> RequestNumber {
    RequestNumber::parse(text).unwrap()
}

pub fn name(text: &str) -> ShortName {
    ShortName::parse(text).unwrap()
}

/// OTK, with default settings.
pub fn desk() -> Desk {
    Desk::new(DeskKey::parse("OTK").unwrap(), "Support".into(), address("support@example.org"), "out".into())
}

/// An engineer who writes from `NAME@example.org`.
pub fn engineer(short: &str) -> Engineer {
    Engineer {
        name: name(short),
        full_name: short.into(),
        address: address(&format!("{short}@example.org")),
        aliases: Vec::new(),
        language: None,
        words: Vec::new(),
        public: PublicSide::default(),
    }
}

/// The external team `vendor`, which writes from `help@vendor.example`.
pub fn vendor() -> Team {
    Team {
        name: name("vendor"),
        words: Vec::new(),
        members: Vec::new(),
        address: Some(address("help@vendor.example")),
        tell_requester: false,
    }
}
