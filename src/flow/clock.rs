//! Does what is due as time passes: closes and reminds, each request in a transaction of its own, and writes the daily digests.

use tokio_util::sync::CancellationToken;
use tracing::{error, info};

use crate::desk::{self, Roster, calendar};
use crate::failpoint;
use crate::model::policy::{Desk, Engineer};
use crate::model::settings::Settings;
use crate::model::{Change, Decision, Digest, RequestFacts, RequestId, RequestNumber, Timestamp};
use crate::store::{StoreError, Tx};

use super::basis::with_basis;
use super::commit::{commit, look_later};
use super::origin::Origin;
use super::tell_again::tell_again;
use super::{Context, facts};

/// How many requests are read at a time.
const BATCH: u32 = 256;
/// Seconds until a request that could not be handled is looked at again: an hour.
const AFTER_TROUBLE: i64 = 3_600;
/// Seconds until a request is looked at again whose requester's answer may lie unread: a minute.
const UNTIL_READ: i64 = 60;
/// Within how many days the next digest is looked for; a longer break has no digest.
const NEXT_DAYS: i64 = 60;
/// Seconds of a day.
const DAY: i64 = 86_400;
/// How long before the last digest an engineer may have been told of what it says that colleagues have taken, in days.
const TOLD_DAYS: i64 = 14;

/// Does everything that is due by now, unless stopped. Returns when something is due next; `None` where nothing is. A request
/// that cannot be handled does not hold up the others. An error only where the database fails.
pub async fn tick_due(context: &Context, stop: &CancellationToken) -> Result<Option<Timestamp>, StoreError> {
    let mut after = RequestId(0);
    while !stop.is_cancelled() {
        let now = context.now();
        let due = context.store.ask(move |view| view.looks(now, after, BATCH)).await?;
        let Some((last, _)) = due.last() else { break };
        after = *last;
        for (_, number) in due {
            if stop.is_cancelled() {
                break;
            }
            tick_one(context, &number).await?;
            context.heartbeat.progress();
        }
    }
    for desk in &context.settings.desks {
        send_digests(context, desk).await?;
    }
    tell_again(context).await?;
    let look = context.store.ask(|view| Ok(view.next_look()?.into_iter().chain(view.next_to_tell()?).min())).await?;
    let digests = context.settings.desks.iter().filter_map(|desk| next_digest(desk, context.now()));
    Ok(look.into_iter().chain(digests).min())
}

/// Recomputes when the clock is to look at each request that is not closed, and when it is overdue, unless that was computed by
/// the same settings and the same version before.
pub async fn look_anew(context: &Context) -> Result<(), StoreError> {
    let settings = settings_digest(&context.settings);
    if context.store.ask(move |view| view.is_planned_by(&settings)).await? {
        return Ok(());
    }
    let mut after = RequestId(0);
    loop {
        let inner = context.clone();
        let last = context.store.write(move |tx| {
            let open = tx.unclosed(after, BATCH)?;
            for (_, number) in &open {
                if let Some(request) = tx.request(number)? {
                    look_later(&inner, tx, &request)?;
                }
            }
            Ok(open.last().map(|(last, _)| *last))
        });
        match last.await? {
            Some(last) => after = last,
            None => return context.store.write(move |tx| tx.planned_by(&settings)).await,
        }
    }
}

/// A digest of the settings, and of this version, by which looks are planned.
pub(super) fn settings_digest(settings: &Settings) -> Digest {
    Digest::of(format!("{} {:?}", env!("CARGO_PKG_VERSION"), settings.desks).as_bytes())
}

async fn tick_one(context: &Context, number: &RequestNumber) -> Result<(), StoreError> {
    let (inner, wanted) = (context.clone(), number.clone());
    match context.store.write(move |tx| tick(&inner, tx, &wanted)).await {
        Ok(Some(decision)) => {
            failpoint::reached("clock.after");
            let changes: Vec<String> = decision.events().map(|event| format!("{:?}", event.change)).collect();
            let letters = decision.letters().count();
            info!(request = %number, ?changes, emails = letters, "processed a request that was due");
            if letters > 0 {
                context.written.wake();
            }
            Ok(())
        }
        Ok(None) => Ok(()),
        Err(error) if error.is_fatal() || error.is_passing() => Err(error),
        Err(error) => {
            error!(request = %number, error = error.to_string(), "cannot process a request that is due; tried again in an hour");
            let (number, again) = (number.clone(), context.now().plus_seconds(AFTER_TROUBLE));
            context.store.write(move |tx| tx.set_look(&number, Some(again))).await
        }
    }
}

