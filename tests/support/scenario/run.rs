//! Scenarios are played: every message goes through the whole program, and what becomes of it is written down.

use std::collections::BTreeMap;

use maildesk::flow::set;
use maildesk::mail::subject::tags;
use maildesk::model::{Answer, Ask, Place, Priority, Progress, ReceivedId, Request, RequestNumber, ShortName};
use rusqlite::Connection;

use super::{Row, RowResult, Scenario, Written, seconds};
use crate::support::{Message, SentLetter, TestDesk, Wait};

/// Many scenarios at one desk.
pub struct ScenarioRun {
    /// The desk.
    pub desk: TestDesk,
    scenarios: Vec<Scenario>,
    pub(super) theirs: Option<RequestNumber>,
    results: Vec<RowResult>,
}

impl ScenarioRun {
    /// Opens the requests that the scenarios begin with.
    pub fn begin(configuration: &str, scenarios: Vec<Scenario>) -> Self {
        let mut run = Self { desk: TestDesk::with(configuration).open(), scenarios, theirs: None, results: Vec::new() };
        let theirs = Message::to_support("theirs@mail.example", "third@third.example", "Theirs thirdmark");
        run.desk.deliver("support", &theirs.text("Of a third party: thirdmark.").raw());
        for scenario in &run.scenarios {
            let (mailbox, address) = scenario.desk();
            for what in ["opening", "other"] {
                let id = format!("{what}.{}@mail.example", scenario.id);
                let mark = if what == "opening" { scenario.marker() } else { format!("other{}mark", scenario.id) };
                let message = Message::new(&id, &scenario.mailbox_of("client"), &format!("Printer {mark}"))
                    .header(&format!("To: {address}"))
                    .text(&format!("It does not print, {mark}."));
                let is_wanted = if what == "opening" { scenario.begins != "bare" } else { scenario.wants_other() };
                if is_wanted {
                    run.desk.deliver(mailbox, &message.raw());
                }
            }
        }
        run.desk.pass();
        run.theirs = run.number_of("theirs@mail.example");
        for index in 0..run.scenarios.len() {
            let id = run.scenarios[index].id;
            run.scenarios[index].number = run.number_of(&format!("opening.{id}@mail.example"));
            run.scenarios[index].other = run.number_of(&format!("other.{id}@mail.example"));
        }
        run.steer();
        run
    }

    /// What the operator asks before the scenarios begin. The other requests are answered, so that their letters have links.
    fn steer(&mut self) {
        let context = self.desk.context();
        let now = context.now();
        for index in 0..self.scenarios.len() {
            let names = ["ivanov", "petrova", "ivanov"].map(|name| ShortName::parse(name).unwrap());
            let given = context.store.write(move |tx| {
                let [first, second, third] =
                    [tx.invite(&names[0], now)?, tx.invite(&names[1], now)?, tx.invite(&names[2], now)?];
                tx.revoke(third, "by the operator", now)?;
                Ok([first, second, third])
            });
            self.scenarios[index].personal = given.wait().unwrap();
        }
        let mut wanted: Vec<(RequestNumber, String)> = Vec::new();
        wanted.extend(self.theirs.clone().map(|theirs| (theirs, "done".to_owned())));
        for scenario in &self.scenarios {
            wanted.extend(scenario.other.clone().map(|other| (other, "done".to_owned())));
            let asks = scenario.begins.split_once(": ").map(|(_, asks)| asks.to_owned());
            wanted.extend(scenario.number.clone().zip(asks));
        }
        for (number, asks) in wanted {
            for ask in asks.split(", ") {
                let vocabulary = context.settings.desk(&number.desk).unwrap().vocabulary(vec![number.desk.clone()]);
                let read = tags::read(&format!("[{ask}]"), &vocabulary);
                let Answer::Asks(asks) = read[0].answer.clone() else { panic!("{ask}") };
                set(&context, &number, asks).wait().unwrap();
            }
        }
        drop(context);
        self.desk.skip(180);
        self.desk.pass();
    }

