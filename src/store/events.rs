//! Events: what has changed in each request, in order.

use crate::model::{Event, ReceivedId, RequestNumber};

use super::sql::{Row, ToColumn, columns};
use super::{StoreError, Tx, View, event_columns};

impl Tx<'_> {
    /// Adds an event to its request.
    pub fn add_event(&self, event: &Event) -> Result<(), StoreError> {
        let request = self.request_id(&event.request)?;
        let Event { at, who, proof, received, change, .. } = event;
        let (c, (actor, engineer)) = (event_columns::of_change(change), event_columns::of_actor(who));
        let sql =
            "INSERT INTO event (request, at, who, proof, received, change, actor, engineer, kind, from_phase, to_phase,
            other, undoes)
          VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)";
        let (from, to, other, undoes) = (&c.from_phase, &c.to_phase, &c.other, &c.undoes);
        let values: [&dyn ToColumn; 13] =
            [&request, at, who, proof, received, change, &actor, &engineer, &c.kind, from, to, other, undoes];
        self.run("adding an event", sql, &values).map(|_| ())
    }
}

impl View<'_> {
    /// The events of a request, in their order: replaying them gives the request.
    pub fn events(&self, number: &RequestNumber) -> Result<Vec<Event>, StoreError> {
        self.events_where("e.request = ?1", &self.request_id(number)?)
    }

    /// The events that a message caused, in all requests, in their order.
    pub(super) fn events_of_message(&self, received: ReceivedId) -> Result<Vec<Event>, StoreError> {
        self.events_where("e.received = ?1", &received)
    }

    fn events_where(&self, condition: &str, value: &dyn ToColumn) -> Result<Vec<Event>, StoreError> {
        let sql = format!(
            "SELECT q.desk || '-' || q.number, e.at, e.who, e.proof, e.received, e.change
             FROM event e JOIN request q ON q.id = e.request WHERE {condition} ORDER BY e.id"
        );
        let row = |r: &Row<'_>| columns!(r => Event { request, at, who, proof, received, change });
        self.all("reading events", &sql, &[value], row)
    }
}
