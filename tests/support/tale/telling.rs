//! Tales told: every message through the whole program, and what became of it.

use std::collections::BTreeMap;

use maildesk::flow::set;
use maildesk::mail::subject::tags;
use maildesk::model::{Answer, Ask, Place, Priority, Progress, ReceivedId, Request, RequestNumber, ShortName};
use rusqlite::Connection;

use super::{Row, Tale, Told, Written, seconds};
use crate::support::{Message, SentLetter, TestDesk, Wait};

/// Many tales at one desk.
pub struct Telling {
    /// The desk.
    pub desk: TestDesk,
    tales: Vec<Tale>,
    pub(super) theirs: Option<RequestNumber>,
    told: Vec<Told>,
}

impl Telling {
    /// Opens the requests that the tales begin with.
    pub fn begin(configuration: &str, tales: Vec<Tale>) -> Self {
        let mut telling = Self { desk: TestDesk::with(configuration).open(), tales, theirs: None, told: Vec::new() };
        let theirs = Message::to_support("theirs@mail.example", "third@third.example", "Theirs thirdmark");
        telling.desk.deliver("support", &theirs.text("Of a third party: thirdmark.").raw());
        for tale in &telling.tales {
            let (mailbox, address) = tale.desk();
            for what in ["opening", "other"] {
                let id = format!("{what}.{}@mail.example", tale.id);
                let mark = if what == "opening" { tale.marker() } else { format!("other{}mark", tale.id) };
                let message = Message::new(&id, &tale.mailbox_of("client"), &format!("Printer {mark}"))
                    .header(&format!("To: {address}"))
                    .text(&format!("It does not print, {mark}."));
                let is_wanted = if what == "opening" { tale.begins != "bare" } else { tale.wants_other() };
                if is_wanted {
                    telling.desk.deliver(mailbox, &message.raw());
                }
            }
        }
        telling.desk.pass();
        telling.theirs = telling.number_of("theirs@mail.example");
        for index in 0..telling.tales.len() {
            let id = telling.tales[index].id;
            telling.tales[index].number = telling.number_of(&format!("opening.{id}@mail.example"));
            telling.tales[index].other = telling.number_of(&format!("other.{id}@mail.example"));
        }
        telling.steer();
        telling
    }

