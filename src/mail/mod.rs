//! Parses and composes e-mail. Pure: no clock, no database, no network; malformed mail gives values with defects, not errors.

pub mod authentication;
pub mod automatic;
pub mod compose;
mod escapes;
pub mod form;
pub mod html;
pub mod parse;
pub mod proof;
pub mod quote;
pub mod report;
pub mod subject;
pub mod versions;
pub mod words;

use regex::Regex;

pub use parse::json;

/// Compiles a constant regular expression.
fn pattern(text: &str) -> Regex {
    Regex::new(text).expect("the pattern is constant and compiles")
}