/// Does what is due for a request, judged by its state in this transaction, where earlier reminders are recorded. Returns the
/// decision; `None` where nothing changes.
fn tick(context: &Context, tx: &Tx<'_>, number: &RequestNumber) -> Result<Option<Decision>, StoreError> {
    let now = context.now();
    let (Some(request), Some(desk)) = (tx.request(number)?, context.settings.desk(&number.desk)) else {
        return tx.set_look(number, None).map(|()| None);
    };
    let mut facts = facts::none(tx, number.clone())?;
    facts.request = RequestFacts { passed_on: tx.passed_on(&request)?, ..RequestFacts::default() };
    with_basis(context, desk, &facts, now, |basis| {
        let decision = desk::tick(&basis, &request);
        // A request is closed for silence only once all mail is read, so that an answer that came in time still counts.
        let ends = decision.events().any(|event| matches!(event.change, Change::Moved { .. }));
        if ends && may_be_unread(context, tx, desk)? {
            return tx.set_look(number, Some(now.plus_seconds(UNTIL_READ))).map(|()| None);
        }
        // What was due, however often it was put off since.
        let due = desk::next_look(desk, &request);
        let origin = Origin { is_repeated: due.map_or(Ok(false), |due| tx.was_done(due))?, ..Origin::default() };
        commit(context, tx, &basis, &decision, &origin)?;
        failpoint::reached("clock.before");
        let has_changes = decision.events().next().is_some();
        // A change of the request sets its next look; without a change it is set here, so that the request is not looked at for
        // ever.
        if !has_changes {
            look_later(context, tx, &request)?;
        }
        Ok(Some(decision).filter(|_| has_changes))
    })
}

/// Whether messages to a desk may lie unread on its servers, or wait to be handled.
fn may_be_unread(context: &Context, tx: &Tx<'_>, desk: &Desk) -> Result<bool, StoreError> {
    let waiting = tx.waiting_mailboxes()?;
    let mut mailboxes = context.settings.mailboxes.iter().filter(|mailbox| mailbox.desk == *desk.current_key());
    Ok(mailboxes.any(|mailbox| context.unread.has(&mailbox.name) || waiting.contains(&mailbox.name)))
}

/// Writes the digests of a desk that are due today and not written yet.
async fn send_digests(context: &Context, desk: &Desk) -> Result<(), StoreError> {
    let now = context.now();
    let today = calendar::day_of(&desk.calendar, now);
    let is_due = desk.digest.is_some_and(|time| calendar::at(&desk.calendar, today, time) <= now);
    if !is_due || !calendar::is_working_day(&desk.calendar, today) {
        return Ok(());
    }
    for engineer in &desk.engineers {
        let (key, name) = (desk.key.clone(), engineer.name.clone());
        if context.store.ask(move |view| view.has_digest(&key, &name, today)).await? {
            continue;
        }
        let (inner, desk, engineer) = (context.clone(), desk.clone(), engineer.clone());
        if context.store.write(move |tx| digest(&inner, tx, &desk, &engineer, now)).await? {
            context.written.wake();
        }
    }
    Ok(())
}

/// Writes an engineer's digest, if it has any entry, and records in the same transaction that it is done. Returns whether it
/// was written. An engineer who is away gets it when they are back.
fn digest(
    context: &Context,
    tx: &Tx<'_>,
    desk: &Desk,
    engineer: &Engineer,
    now: Timestamp,
) -> Result<bool, StoreError> {
    let today = calendar::day_of(&desk.calendar, now);
    let facts = facts::none(tx, tx.next_number(&desk.key)?)?;
    let roster = Roster::new(desk, &facts.desk.absences, now);
    if roster.absence(&engineer.name).is_some() || tx.has_digest(&desk.key, &engineer.name, today)? {
        return Ok(false);
    }
    let mut requests = Vec::new();
    let mut unsent = Vec::new();
    let mut taken = Vec::new();
    let last = tx.last_digest(&desk.key, &engineer.name)?;
    let since =
        last.zip(desk.digest).map_or(now.plus_seconds(-DAY), |(day, time)| calendar::at(&desk.calendar, day, time));
    let (reader, told_since) = ((&engineer.name, &engineer.address), since.plus_seconds(-TOLD_DAYS * DAY));
    for key in &desk.all_keys() {
        for number in tx.unanswered(key)? {
            requests.extend(tx.request(&number)?);
        }
        unsent.extend(tx.unsent(key, &engineer.name)?);
        taken.extend(tx.taken_by_colleagues(key, reader, (told_since, since), desk::MOST_TOLD)?);
    }
    let is_written = with_basis(context, desk, &facts, now, |basis| {
        let decision = desk::digest(&basis, engineer, &requests, &unsent, &taken);
        commit(context, tx, &basis, &decision, &Origin::default())?;
        Ok(decision.letters().next().is_some())
    })?;
    tx.note_digest(&desk.key, &engineer.name, today)?;
    Ok(is_written)
}

/// When the desk's next digest is due after this moment; `None` where it sends none within [`NEXT_DAYS`].
fn next_digest(desk: &Desk, now: Timestamp) -> Option<Timestamp> {
    let time = desk.digest?;
    let days = calendar::day_of(&desk.calendar, now).series(jiff::Span::new().days(1));
    let working =
        days.take(usize::try_from(NEXT_DAYS).ok()?).filter(|day| calendar::is_working_day(&desk.calendar, *day));
    working.map(|day| calendar::at(&desk.calendar, day, time)).find(|at| *at > now)
}
