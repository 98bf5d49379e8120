//! What a desk keeps only for some time is erased when that is over: closed requests, and what belongs to none.

use tokio_util::sync::CancellationToken;
use tracing::info;

use crate::desk;
use crate::failpoint;
use crate::model::policy::Desk;
use crate::model::settings::Settings;
use crate::model::{Actor, Change, DeskKey, EmailAddress, Redaction, RequestNumber, Timestamp};
use crate::store::{Erased, StoreError, Tx};

use super::Context;
use super::forget::{Authority, MOST_BYTES, What, erase, give_back};

/// Requests, messages or letters that share a transaction.
const BATCH: u32 = 20;
const DAY: i64 = 24 * 3_600;
/// More than take part in a request.
const A_THOUSAND: u32 = 1_000;

/// Erases what every desk has kept long enough by now, unless stopped, and gives the space back. Answers how much that was.
pub async fn keep_no_longer(context: &Context, stop: &CancellationToken) -> Result<Erased, StoreError> {
    let mut total = Erased::default();
    for desk in &context.settings.desks {
        let Some(days) = desk.forget_after else { continue };
        let before = context.now().plus_seconds(-i64::from(days) * DAY);
        let (requests, of_requests) = old_requests(context, desk, before, stop).await?;
        let messages = until_nothing_goes(context, &desk.key, before, stop, old_messages).await?;
        let letters = until_nothing_goes(context, &desk.key, before, stop, old_letters).await?;
        let of_desk = of_requests.and(messages).and(letters);
        if of_desk != Erased::default() || requests > 0 {
            let Erased { messages, files, letters, bytes } = of_desk;
            info!(desk = %desk.key, requests, messages, files, emails = letters, bytes, "erased content whose retention has ended");
            total = total.and(of_desk);
        }
    }
    if total != Erased::default() {
        give_back(context, stop, |_| {}).await?;
    }
    Ok(total)
}

async fn old_requests(
    context: &Context,
    desk: &Desk,
    before: Timestamp,
    stop: &CancellationToken,
) -> Result<(usize, Erased), StoreError> {
    let (mut requests, mut total) = (0, Erased::default());
    while !stop.is_cancelled() {
        let (inner, key) = (context.clone(), desk.key.clone());
        let erased = context.store.write(move |tx| {
            let numbers = tx.requests_kept_long(&key, before, BATCH)?;
            let (mut total, mut count) = (Erased::default(), 0);
            for number in numbers {
                total = total.and(old_request(&inner, tx, &number)?);
                failpoint::reached("retention.before");
                count += 1;
                if total.bytes > MOST_BYTES {
                    break;
                }
            }
            Ok((count, total))
        });
        let (count, erased) = erased.await?;
        failpoint::reached("retention.after");
        context.heartbeat.progress();
        if count == 0 {
            break;
        }
        (requests, total) = (requests + count, total.and(erased));
    }
    Ok((requests, total))
}

/// Erases a request's content, and replaces the names of all people in its events, except those who work here.
fn old_request(context: &Context, tx: &Tx<'_>, number: &RequestNumber) -> Result<Erased, StoreError> {
    let messages = tx.messages_to_erase(number, None)?;
    let letters = tx.letters_to_erase(number, None, &messages)?;
    let mut people = desk::outsiders(&tx.events(number)?);
    people.extend(tx.people_of(&messages, &letters)?);
    // Whoever was erased before, and has a number here, keeps it.
    let known = tx.events(number)?.iter().filter(|event| matches!(event.change, Change::Forgotten { .. })).count();
    let first = u32::try_from(known).unwrap_or(0).saturating_mul(A_THOUSAND) + 1;
    let redaction = strangers(&context.settings, first, people);
    let by = Authority { who: Actor::Maildesk, proof: "the desk keeps it no longer", now: context.now() };
    erase(context, tx, &What { number, messages, letters, whole: true }, &redaction, &by)
}

/// Pseudonyms, numbered from `first`, for all but those whom the configuration names.
fn strangers(settings: &Settings, first: u32, people: Vec<EmailAddress>) -> Redaction {
    let mut strangers: Vec<EmailAddress> = Vec::new();
    for person in people {
        let works_here = |desk: &Desk| {
            desk.is_own(&person) || desk.engineer_at(&person).is_some() || desk.outside_team_at(&person).is_some()
        };
        if !person.is_forgotten() && !settings.desks.iter().any(works_here) && !strangers.contains(&person) {
            strangers.push(person);
        }
    }
    Redaction::of_all(first, strangers)
}

/// The numbers of people in messages and letters that belong to no request begin with that of the first of these, so that
/// nobody gets that of another. Ids are large after a restore.
fn first(ids: impl Iterator<Item = i64>) -> u32 {
    ids.min().and_then(|id| u32::try_from(id.rem_euclid(1 << 31)).ok()).unwrap_or(1)
}

/// Erases messages of a desk that belong to no request, a few of them.
fn old_messages(tx: &Tx<'_>, context: &Context, desk: &DeskKey, before: Timestamp) -> Result<Erased, StoreError> {
    let ids = tx.messages_kept_long(desk, before, BATCH)?;
    let redaction = strangers(&context.settings, first(ids.iter().map(|id| id.0)), tx.people_of(&ids, &[])?);
    let mut total = Erased::default();
    for id in ids {
        total = total.and(tx.erase_messages(&[id], &redaction, context.now())?);
        if total.bytes > MOST_BYTES {
            break;
        }
    }
    Ok(total)
}

/// Erases letters of a desk that are about no request, a few of them.
fn old_letters(tx: &Tx<'_>, context: &Context, desk: &DeskKey, before: Timestamp) -> Result<Erased, StoreError> {
    let ids = tx.letters_kept_long(desk, before, BATCH)?;
    let redaction = strangers(&context.settings, first(ids.iter().map(|id| id.0)), tx.people_of(&[], &ids)?);
    let letters = tx.erase_letters(&ids, &redaction, "", context.now())?;
    Ok(Erased { letters, ..Erased::default() })
}

/// Erases a few things of a desk from before a time, and answers how much that was.
type EraseSome = fn(&Tx<'_>, &Context, &DeskKey, Timestamp) -> Result<Erased, StoreError>;

/// One transaction after another, until one erases nothing.
async fn until_nothing_goes(
    context: &Context,
    desk: &DeskKey,
    before: Timestamp,
    stop: &CancellationToken,
    erase_some: EraseSome,
) -> Result<Erased, StoreError> {
    let mut total = Erased::default();
    while !stop.is_cancelled() {
        let (inner, desk) = (context.clone(), desk.clone());
        let erased = context.store.write(move |tx| erase_some(tx, &inner, &desk, before)).await?;
        context.heartbeat.progress();
        if erased == Erased::default() {
            break;
        }
        total = total.and(erased);
    }
    Ok(total)
}

#[cfg(test)]
mod tests {
    use super::first;

    #[test]
    fn no_two_messages_begin_with_one_number_however_large_their_ids_are() {
        for (id, expected) in [(1, 1), (7, 7), (28_031_529_004, 114_241_580), (28_031_529_005, 114_241_581)] {
            assert_eq!(first([id, id + 5].into_iter()), expected, "{id}");
        }
        assert_eq!(first(std::iter::empty()), 1);
    }
}
