//! What became of messages, requests and letters, as the store has it.

use std::fs;

use maildesk::flow;
use maildesk::model::{Event, LetterState, ReceivedId, Request, RequestNumber};
use maildesk::store::LetterRow;

use super::TestDesk;
use crate::support::{SentLetter, assert_nothing_leaks, markers_of, multiply, recipients, record_story, wait_until};

impl TestDesk {
    /// The letters that were sent since the last look, in the order in which they were written. Of the real program's between
    /// servers, no other may have arrived.
    pub fn letters(&mut self) -> Vec<SentLetter> {
        let mut rows: Vec<LetterRow> = self.reader().view().letters(Some(LetterState::Sent), u32::MAX).unwrap();
        let arrived = if self.servers.is_some() { self.arrived_in_all(rows.len()) } else { Vec::new() };
        rows.retain(|row| self.seen.insert(row.id));
        rows.sort_by_key(|row| row.id);
        let read = |row: LetterRow| match arrived.iter().find(|letter| letter.id() == row.message_id) {
            Some(letter) => letter.clone(),
            None => SentLetter {
                envelope_from: String::new(),
                raw: self.sent(&row.message_id).unwrap(),
                rcpt: row.recipient,
            },
        };
        rows.into_iter().map(read).collect()
    }

    /// Makes so many copies of all that it has, see [`multiply`]; their letters count as seen.
    pub fn multiply(&mut self, copies: u64) {
        multiply(&self.database(), copies, true);
        let rows = self.reader().view().letters(None, u32::MAX).unwrap();
        self.seen.extend(rows.into_iter().map(|row| row.id));
    }

    /// The letters that have arrived behind the submission server, once there are as many as expected, and no more.
    pub fn arrived_in_all(&self, count: usize) -> Vec<SentLetter> {
        wait_until(&format!("{count} letters are there"), || self.servers().sent().len() >= count);
        let letters = self.servers().sent();
        assert_eq!(letters.len(), count, "{:?}", recipients(&letters));
        letters
    }

    /// The last letter that really went to somebody.
    pub fn letter_to(&self, recipient: &str) -> SentLetter {
        let rows = self.reader().view().letters(Some(LetterState::Sent), u32::MAX).unwrap();
        let mut theirs = rows.into_iter().filter(|row| row.recipient == recipient);
        let raw = theirs.find_map(|row| self.sent(&row.message_id)).unwrap();
        SentLetter { envelope_from: String::new(), rcpt: recipient.to_owned(), raw }
    }

    /// What a letter is.
    pub fn kind_of(&self, letter: &SentLetter) -> String {
        let (id, rows) = (letter.id(), self.reader().view().letters(None, u32::MAX).unwrap());
        rows.into_iter().find(|row| row.message_id == id).unwrap().kind.to_string()
    }

    /// The bytes of a letter, once it has gone.
    pub fn sent(&self, message_id: &str) -> Option<Vec<u8>> {
        fs::read(self.path("letters").join(format!("{message_id}.eml"))).ok()
    }

    /// A request.
    pub fn request(&self, number: &str) -> Request {
        let number = RequestNumber::parse(number).unwrap();
        self.reader().view().request(&number).unwrap().unwrap_or_else(|| panic!("there is no {number}"))
    }

    /// Its status.
    pub fn status(&self, number: &str) -> String {
        self.request(number).standing.status.to_string()
    }

    /// Its status and who works on it: `done, ivanov`.
    pub fn stands(&self, number: &str) -> String {
        format!("{}, {}", self.status(number), self.assignee(number))
    }

    /// Who works on it.
    pub fn assignee(&self, number: &str) -> String {
        self.request(number).assignee.map_or_else(|| "nobody".to_owned(), |name| name.to_string())
    }

    /// How many messages it holds.
    pub fn entries(&self, number: &str) -> usize {
        self.reader().view().entries(&RequestNumber::parse(number).unwrap()).unwrap().len()
    }

    /// What happened to it.
    pub fn events(&self, number: &str) -> Vec<Event> {
        self.reader().view().events(&RequestNumber::parse(number).unwrap()).unwrap()
    }

    /// All requests, in order of numbers.
    pub fn numbers(&self) -> Vec<RequestNumber> {
        self.reader().view().request_numbers().unwrap()
    }

    /// Disposition, request and reasons of the last message.
    pub fn last_disposition(&self) -> (String, String, String) {
        let row = self.reader().view().received(None, 1).unwrap().remove(0);
        let request = row.request.as_ref().map(|number| number.to_string()).unwrap_or_default();
        (row.outcome(), request, row.reasons.join("; "))
    }

    /// State and disposition of the message with this id.
    pub fn disposition_of(&self, id: i64) -> String {
        let row = self.reader().view().received_one(ReceivedId(id)).unwrap().unwrap();
        format!("{} {}", row.state, row.disposition.map(|disposition| disposition.to_string()).unwrap_or_default())
    }

    /// Everything stored agrees with its events.
    pub fn verify(&self) {
        let faults = self.reader().at_one_moment(|view| flow::verify(view, &mut |_, _| {})).unwrap();
        assert!(faults.is_empty(), "{faults:#?}");
    }

    /// What holds at the end of every test.
    pub(super) fn check(&self) {
        self.verify();
        if self.servers.is_some() && !self.insiders.is_empty() {
            let insiders: Vec<&str> = self.insiders.iter().map(String::as_str).collect();
            assert_nothing_leaks(&self.servers().sent(), &markers_of(&self.reader(), &insiders));
        }
        if !self.is_program() {
            let next = self.reader().view().next_look().unwrap();
            assert!(!self.is_never_late || next.is_none_or(|at| at > self.now()), "{next:?} is still due");
            record_story(self);
        }
    }
}
