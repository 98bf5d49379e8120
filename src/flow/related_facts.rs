//! Facts that asks need beyond those of their own request: other requests, files, versions.

use crate::mail::words;
use crate::model::policy::Desk;
use crate::model::{Ask, Facts, Place, Request, RequestFacts, RequestNumber};
use crate::store::{StoreError, Tx};

/// How many messages of a request are known where it is given to somebody; a letter shows fewer.
const MOST_SHOWN: u32 = 1_000;

/// Adds the facts for these asks, made at this desk about `request`, or about none.
pub(super) fn add(
    tx: &Tx<'_>,
    facts: &mut Facts,
    asks: &[Ask],
    desk: &Desk,
    about: Option<&Request>,
) -> Result<(), StoreError> {
    for ask in asks {
        match ask {
            Ask::Duplicate(number) | Ask::Link(number) => facts.named.requests.extend(tx.request(number)?),
            Ask::PassOn(Place::Desk(key)) => facts.named.next_numbers.push(tx.next_number(key)?),
            Ask::PassOn(Place::Team(team)) if desk.outside(team).is_some() => {
                if let Some(request) = about {
                    correspondence(tx, &mut facts.request, &request.number)?;
                }
            }
            Ask::Split => {
                facts.named.next_numbers.push(tx.next_number(desk.current_key())?);
                let cause = facts.thread.letter.as_ref().and_then(|letter| letter.cause);
                if let (Some(request), Some(cause)) = (about, cause) {
                    let known = &mut facts.request;
                    known.split = tx.to_split(request, cause)?;
                }
            }
            Ask::Released(version) => add_awaiting(tx, facts, tx.awaiting(Some(&desk.key), version)?)?,
            _ => {}
        }
    }
    if let (Some(request), true) = (about, asks.iter().any(shows_history)) {
        let known = &mut facts.request;
        known.history = tx.history_heads(&request.number, MOST_SHOWN)?;
        known.had = tx.files_had(&request.number)?;
    }
    if let (Some(request), false) = (about, asks.is_empty()) {
        let known = &mut facts.request;
        known.followers = tx.followers(request)?;
        // Whoever is given the request gets its files.
        known.files = tx.files(&request.number)?;
    }
    Ok(())
}

/// Whether somebody gets the whole correspondence by an ask.
fn shows_history(ask: &Ask) -> bool {
    matches!(ask, Ask::Assign(_) | Ask::Take | Ask::PassOn(_) | Ask::History)
}

/// Adds requests that wait for a version, and those that are answered along with them.
pub(super) fn add_awaiting(tx: &Tx<'_>, facts: &mut Facts, requests: Vec<Request>) -> Result<(), StoreError> {
    for request in requests {
        let followers = tx.followers(&request)?;
        for request in std::iter::once(request).chain(followers) {
            if !facts.named.awaiting.iter().any(|known| known.number == request.number) {
                facts.named.awaiting.push(request);
            }
        }
    }
    Ok(())
}

/// Adds the correspondence, for an external team: without anything by which somebody could act as another.
fn correspondence(tx: &Tx<'_>, known: &mut RequestFacts, number: &RequestNumber) -> Result<(), StoreError> {
    known.correspondence = tx.correspondence(number)?;
    for said in &mut known.correspondence {
        said.words = words::scrub(&said.words);
    }
    known.correspondence_files = tx.files_of_correspondence(number)?;
    Ok(())
}
