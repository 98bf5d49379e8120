//! What is due by now: requests, each in a transaction of its own, and the digests of the day.

use tokio_util::sync::CancellationToken;
use tracing::{error, info};

use crate::desk::{self, Roster, calendar};
use crate::failpoint;
use crate::model::policy::{Desk, Engineer};
use crate::model::{Change, Decision, RequestId, RequestNumber, Timestamp};
use crate::store::{StoreError, Tx};

use super::basis::with_basis;
use super::commit::{commit, look_later};
use super::origin::Origin;
use super::{Context, facts};

/// Requests looked up at a time.
const BATCH: u32 = 256;
/// Seconds after which a request is looked at again that could not be handled.
const AFTER_TROUBLE: i64 = 3_600;
/// Seconds after which a request is looked at again to which an answer may lie unread.
const UNTIL_READ: i64 = 60;
/// Days within which the next digest is looked for.
const NEXT_DAYS: i64 = 60;

/// Does all that is due by now, unless stopped, and answers when something is due next; none where nothing is. A request that
/// cannot be
/// handled does not keep the others. Fails only when the database does.
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
    let look = context.store.ask(|view| view.next_look()).await?;
    let digests = context.settings.desks.iter().filter_map(|desk| next_digest(desk, context.now()));
    Ok(look.into_iter().chain(digests).min())
}

/// Sets anew when the clock looks at every request that is not closed: the settings may have changed since that was last done.
pub async fn look_anew(context: &Context) -> Result<(), StoreError> {
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
            None => return Ok(()),
        }
    }
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

/// Does what is due for a request, as it is in this transaction: that somebody was told before is written down there. Answers
/// the
/// decision; none where nothing changes.
fn tick(context: &Context, tx: &Tx<'_>, number: &RequestNumber) -> Result<Option<Decision>, StoreError> {
    let now = context.now();
    let (Some(request), Some(desk)) = (tx.request(number)?, context.settings.desk(&number.desk)) else {
        return tx.set_look(number, None).map(|()| None);
    };
    let facts = facts::none(tx, number.clone())?;
    with_basis(context, desk, &facts, now, |basis| {
        let decision = desk::tick(&basis, &request);
        // Silence is only known where all mail is: an answer that came in time is not overtaken by the end.
        let ends = decision.events().any(|event| matches!(event.change, Change::Moved { .. }));
        if ends && may_be_unread(context, tx, desk)? {
            return tx.set_look(number, Some(now.plus_seconds(UNTIL_READ))).map(|()| None);
        }
        // Read before it is set anew.
        let origin = Origin { is_repeated: tx.was_looked_at(number)?, ..Origin::default() };
        commit(context, tx, &basis, &decision, &origin)?;
        failpoint::reached("clock.before");
        let has_changes = decision.events().next().is_some();
        // Whatever changes a request sets its next look; what changes nothing must not be looked at for ever.
        if !has_changes {
            look_later(context, tx, &request)?;
        }
        Ok(Some(decision).filter(|_| has_changes))
    })
}

/// Whether messages to a desk may lie on its servers, or wait to be handled.
fn may_be_unread(context: &Context, tx: &Tx<'_>, desk: &Desk) -> Result<bool, StoreError> {
    let waiting = tx.waiting_mailboxes()?;
    let mut mailboxes = context.settings.mailboxes.iter().filter(|mailbox| mailbox.desk == desk.key);
    Ok(mailboxes.any(|mailbox| context.unread.has(&mailbox.name) || waiting.contains(&mailbox.name)))
}

/// The digests of a desk that are due today and not written yet.
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

/// Writes an engineer's digest, if there is anything to say, and notes that in the same transaction. Answers whether it did.
/// Whoever is away gets it when they are back.
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
    for number in tx.unanswered(&desk.key)? {
        requests.extend(tx.request(&number)?);
    }
    let is_written = with_basis(context, desk, &facts, now, |basis| {
        let decision = desk::digest(&basis, engineer, &requests);
        commit(context, tx, &basis, &decision, &Origin::default())?;
        Ok(decision.letters().next().is_some())
    })?;
    tx.note_digest(&desk.key, &engineer.name, today)?;
    Ok(is_written)
}

/// When the next digest of a desk is due after this moment.
fn next_digest(desk: &Desk, now: Timestamp) -> Option<Timestamp> {
    let time = desk.digest?;
    let days = calendar::day_of(&desk.calendar, now).series(jiff::Span::new().days(1));
    let working =
        days.take(usize::try_from(NEXT_DAYS).ok()?).filter(|day| calendar::is_working_day(&desk.calendar, *day));
    working.map(|day| calendar::at(&desk.calendar, day, time)).find(|at| *at > now)
}