    /// Plays all rows, one of each scenario in a pass, and gives what became of them.
    pub fn play(&mut self) -> Vec<RowResult> {
        let rounds = self.scenarios.iter().map(|scenario| scenario.rows.len()).max().unwrap_or(0);
        for round in 0..rounds {
            let before = self.written();
            let last = before.last().map_or(0, |letter| letter.id);
            let mut delivered = Vec::new();
            for index in 0..self.scenarios.len() {
                let Some(row) = self.scenarios[index].rows.get(round).cloned() else { continue };
                let jump: i64 = row.how.iter().filter_map(|how| seconds(how)).sum();
                self.desk.skip(jump);
                let (mailbox, raw) = self.message(&self.scenarios[index], &row);
                self.desk.deliver(&mailbox, &raw);
                delivered.push((index, row));
            }
            let stood: BTreeMap<usize, Option<Request>> =
                delivered.iter().map(|(index, _)| (*index, self.request(&self.scenarios[*index]))).collect();
            self.desk.pass();
            let after: Vec<Written> = self.written();
            let mut explained = 0;
            for (index, row) in delivered {
                let result = self.outcome(index, &row, last, &before, &after, stood[&index].as_ref());
                let ids = self.scenarios[index].received.clone();
                explained += after.iter().filter(|l| l.id > last && l.cause.is_some_and(|c| ids.contains(&c))).count();
                self.results.push(result);
            }
            // Time that passes between rows tells engineers again of messages that wait for their answer.
            let is_again = |letter: &Written| letter.cause.is_none() && letter.kind == "question";
            let new = after.iter().filter(|letter| letter.id > last && !is_again(letter)).count();
            assert_eq!(new, explained, "every letter follows from a row");
        }
        self.results.clone()
    }

    fn sql(&self) -> Connection {
        Connection::open(self.desk.database()).unwrap()
    }

    /// The request of the message with this Message-ID.
    fn number_of(&self, message_id: &str) -> Option<RequestNumber> {
        let sql = "SELECT q.desk || '-' || q.number FROM received r JOIN request q ON q.id = r.request WHERE r.message_id = ?1";
        let number: Option<String> = self.sql().query_row(sql, [message_id], |row| row.get(0)).ok();
        number.map(|number| RequestNumber::parse(&number).unwrap())
    }

    fn request(&self, scenario: &Scenario) -> Option<Request> {
        scenario.number.as_ref().and_then(|number| self.desk.reader().view().request(number).unwrap())
    }

    /// All letters so far, in the order of writing.
    pub(super) fn written(&self) -> Vec<Written> {
        let connection = self.sql();
        let sql = "SELECT l.id, l.cause, l.kind, l.recipient, l.state, json_extract(l.manifest, '$.grace') > 0, q.desk || '-' || q.number, \
                   l.message_id FROM letter l LEFT JOIN request q ON q.id = l.request ORDER BY l.id";
        let mut query = connection.prepare(sql).unwrap();
        let rows = query.query_map([], |r| {
            Ok(Written {
                id: r.get(0)?,
                cause: r.get(1)?,
                kind: r.get(2)?,
                recipient: r.get(3)?,
                state: r.get(4)?,
                waits: r.get(5)?,
                request: r.get(6)?,
                message_id: r.get(7)?,
            })
        });
        rows.unwrap().map(Result::unwrap).collect()
    }

