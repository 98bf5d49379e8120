//! Bytes ⇄ values, pure: no clock, no database, no network, and nothing here can fail on odd mail.

pub mod authentication;
pub mod automatic;
pub mod compose;
pub mod html;
pub mod parse;
pub mod proof;
pub mod quote;
pub mod report;
pub mod subject;
pub mod words;

use regex::Regex;

pub use parse::json;

/// Compiles a pattern that is constant.
fn pattern(text: &str) -> Regex {
    Regex::new(text).expect("the pattern is constant and compiles")
}
