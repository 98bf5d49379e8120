//! Bytes ⇄ values, pure: no clock, no database, no network, and nothing here can fail on odd mail.

mod address;
mod attachment;
pub mod automatic;
mod body;
mod charset;
pub mod compose;
mod date;
mod digest;
mod flowed;
mod guard;
mod header;
pub mod html;
mod json;
mod mime;
mod params;
pub mod parse;
mod pictures;
pub mod proof;
pub mod quote;
pub mod report;
mod split;
pub mod subject;
mod tnef;
mod transfer;
mod utf7;
mod uuencode;
mod words;

pub use json::json;
