//! Lists for people: requests, letters and received messages by what they have in common, with how many there are in all.

use serde::Serialize;
use strum::{EnumString, VariantNames};

use crate::model::{
    Disposition, Kind, LetterState, Phase, Place, Priority, RequestNumber, ShortName, Status, Timestamp,
};

use super::column::List;
use super::ledger::{IS_LOGO, ReceivedRow};
use super::letters::LetterRow;
use super::sql::{Filter, Row, columns};
use super::{ReceivedFilter, ReceivedState, StoreError, View};

/// A request in a list.
#[derive(Clone, Debug, Serialize)]
pub struct RequestRow {
    /// Its number.
    pub number: RequestNumber,
    /// Its subject.
    pub subject: String,
    /// Its phase.
    pub phase: Phase,
    /// Its status.
    pub status: Status,
    /// The engineer who works on it.
    pub assignee: Option<ShortName>,
    /// The requester's address; empty where nobody can be written to.
    pub requester: String,
    /// How many messages belong to it.
    pub messages: u32,
    /// How many files these messages have.
    pub attachments: u32,
    /// When it was opened.
    pub opened_at: Timestamp,
    /// When it last changed.
    pub changed_at: Timestamp,
}

/// Which requests are listed; what is not given lets all through.
#[derive(Clone, Debug, Default)]
pub struct RequestFilter {
    /// Only those of this desk, by its key.
    pub desk: Option<String>,
    /// Only those whose number, subject or requester contains these words, in any case.
    pub words: Option<String>,
    /// Only those in one of these phases; in any, where the list is empty.
    pub phases: Vec<Phase>,
    /// Only those with this status.
    pub status: Option<Status>,
    /// Only those of this kind.
    pub kind: Option<Kind>,
    /// Only those of this priority.
    pub priority: Option<Priority>,
    /// Only those of this engineer.
    pub assignee: Option<ShortName>,
    /// Only those of nobody.
    pub is_unassigned: bool,
    /// Only those that were passed on to this line or team.
    pub place: Option<Place>,
    /// Only those whose requester's address contains this.
    pub requester: Option<String>,
    /// Only those that are overdue at this time.
    pub overdue_at: Option<Timestamp>,
    /// Only those opened at this time or later.
    pub since: Option<Timestamp>,
}

/// The order of listed requests.
#[derive(Clone, Copy, Debug, PartialEq, Eq, EnumString, VariantNames)]
#[strum(serialize_all = "snake_case")]
pub enum RequestOrder {
    /// The last changed first.
    Changed,
    /// The last opened first.
    Opened,
    /// By number.
    Number,
    /// The most urgent first; of those as urgent, the oldest.
    Priority,
}

impl RequestOrder {
    fn sql(self) -> &'static str {
        match self {
            RequestOrder::Changed => "q.changed_at DESC, q.id DESC",
            RequestOrder::Opened => "q.opened_at DESC, q.id DESC",
            RequestOrder::Number => "q.desk, q.number",
            RequestOrder::Priority => {
                "CASE q.priority WHEN 'critical' THEN 0 WHEN 'high' THEN 1 WHEN 'normal' THEN 2 ELSE 3 END, q.opened_at, q.id"
            }
        }
    }
}

impl RequestFilter {
    /// The conditions; `phases` is the filter's own list.
    fn conditions<'v>(&'v self, phases: &'v List<'v, Phase>) -> Filter<'v> {
        let holds = "instr(folded(q.desk || '-' || q.number || ' ' || q.subject || ' ' || coalesce(p.email, '')), folded(?)) > 0";
        let filter = Filter::default()
            .and_if("q.desk = ?", self.desk.as_ref())
            .and_if(holds, self.words.as_ref())
            .and_if("q.status = ?", self.status.as_ref())
            .and_if("q.kind = ?", self.kind.as_ref())
            .and_if("q.priority = ?", self.priority.as_ref())
            .and_if("q.assignee = ?", self.assignee.as_ref())
            .and_if("q.place = ?", self.place.as_ref())
            .and_if("instr(lower(p.email), lower(?)) > 0", self.requester.as_ref())
            .and_if("q.overdue_at <= ?", self.overdue_at.as_ref())
            .and_if("q.opened_at >= ?", self.since.as_ref());
        let filter = if self.phases.is_empty() { filter } else { filter.and("q.phase IN (LIST ?)", phases) };
        if self.is_unassigned { filter.and("(q.assignee IS NULL) = ?", &true) } else { filter }
    }
}

/// Which letters are listed; what is not given lets all through.
#[derive(Clone, Debug, Default)]
pub struct LetterFilter {
    /// Only those in this state.
    pub state: Option<LetterState>,
    /// Only those whose recipient's address contains this.
    pub recipient: Option<String>,
    /// Only those of this request.
    pub request: Option<RequestNumber>,
    /// Only those written at this time or later.
    pub since: Option<Timestamp>,
}

impl LetterFilter {
    fn conditions<'v>(&'v self, number: &'v Option<String>) -> Filter<'v> {
        Filter::default()
            .and_if("l.state = ?", self.state.as_ref())
            .and_if("instr(lower(l.recipient), lower(?)) > 0", self.recipient.as_ref())
            .and_if("q.desk || '-' || q.number = ?", number.as_ref())
            .and_if("l.created_at >= ?", self.since.as_ref())
    }

    fn number(&self) -> Option<String> {
        self.request.as_ref().map(ToString::to_string)
    }
}

