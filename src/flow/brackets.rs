//! Brackets that engineers set apart and that are no tags, as a mail server writes them into all mail: `[encrypt]`.

use std::collections::BTreeMap;

use crate::desk::UNKNOWN_BRACKET;
use crate::model::policy::Desk;
use crate::store::{StoreError, View};

/// So many of the latest messages with such brackets are looked at.
const MOST_READ: u32 = 500;

/// What was seen so often is no mistake of somebody's.
const OFTEN: u32 = 3;

/// The brackets that were given back to engineers of a desk three times or more and that it does not ignore, with how often.
pub fn frequent_brackets(view: &View<'_>, desk: &Desk) -> Result<Vec<(String, u32)>, StoreError> {
    let mut seen: BTreeMap<String, (String, u32)> = BTreeMap::new();
    for reasons in view.reasons_telling(&desk.key, UNKNOWN_BRACKET, MOST_READ)? {
        for bracket in reasons.iter().filter_map(|reason| reason.strip_prefix(UNKNOWN_BRACKET)) {
            seen.entry(bracket.to_lowercase()).or_insert_with(|| (bracket.to_owned(), 0)).1 += 1;
        }
    }
    let is_ignored = |folded: &String| desk.ignored_brackets.iter().any(|ignored| ignored.to_lowercase() == *folded);
    Ok(seen.into_iter().filter(|(folded, (_, n))| *n >= OFTEN && !is_ignored(folded)).map(|(_, found)| found).collect())
}
