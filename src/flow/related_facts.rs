//! What asks need to know beyond the request that they are about.

use crate::mail::words;
use crate::model::policy::Desk;
use crate::model::{Ask, Facts, Place, Request, RequestNumber};
use crate::store::{StoreError, Tx};

/// Adds what these asks, made at this desk, need to know.
pub(super) fn add(tx: &Tx<'_>, facts: &mut Facts, asks: &[Ask], desk: &Desk) -> Result<(), StoreError> {
    let about = facts.about().cloned();
    of_request(tx, facts, asks, desk, about.as_ref())
}

/// The same, for a request that no message has named.
pub(super) fn of_request(
    tx: &Tx<'_>,
    facts: &mut Facts,
    asks: &[Ask],
    desk: &Desk,
    about: Option<&Request>,
) -> Result<(), StoreError> {
    for ask in asks {
        match ask {
            Ask::Duplicate(number) | Ask::Link(number) => facts.mentioned.extend(tx.request(number)?),
            Ask::PassOn(Place::Desk(key)) => facts.next_numbers.push(tx.next_number(key)?),
            Ask::PassOn(Place::Team(team)) if desk.outside(team).is_some() => {
                if let Some(request) = about {
                    correspondence(tx, facts, &request.number)?;
                }
            }
            Ask::Released(version) => add_awaiting(tx, facts, tx.awaiting(Some(&desk.key), version)?)?,
            _ => {}
        }
    }
    if let (Some(request), false) = (about, asks.is_empty()) {
        facts.followers = tx.followers(request)?;
        // Whoever is given the request gets them.
        facts.files = tx.files(&request.number)?;
    }
    Ok(())
}

/// Requests that wait for a version, and those that are answered along with them.
pub(super) fn add_awaiting(tx: &Tx<'_>, facts: &mut Facts, requests: Vec<Request>) -> Result<(), StoreError> {
    for request in requests {
        let followers = tx.followers(&request)?;
        for request in std::iter::once(request).chain(followers) {
            if !facts.awaiting.iter().any(|known| known.number == request.number) {
                facts.awaiting.push(request);
            }
        }
    }
    Ok(())
}

/// What goes out of the company holds nothing by which somebody could act as another.
fn correspondence(tx: &Tx<'_>, facts: &mut Facts, number: &RequestNumber) -> Result<(), StoreError> {
    facts.correspondence = tx.correspondence(number)?;
    for said in &mut facts.correspondence {
        said.words = words::scrub(&said.words);
    }
    facts.correspondence_files = tx.files_of_correspondence(number)?;
    Ok(())
}
