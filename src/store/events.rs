//! Events: what has changed in each request, in order.

use rusqlite::{Row, params};

use crate::model::{Actor, Change, Event, ReceivedId, RequestNumber, ShortName, Timestamp};

use super::column::{Json, Word};
use super::error::During;
use super::{StoreError, Tx, View, event_columns};

impl Tx<'_> {
    /// Adds an event to its request.
    pub fn add_event(&self, event: &Event) -> Result<(), StoreError> {
        let request = self.request_id(&event.request)?;
        let (columns, (actor, engineer)) =
            (event_columns::of_change(&event.change), event_columns::of_actor(&event.who));
        self.connection
            .prepare_cached(
                "INSERT INTO event (request, at, who, proof, received, change, actor, engineer, kind, from_phase, to_phase, other, undoes)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)",
            )
            .and_then(|mut insert| {
                insert.execute(params![
                    request.0,
                    event.at.unix(),
                    Word(&event.who),
                    event.proof,
                    event.received.map(|id| id.0),
                    Json(&event.change),
                    actor,
                    engineer.map(ShortName::as_str),
                    columns.kind,
                    columns.from_phase.map(Word),
                    columns.to_phase.map(Word),
                    columns.other.map(Word),
                    columns.undoes.map(|id| id.0)
                ])
            })
            .during("adding an event")
            .map(|_| ())
    }
}

impl View<'_> {
    /// The events of a request, in their order: replaying them gives the request.
    pub fn events(&self, number: &RequestNumber) -> Result<Vec<Event>, StoreError> {
        self.events_where("e.request = ?1", self.request_id(number)?.0)
    }

    /// The events that a message caused, in all requests, in their order.
    pub(super) fn events_of_message(&self, received: ReceivedId) -> Result<Vec<Event>, StoreError> {
        self.events_where("e.received = ?1", received.0)
    }

    fn events_where(&self, condition: &str, value: i64) -> Result<Vec<Event>, StoreError> {
        let mut query = self
            .connection
            .prepare_cached(&format!(
                "SELECT e.at, e.who, e.proof, e.received, e.change, q.desk || '-' || q.number
                 FROM event e JOIN request q ON q.id = e.request WHERE {condition} ORDER BY e.id"
            ))
            .during("reading events")?;
        let row = |r: &Row<'_>| {
            Ok(Event {
                request: r.get::<_, Word<RequestNumber>>(5)?.0,
                at: Timestamp::from_unix(r.get(0)?),
                who: r.get::<_, Word<Actor>>(1)?.0,
                proof: r.get(2)?,
                received: r.get::<_, Option<i64>>(3)?.map(ReceivedId),
                change: r.get::<_, Json<Change>>(4)?.0,
            })
        };
        query.query_map([value], row).and_then(Iterator::collect).during("reading events")
    }
}
