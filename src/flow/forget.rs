//! Forgetting a person: erases what they asked and wrote; numbers and events stay. In small transactions, each of which leaves
//! everything consistent; after a crash, a second run finds what is left.

use tokio::task;
use tokio_util::sync::CancellationToken;

use crate::desk;
use crate::failpoint;
use crate::mail::parse;
use crate::model::settings::Settings;
use crate::model::{
    Actor, Change, EmailAddress, Event, LetterId, ReceivedId, Redaction, Request, RequestNumber, Timestamp,
};
use crate::store::{Erased, PersonalData, RequestOfPerson, StoreError, Tx};

use super::{Context, commit};

/// How many requests or messages share a transaction, and how many bytes of messages: others want to write meanwhile.
const THINGS: usize = 20;
pub(super) const MOST_BYTES: u64 = 64_000_000;
/// How many rows of other tables share a transaction.
const ROWS: usize = 100;
/// How many pages are given back in a transaction; a few megabytes are moved for them.
const PAGES: u32 = 256;

/// The progress of forgetting, for the operator.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ForgetStep {
    /// How many messages were searched, and how many there are.
    Searched(usize, usize),
    /// How many requests, messages and other rows were erased, and how many there are to erase.
    Erased(usize, usize),
    /// How many free pages are still to be given back to the file system.
    GivenBack(u64),
}

/// Why this address cannot be forgotten, in words for the operator; `None` where it can.
pub fn whose(settings: &Settings, address: &EmailAddress) -> Option<String> {
    let plain = address.without_tag();
    for desk in &settings.desks {
        if desk.is_own(address) || desk.form_senders.contains(address) {
            return Some(format!("{address} belongs to the desk {}: it is no person", desk.key));
        }
        if let Some(engineer) = desk.engineer_at(address).or_else(|| desk.engineer_at(&plain)) {
            let name = &engineer.name;
            return Some(format!(
                "{address} is the engineer {name}: remove [engineer.{name}] from the configuration first"
            ));
        }
        if let Some(team) = desk.outside_team_at(address) {
            let (team, key) = (&team.name, &desk.key);
            return Some(format!(
                "{address} is the team {team} of the desk {key}: remove its address from the configuration first"
            ));
        }
    }
    None
}

/// Everything that is stored about a person, and the messages in whose encoded parts the address will stay, because they belong
/// to others and it cannot be replaced there.
pub async fn personal_data(
    context: &Context,
    address: &EmailAddress,
    step: impl Fn(ForgetStep) + Send + 'static,
) -> Result<(PersonalData, Vec<ReceivedId>), StoreError> {
    let address = address.clone();
    let redaction = Redaction::of(address.clone(), EmailAddress::forgotten(0));
    let searched = context.store.ask(move |view| {
        let personal_data =
            view.personal_data(&address, &redaction, &mut |done, all| step(ForgetStep::Searched(done, all)))?;
        let mut encoded = Vec::new();
        for id in &personal_data.read_in {
            let raw = view.raw(*id)?;
            let incoming = parse::parse(&redaction.bytes(&raw).unwrap_or(raw));
            encoded.extend(redaction.is_named_in(incoming.text.as_bytes()).then_some(*id));
        }
        Ok((personal_data, encoded))
    });
    searched.await
}

/// Erases what was found of a person. Returns how much was erased, and the pseudonym that replaces the address.
pub async fn forget(
    context: &Context,
    address: &EmailAddress,
    personal_data: PersonalData,
    step: impl Fn(ForgetStep),
) -> Result<(Erased, EmailAddress), StoreError> {
    let now = context.now();
    let pseudonym = context.store.write(move |tx| tx.next_pseudonym(now)).await?;
    let redaction = Redaction::of(address.clone(), pseudonym.clone());
    let all = personal_data.requests.len()
        + personal_data.messages.len()
        + personal_data.letters.len()
        + personal_data.named_in.len();
    let (mut total, mut done) = (Erased::default(), 0);
    let mut advance = |count: usize| {
        done += count;
        step(ForgetStep::Erased(done, all));
    };
    let (whose, names) = (address.clone(), redaction.clone());
    let requests = in_batches(context, &personal_data.requests, move |context, tx, touched| {
        let by = Authority { who: Actor::Operator, proof: "maildesk forget", now };
        let erased = in_request(context, tx, touched, &whose, &names, &by)?;
        failpoint::reached("forget.before");
        Ok(erased)
    });
    total = total.and(requests.await?);
    failpoint::reached("forget.after");
    advance(personal_data.requests.len());
    let names = redaction.clone();
    let messages = in_batches(context, &personal_data.messages, move |_, tx, id| {
        tx.erase_messages(std::slice::from_ref(id), &names, now)
    });
    total = total.and(messages.await?);
    advance(personal_data.messages.len());
    for ids in personal_data.letters.chunks(ROWS) {
        let (ids, redaction, count) = (ids.to_vec(), redaction.clone(), ids.len());
        let letters = context.store.write(move |tx| tx.erase_letters(&ids, &redaction, NOT_SENT, now)).await?;
        total = total.and(Erased { letters, ..Erased::default() });
        advance(count);
    }
    for id in personal_data.named_in.iter().copied() {
        let redaction = redaction.clone();
        context.store.write(move |tx| tx.redact_raw(id, &redaction)).await?;
        advance(1);
    }
    in_texts(context, &redaction).await?;
    let never = CancellationToken::new();
    super::index_missing(context, u64::MAX, &never).await?;
    give_back(context, &never, step).await?;
    Ok((total, pseudonym))
}

