//! What became of messages, requests and letters, as the store has it.

use std::fs;

use maildesk::flow;
use maildesk::model::{Event, LetterState, ReceivedId, Request, RequestNumber};
use maildesk::store::LetterRow;

use super::TestDesk;
use crate::support::SentLetter;

impl TestDesk {
    /// The letters that were sent since the last look, in the order in which they were written.
    pub fn letters(&mut self) -> Vec<SentLetter> {
        let mut rows: Vec<LetterRow> = self.reader().view().letters(Some(LetterState::Sent), u32::MAX).unwrap();
        rows.retain(|row| self.seen.insert(row.id));
        rows.sort_by_key(|row| row.id);
        let read = |row: LetterRow| {
            let raw = self.sent(&row.message_id).unwrap();
            SentLetter { envelope_from: String::new(), rcpt: row.recipient, raw }
        };
        rows.into_iter().map(read).collect()
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
        let request = row.request.as_ref().map(ToString::to_string).unwrap_or_default();
        (row.outcome(), request, row.reasons.join("; "))
    }

    /// State and disposition of the message with this id.
    pub fn disposition_of(&self, id: i64) -> String {
        let row = self.reader().view().received_one(ReceivedId(id)).unwrap().unwrap();
        let disposition = row.disposition.map(|disposition| disposition.to_string());
        format!("{} {}", row.state, disposition.unwrap_or_default())
    }

    /// Everything stored agrees with its events.
    pub fn verify(&self) {
        let faults = self.reader().at_one_moment(|view| flow::verify(view, &mut |_, _| {})).unwrap();
        assert!(faults.is_empty(), "{faults:#?}");
    }
}