    /// What the operator asks before the tales begin. The other requests are answered, so that their letters have links.
    fn steer(&mut self) {
        let context = self.desk.context();
        let now = context.now();
        for index in 0..self.tales.len() {
            let names = ["ivanov", "petrova", "ivanov"].map(|name| ShortName::parse(name).unwrap());
            let given = context.store.write(move |tx| {
                let [first, second, third] =
                    [tx.invite(&names[0], now)?, tx.invite(&names[1], now)?, tx.invite(&names[2], now)?];
                tx.revoke(third, "by the operator", now)?;
                Ok([first, second, third])
            });
            self.tales[index].personal = given.wait().unwrap();
        }
        let mut wanted: Vec<(RequestNumber, String)> = Vec::new();
        wanted.extend(self.theirs.clone().map(|theirs| (theirs, "done".to_owned())));
        for tale in &self.tales {
            wanted.extend(tale.other.clone().map(|other| (other, "done".to_owned())));
            let asks = tale.begins.split_once(": ").map(|(_, asks)| asks.to_owned());
            wanted.extend(tale.number.clone().zip(asks));
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

    /// Tells all rows, one of each tale in a pass, and gives what became of them.
    pub fn tell(&mut self) -> Vec<Told> {
        let rounds = self.tales.iter().map(|tale| tale.rows.len()).max().unwrap_or(0);
        for round in 0..rounds {
            let before = self.written();
            let last = before.last().map_or(0, |letter| letter.id);
            let mut delivered = Vec::new();
            for index in 0..self.tales.len() {
                let Some(row) = self.tales[index].rows.get(round).cloned() else { continue };
                let jump: i64 = row.how.iter().filter_map(|how| seconds(how)).sum();
                self.desk.skip(jump);
                let (mailbox, raw) = self.message(&self.tales[index], &row);
                self.desk.deliver(&mailbox, &raw);
                delivered.push((index, row));
            }
            let stood: BTreeMap<usize, Option<Request>> =
                delivered.iter().map(|(index, _)| (*index, self.request(&self.tales[*index]))).collect();
            self.desk.pass();
            let after: Vec<Written> = self.written();
            let mut explained = 0;
            for (index, row) in delivered {
                let told = self.outcome(index, &row, last, &before, &after, stood[&index].as_ref());
                let ids = self.tales[index].received.clone();
                explained += after.iter().filter(|l| l.id > last && l.cause.is_some_and(|c| ids.contains(&c))).count();
                self.told.push(told);
            }
            let new = after.iter().filter(|letter| letter.id > last).count();
            assert_eq!(new, explained, "every letter follows from a row");
        }
        self.told.clone()
    }

    fn sql(&self) -> Connection {
        Connection::open(self.desk.database()).unwrap()
    }

    fn number_of(&self, message_id: &str) -> Option<RequestNumber> {
        let sql = "SELECT q.desk || '-' || q.number FROM received r JOIN request q ON q.id = r.request WHERE r.message_id = ?1";
        let number: Option<String> = self.sql().query_row(sql, [message_id], |row| row.get(0)).ok();
        number.map(|number| RequestNumber::parse(&number).unwrap())
    }

    fn request(&self, tale: &Tale) -> Option<Request> {
        tale.number.as_ref().and_then(|number| self.desk.reader().view().request(number).unwrap())
    }

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
    ) -> Told {
        let message_id = format!("row.{}@mail.example", row.line);
        let sql = "SELECT id FROM received WHERE message_id = ?1";
        let id: i64 = self.sql().query_row(sql, [&message_id], |r| r.get(0)).unwrap();
        let received = self.desk.reader().view().received_one(ReceivedId(id)).unwrap().unwrap();
        self.tales[index].received.push(id);
        let mut disposition = received.disposition.unwrap().to_string();
        let tale = &mut self.tales[index];
        match (&tale.number, &received.request) {
            (None, Some(number)) if disposition == "opened" => tale.number = Some(number.clone()),
            (Some(own), Some(number)) if own != number => disposition.push_str(" another"),
            _ => {}
        }
        // A confirmed message is handled in the same pass.
        let held = self.tales[index].received[0];
        let first = self.desk.reader().view().received_one(ReceivedId(held)).unwrap().unwrap();
        if received.reasons.iter().any(|reason| reason.contains("confirms message")) {
            disposition = format!("{disposition}, then {}", first.disposition.unwrap());
            let tale = &mut self.tales[index];
            tale.number = tale.number.clone().or(first.request);
        }
        let tale = &self.tales[index];
        let request = self.request(tale);
        let stands = request.as_ref().map_or_else(|| "-".to_owned(), |request| state(tale, request));
        if disposition.ends_with("another") {
            let (was, is) = (stood.unwrap(), request.as_ref().unwrap());
            // Its answer may have been delivered meanwhile.
            let progress = Progress { answered_at: is.progress.answered_at, ..was.progress.clone() };
            let (linked, changed_at) = (Vec::new(), was.changed_at);
            let was = &Request { linked: Vec::clone(&linked), progress, ..Request::clone(was) };
            let unlinked = |request: &Request| Request { linked: linked.clone(), changed_at, ..request.clone() };
            assert_eq!(unlinked(was), unlinked(is), "line {}: nothing of the request changes", row.line);
        }
        let own = |letter: &&Written| letter.cause.is_some_and(|cause| tale.received.contains(&cause));
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
        Told { line: row.line, became, reasons: received.reasons.join("; ") }
    }

    /// All letters that went out, with their recipients.
    pub fn letters(&self) -> Vec<SentLetter> {
        let sent = self.written().into_iter().filter_map(|letter| {
            let raw = self.desk.sent(&letter.message_id)?;
            Some(SentLetter { envelope_from: String::new(), rcpt: letter.recipient, raw })
        });
        sent.collect()
    }

    /// The tales.
    pub fn tales(&self) -> &[Tale] {
        &self.tales
    }

    /// Lets everything that waits go out.
    pub fn end(&mut self) {
        self.desk.skip(3_600);
        self.desk.pass();
    }
}

/// The local part without what tells the tale.
fn short(address: &str) -> &str {
    address.split('@').next().unwrap_or_default().trim_end_matches(|c: char| c.is_ascii_digit())
}

fn state(tale: &Tale, request: &Request) -> String {
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
    let is_own = |email: &str| email == tale.address("client") || email == tale.address("phone");
    assert!(
        request.participants.iter().all(|p| is_own(p.email.as_str()) || tale.number.is_none() || tale.begins == "bare")
    );
    words.join(" ")
}