/// Which received messages are listed; what is not given lets all through.
#[derive(Clone, Debug, Default)]
pub struct MessageFilter {
    /// Only those in this state.
    pub state: Option<ReceivedState>,
    /// Only those of this disposition.
    pub disposition: Option<Disposition>,
    /// Only those whose sender's address or subject contains these words, in any case.
    pub words: Option<String>,
    /// Only those of this mailbox.
    pub mailbox: Option<String>,
    /// Only those accepted at this time or later.
    pub since: Option<Timestamp>,
}

impl MessageFilter {
    /// Those in a state or of a disposition.
    pub fn of(filter: Option<ReceivedFilter>) -> Self {
        let (state, disposition) = match filter {
            None => (None, None),
            Some(ReceivedFilter::State(state)) => (Some(state), None),
            Some(ReceivedFilter::Disposition(disposition)) => (None, Some(disposition)),
        };
        Self { state, disposition, ..Self::default() }
    }

    fn conditions(&self) -> Filter<'_> {
        Filter::default()
            .and_if("r.state = ?", self.state.as_ref())
            .and_if("r.disposition = ?", self.disposition.as_ref())
            .and_if("instr(folded(r.sender || ' ' || r.subject), folded(?)) > 0", self.words.as_ref())
            .and_if("r.mailbox = ?", self.mailbox.as_ref())
            .and_if("r.accepted_at >= ?", self.since.as_ref())
    }
}

impl View<'_> {
    /// Up to `limit` requests, the last changed first: only those of `desk` where given, and only those whose number, subject
    /// or requester contains `words`, in any case, where given.
    pub fn requests(&self, desk: Option<&str>, words: Option<&str>, limit: u32) -> Result<Vec<RequestRow>, StoreError> {
        let (desk, words) = (desk.map(str::to_owned), words.map(str::to_owned));
        let filter = RequestFilter { desk, words, ..RequestFilter::default() };
        self.listed_requests(&filter, RequestOrder::Changed, limit)
    }

    /// Up to `limit` requests that a filter lets through.
    pub fn listed_requests(
        &self,
        filter: &RequestFilter,
        order: RequestOrder,
        limit: u32,
    ) -> Result<Vec<RequestRow>, StoreError> {
        let phases = List(&filter.phases);
        let filter = filter.conditions(&phases);
        let sql = format!(
            "SELECT q.desk || '-' || q.number, q.subject, q.phase, q.status, q.assignee, coalesce(p.email, ''),
               (SELECT count(*) FROM entry e WHERE e.request = q.id),
               (SELECT count(*) FROM entry e JOIN attachment a ON a.received = e.received WHERE e.request = q.id
                  AND NOT ({IS_LOGO})),
               q.opened_at, q.changed_at
             FROM request q LEFT JOIN participant p ON p.request = q.id AND p.position = 0 {}
             ORDER BY {} LIMIT {limit}",
            filter.sql(),
            order.sql()
        );
        let row = |r: &Row<'_>| {
            columns!(r => RequestRow {
                number, subject, phase, status, assignee, requester, messages, attachments, opened_at,
                changed_at
            })
        };
        self.all("listing requests", &sql, filter.values(), row)
    }

    /// How many requests a filter lets through.
    pub fn listed_requests_in_all(&self, filter: &RequestFilter) -> Result<u64, StoreError> {
        let phases = List(&filter.phases);
        let filter = filter.conditions(&phases);
        let sql = format!(
            "SELECT count(*) FROM request q LEFT JOIN participant p ON p.request = q.id AND p.position = 0 {}",
            filter.sql()
        );
        self.one("counting requests", &sql, filter.values(), |r| r.get(0))
    }

    /// Up to `limit` letters of the outbox, the newest first; only those in one state where given.
    pub fn letters(&self, state: Option<LetterState>, limit: u32) -> Result<Vec<LetterRow>, StoreError> {
        self.listed_letters(&LetterFilter { state, ..LetterFilter::default() }, limit)
    }

    /// Up to `limit` letters that a filter lets through, the newest first.
    pub fn listed_letters(&self, filter: &LetterFilter, limit: u32) -> Result<Vec<LetterRow>, StoreError> {
        let number = filter.number();
        let filter = filter.conditions(&number);
        self.letters_where(&format!("{} ORDER BY l.id DESC LIMIT {limit}", filter.sql()), filter.values())
    }

    /// How many letters a filter lets through.
    pub fn listed_letters_in_all(&self, filter: &LetterFilter) -> Result<u64, StoreError> {
        let number = filter.number();
        let filter = filter.conditions(&number);
        let sql = format!("SELECT count(*) FROM letter l LEFT JOIN request q ON q.id = l.request {}", filter.sql());
        self.one("counting letters", &sql, filter.values(), |r| r.get(0))
    }

    /// Up to `limit` messages of the ledger, the newest first; only those in a state or of a disposition where given.
    pub fn received(&self, filter: Option<ReceivedFilter>, limit: u32) -> Result<Vec<ReceivedRow>, StoreError> {
        self.listed_messages(&MessageFilter::of(filter), limit)
    }

    /// Up to `limit` received messages that a filter lets through, the newest first.
    pub fn listed_messages(&self, filter: &MessageFilter, limit: u32) -> Result<Vec<ReceivedRow>, StoreError> {
        let filter = filter.conditions();
        self.received_where(&format!("{} ORDER BY r.id DESC LIMIT {limit}", filter.sql()), filter.values())
    }

    /// How many received messages a filter lets through.
    pub fn listed_messages_in_all(&self, filter: &MessageFilter) -> Result<u64, StoreError> {
        let filter = filter.conditions();
        let sql = format!("SELECT count(*) FROM received r {}", filter.sql());
        self.one("counting messages", &sql, filter.values(), |r| r.get(0))
    }
}
