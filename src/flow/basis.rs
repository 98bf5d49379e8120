//! Builds the [`Basis`] of decisions, with keyed links for letters: `mailto:` URLs by which a requester asks something with one
//! touch.

use crate::desk::{Basis, Keys};
use crate::mail::proof;
use crate::model::policy::Desk;
use crate::model::{ButtonAction, EmailAddress, Facts, RequestNumber, RequesterAsk, Timestamp};

use super::Context;

/// Seconds for which the links in a letter are valid: 30 days.
const LINK_GOOD_FOR: i64 = 30 * 24 * 3_600;

/// Seconds for which the buttons in a letter to an engineer are valid: 7 days.
const BUTTON_GOOD_FOR: i64 = 7 * 24 * 3_600;

/// Calls `decide` with the basis of these facts at a desk.
pub(super) fn with_basis<T>(
    context: &Context,
    desk: &Desk,
    facts: &Facts,
    now: Timestamp,
    decide: impl FnOnce(Basis<'_>) -> T,
) -> T {
    let keys = Keys {
        url: &|number, requester, ask, body| {
            let subject = subject(context, number, requester, ask, now);
            mailto(context, number, &subject, body)
        },
        button: &|number, engineer, ask, body| {
            let (request, engineer) = (number.clone(), engineer.clone());
            let expires = now.plus_seconds(BUTTON_GOOD_FOR);
            let key =
                proof::button_key(&context.ring, &ButtonAction { request, tag: ask.to_string(), engineer, expires });
            mailto(context, number, &format!("[{number} {ask} {}]", key.expose()), body)
        },
        expiry: &|number, requester, ask, key| proof::verify_link(&context.ring, number, requester, ask, key),
    };
    decide(Basis::new(&context.settings.desks, desk, facts, keys, now))
}

/// The subject of the mail that a link opens (RFC 6068): the request, the ask and the key.
fn subject(
    context: &Context,
    number: &RequestNumber,
    requester: &EmailAddress,
    ask: RequesterAsk,
    now: Timestamp,
) -> String {
    let key = proof::link_key(&context.ring, number, requester, ask, now.plus_seconds(LINK_GOOD_FOR));
    format!("[{number} {ask} {}]", key.expose())
}

/// The URL that opens a mail to the desk of a request (RFC 6068).
fn mailto(context: &Context, number: &RequestNumber, subject: &str, body: &str) -> String {
    let address = context.settings.desk(&number.desk).map_or("", |desk| desk.address.as_str());
    format!("mailto:{}?subject={}&body={}", encoded(address), encoded(subject), encoded(body))
}

/// Percent-encodes a text for a `mailto:` URL (RFC 6068, section 2).
fn encoded(text: &str) -> String {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~@".contains(&byte);
    text.bytes().map(|b| if is_plain(b) { char::from(b).to_string() } else { format!("%{b:02X}") }).collect()
}
