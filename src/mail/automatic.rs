//! Was this written by a human for us? (RFC 3834)

use crate::model::{AutomaticSign, Header};

/// Every sign in the header and the type of a message that it is automatic, strongest first.
pub fn signs(headers: &[Header]) -> Vec<AutomaticSign> {
    let _ = headers;
    Vec::new()
}