    /// Disposition; how the request stands; letters.
    fn outcome(
        &mut self,
        index: usize,
        row: &Row,
        last: i64,
        before: &[Written],
        after: &[Written],
        stood: Option<&Request>,
    ) -> RowResult {
        let message_id = format!("row.{}@mail.example", row.line);
        let sql = "SELECT id FROM received WHERE message_id = ?1";
        let id: i64 = self.sql().query_row(sql, [&message_id], |r| r.get(0)).unwrap();
        let received = self.desk.reader().view().received_one(ReceivedId(id)).unwrap().unwrap();
        self.scenarios[index].received.push(id);
        let mut disposition = received.disposition.unwrap().to_string();
        let scenario = &mut self.scenarios[index];
        match (&scenario.number, &received.request) {
            (None, Some(number)) if disposition == "opened" => scenario.number = Some(number.clone()),
            (Some(own), Some(number)) if own != number => disposition.push_str(" another"),
            _ => {}
        }
        // A confirmed message is handled in the same pass.
        let held = self.scenarios[index].received[0];
        let first = self.desk.reader().view().received_one(ReceivedId(held)).unwrap().unwrap();
        if received.reasons.iter().any(|reason| reason.contains("confirms message")) {
            disposition = format!("{disposition}, then {}", first.disposition.unwrap());
            let scenario = &mut self.scenarios[index];
            scenario.number = scenario.number.clone().or(first.request);
        }
        let scenario = &self.scenarios[index];
        let request = self.request(scenario);
        let stands = request.as_ref().map_or_else(|| "-".to_owned(), |request| state(scenario, request));
        if disposition.ends_with("another") {
            let (was, is) = (stood.unwrap(), request.as_ref().unwrap());
            // Its answer may have been delivered meanwhile.
            let progress = Progress { answered_at: is.progress.answered_at, ..was.progress.clone() };
            let (linked, changed_at) = (Vec::new(), was.changed_at);
            let was = &Request { linked: Vec::clone(&linked), progress, ..Request::clone(was) };
            let unlinked = |request: &Request| Request { linked: linked.clone(), changed_at, ..request.clone() };
            assert_eq!(unlinked(was), unlinked(is), "line {}: nothing of the request changes", row.line);
        }
        let own = |letter: &&Written| letter.cause.is_some_and(|cause| scenario.received.contains(&cause));
        let mut letters: Vec<String> = after
            .iter()
            .filter(|letter| letter.id > last)
            .filter(own)
            .map(|l| format!("{}{}>{}", if l.waits { "later " } else { "" }, l.kind, short(&l.recipient)))
            .collect();
        letters.sort_unstable();
        let was = |letter: &Written| before.iter().any(|b| b.id == letter.id && b.state == "due");
        for letter in after.iter().filter(|l| l.state == "cancelled" && was(l)).filter(own) {
            letters.push(format!("cancelled {}>{}", letter.kind, short(&letter.recipient)));
        }
        let letters = if letters.is_empty() { "-".to_owned() } else { letters.join(", ") };
        let became = format!("{disposition}; {stands}; {letters}");
        RowResult { line: row.line, became, reasons: received.reasons.join("; ") }
    }

    /// All letters that went out, with their recipients.
    pub fn letters(&self) -> Vec<SentLetter> {
        let sent = self.written().into_iter().filter_map(|letter| {
            let raw = self.desk.sent(&letter.message_id)?;
            Some(SentLetter { envelope_from: String::new(), rcpt: letter.recipient, raw })
        });
        sent.collect()
    }

    /// The scenarios.
    pub fn scenarios(&self) -> &[Scenario] {
        &self.scenarios
    }

    /// Lets everything that waits go out.
    pub fn end(&mut self) {
        self.desk.skip(3_600);
        self.desk.pass();
    }
}

/// The local part without what tells the scenario.
fn short(address: &str) -> &str {
    address.split('@').next().unwrap_or_default().trim_end_matches(|c: char| c.is_ascii_digit())
}

/// How a request stands, as the table says it.
fn state(scenario: &Scenario, request: &Request) -> String {
    let mut words = vec![request.standing.status.to_string()];
    words.extend(request.assignee.as_ref().map(|name| format!("@{}", name.as_str())));
    words.extend(request.place.as_ref().map(|place| match place {
        Place::Line(line) => format!("line {line}"),
        Place::Team(team) => format!("team {}", team.as_str()),
        Place::Desk(desk) => format!("desk {desk}"),
    }));
    words.extend(request.kind.map(|kind| Ask::Kind(kind).to_string()));
    if request.priority != Priority::Normal {
        words.push(Ask::Priority(request.priority).to_string());
    }
    words.extend(request.release.clone().map(|release| Ask::Release(release).to_string()));
    words.extend(request.watchers.iter().map(|watcher| format!("watched by {}", short(watcher.as_str()))));
    words.extend(request.duplicate_of.as_ref().map(|_| "duplicate".to_owned()));
    words.extend((!request.linked.is_empty()).then(|| "linked".to_owned()));
    let is_own = |email: &str| email == scenario.address("client") || email == scenario.address("phone");
    assert!(
        request
            .participants
            .iter()
            .all(|p| is_own(p.email.as_str()) || scenario.number.is_none() || scenario.begins == "bare")
    );
    words.join(" ")
}