/// Erases items in transactions of limited size, so that each ends soon.
async fn in_batches<T>(
    context: &Context,
    things: &[T],
    erase: impl Fn(&Context, &Tx<'_>, &T) -> Result<Erased, StoreError> + Clone + Send + 'static,
) -> Result<Erased, StoreError>
where
    T: Clone + Send + 'static,
{
    let (mut total, mut rest) = (Erased::default(), things);
    while !rest.is_empty() {
        let (inner, erase) = (context.clone(), erase.clone());
        let batch: Vec<T> = rest.iter().take(THINGS).cloned().collect();
        let erased = context.store.write(move |tx| {
            let (mut total, mut count) = (Erased::default(), 0);
            for thing in &batch {
                total = total.and(erase(&inner, tx, thing)?);
                count += 1;
                if total.bytes > MOST_BYTES {
                    break;
                }
            }
            Ok((count, total))
        });
        let (count, erased) = erased.await?;
        rest = rest.get(count..).unwrap_or_default();
        total = total.and(erased);
    }
    Ok(total)
}

/// The answer of a letter that is not sent because its content was erased.
const NOT_SENT: &str = "not sent: its content was erased";

/// Replaces the address in texts that belong to others.
async fn in_texts(context: &Context, redaction: &Redaction) -> Result<(), StoreError> {
    for table in context.store.ask(|view| Ok(view.text_tables())).await? {
        let names = redaction.clone();
        let rows = context.store.ask(move |view| view.rows_naming(table, &names)).await?;
        for ids in rows.chunks(ROWS) {
            let (ids, redaction) = (ids.to_vec(), redaction.clone());
            context.store.write(move |tx| tx.redact_texts(table, &ids, &redaction)).await?;
        }
    }
    let redaction = redaction.clone();
    context.store.write(move |tx| tx.redact_small_texts(&redaction)).await
}

/// Who has something erased, and by what right.
pub(super) struct Authority {
    pub who: Actor,
    pub proof: &'static str,
    pub now: Timestamp,
}

/// Erases what one request holds of a person: all of it where they are the requester; else their messages, and the letters to
/// them and about these.
fn in_request(
    context: &Context,
    tx: &Tx<'_>,
    touched: &RequestOfPerson,
    address: &EmailAddress,
    redaction: &Redaction,
    by: &Authority,
) -> Result<Erased, StoreError> {
    let number = &touched.request;
    let theirs = tx.messages_to_erase(number, Some(address))?;
    if touched.is_requester {
        let messages = tx.messages_to_erase(number, None)?;
        let letters = tx.letters_to_erase(number, None, &messages)?;
        return erase(context, tx, &What { number, messages, letters, whole: true }, redaction, by);
    }
    let letters = tx.letters_to_erase(number, Some(address), &theirs)?;
    erase(context, tx, &What { number, messages: theirs, letters, whole: false }, redaction, by)
}

/// What is erased of a request.
pub(super) struct What<'a> {
    pub number: &'a RequestNumber,
    pub messages: Vec<ReceivedId>,
    pub letters: Vec<LetterId>,
    pub whole: bool,
}

/// Erases content of a request, and rewrites its events without it; the request is then what those events give.
pub(super) fn erase(
    context: &Context,
    tx: &Tx<'_>,
    what: &What<'_>,
    redaction: &Redaction,
    by: &Authority,
) -> Result<Erased, StoreError> {
    let total = tx.erase_messages(&what.messages, redaction, by.now)?;
    let letters = tx.erase_letters(&what.letters, redaction, NOT_SENT, by.now)?;
    let forgetting = if what.whole { desk::erased } else { desk::redacted };
    let mut events: Vec<Event> =
        tx.events(what.number)?.into_iter().map(|event| forgetting(event, redaction)).collect();
    let (messages, files) = (total.messages, total.files);
    events.push(Event {
        request: what.number.clone(),
        at: by.now,
        who: by.who.clone(),
        proof: by.proof.to_owned(),
        received: None,
        change: Change::Forgotten { whole: what.whole, messages, files, letters },
    });
    let Some(request) = Request::replay(&events) else {
        return Err(StoreError::Unexpected(format!("the events of {} do not begin with its opening", what.number)));
    };
    tx.save_forgotten(&request, &events)?;
    tx.index_request_anew(what.number)?;
    commit::look_later(context, tx, &request)?;
    Ok(Erased { letters, ..total })
}

/// Gives free pages back to the file system, some at a time, and empties the write-ahead log.
pub async fn give_back(
    context: &Context,
    stop: &CancellationToken,
    step: impl Fn(ForgetStep),
) -> Result<(), StoreError> {
    while !stop.is_cancelled() && context.store.write(|tx| tx.compact_index()).await? {
        context.heartbeat.progress();
    }
    let mut left = context.store.ask(|view| view.free_pages()).await?;
    while left > 0 && !stop.is_cancelled() {
        let now_left = context.store.write(|tx| tx.give_back(PAGES)).await?;
        context.heartbeat.progress();
        if now_left >= left {
            break;
        }
        left = now_left;
        step(ForgetStep::GivenBack(left));
    }
    let store = context.store.clone();
    let truncated = task::spawn_blocking(move || store.checkpoint());
    truncated.await.unwrap_or_else(|panic| Err(StoreError::Panicked(panic.to_string())))
}
