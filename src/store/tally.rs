//! What is counted, by minute.

use crate::model::{
    Alert, Alerts, Alike, Draft, EmailAddress, LetterKind, MINUTE, Minutes, RequestNumber, ShortName, Tallied, Tally,
    TallyKeys, TallyKind, Timestamp, tally_key,
};

use super::sql::ToColumn;
use super::{StoreError, Tx, View};

/// Seconds in a day.
const DAY: i64 = 24 * 60 * MINUTE;

impl Tx<'_> {
    /// Counts one more.
    pub fn tally(&self, tally: &Tally) -> Result<(), StoreError> {
        let Tally { kind, key, at } = tally;
        let sql = "INSERT INTO tally (kind, key, minute, n, last) VALUES (?1, ?2, ?3, 1, ?4)
          ON CONFLICT (kind, key, minute) DO UPDATE SET n = n + 1, last = max(last, excluded.last)";
        self.run("counting", sql, &[kind, key, &minute(*at), at]).map(|_| ())
    }

    /// Drops what was counted longer than 24 hours ago.
    pub fn drop_old_tallies(&self, now: Timestamp) -> Result<(), StoreError> {
        let too_old = now.plus_seconds(-DAY);
        self.run("dropping counts", "DELETE FROM tally WHERE minute < ?1", &[&minute(too_old)])?;
        self.run("dropping floods", "DELETE FROM flood WHERE began_at < ?1", &[&too_old]).map(|_| ())
    }

    /// Counts a letter that was written, as its kind and its reader have caps.
    pub fn tally_letter(&self, draft: &Draft, now: Timestamp) -> Result<(), StoreError> {
        let of_kind = match (draft.kind, &draft.engineer) {
            (LetterKind::Question, Some(engineer)) => Some((TallyKind::Question, engineer)),
            (LetterKind::Explanation, Some(engineer)) => Some((TallyKind::Explanation, engineer)),
            _ => None,
        };
        if let Some((kind, engineer)) = of_kind {
            self.tally(&Tally { kind, key: engineer.as_str().to_owned(), at: now })?;
        }
        match &draft.request {
            Some(request) => {
                self.tally(&Tally { kind: TallyKind::Letter, key: letter_key(request, &draft.to), at: now })
            }
            None => Ok(()),
        }
    }
}

impl View<'_> {
    /// What was counted under the keys of a message.
    pub(super) fn tallied(&self, keys: &TallyKeys, now: Timestamp) -> Result<Tallied, StoreError> {
        let to_sender = |minutes| self.counted(TallyKind::Sender, &keys.sender, now, minutes);
        let none = || Ok(Minutes::default());
        Ok(Tallied {
            sender_ten_minutes: to_sender(10)?,
            sender_hour: to_sender(60)?,
            sender_day: to_sender(DAY / MINUTE)?,
            domain: self.minutes(TallyKind::Domain, &keys.domain, now)?,
            customers: keys
                .customers
                .as_ref()
                .map_or_else(none, |listed| self.minutes(TallyKind::Customers, listed, now))?,
            strangers: self.minutes(TallyKind::Strangers, "", now)?,
            waiting: self.counted(TallyKind::Waiting, "", now, -1)?,
            alike: self.alike(&keys.alike, now)?,
            alike_words: match &keys.alike_words {
                Some(key) => self.alike(key, now)?,
                None => Alike::default(),
            },
            flood: self.flood(&keys.alike, now.plus_seconds(-DAY))?,
        })
    }

    /// The messages of somebody in a request that were counted under this key, and when the last letter to them about it was
    /// written.
    pub fn repeats(
        &self,
        request: &RequestNumber,
        to: &EmailAddress,
        key: &str,
        now: Timestamp,
    ) -> Result<Alike, StoreError> {
        let sql = "SELECT max(coalesce(ended_at, due_at)) FROM letter WHERE request = ?1 AND recipient = ?2";
        let request = self.request_id(request)?;
        Ok(Alike {
            hour: 0,
            rounds: self.counted(TallyKind::Round, key, now, DAY / MINUTE)?,
            answered: self.one("looking for the last letter", sql, &[&request, to], |r| r.get(0))?,
        })
    }

    /// The alerts that are like this one.
    pub fn alerts(&self, alert: &Alert, now: Timestamp) -> Result<Alerts, StoreError> {
        let number = self.flood(&alert.key, now.plus_seconds(-DAY))?;
        let request = number.as_ref().map_or(Ok(None), |number| self.request(number))?;
        let Some(request) = request else { return Ok(Alerts::default()) };
        let counted =
            |severity| self.counted(TallyKind::Alert, &alert.counted(&request.number, severity), now, DAY / MINUTE);
        let (count, is_worse) = (counted(0)?, counted(alert.severity)? == 0);
        let sql = "SELECT max(last) FROM tally WHERE kind = ?1 AND key = ?2";
        let key = alert.counted(&request.number, 0);
        let last = self.one("reading counts", sql, &[&TallyKind::Alert, &key], |r| r.get(0))?;
        Ok(Alerts { request: Some(request), count, last, is_worse })
    }

    /// How many letters about a request were written to this reader in the last 24 hours.
    pub fn written_lately(
        &self,
        request: &RequestNumber,
        to: &EmailAddress,
        now: Timestamp,
    ) -> Result<u32, StoreError> {
        self.counted(TallyKind::Letter, &letter_key(request, to), now, DAY / MINUTE)
    }

    /// How many questions or explanations an engineer was written in the last 24 hours.
    pub(super) fn written_day(
        &self,
        kind: TallyKind,
        engineer: Option<&ShortName>,
        now: Timestamp,
    ) -> Result<u32, StoreError> {
        engineer.map_or(Ok(0), |engineer| self.counted(kind, engineer.as_str(), now, DAY / MINUTE))
    }

    /// How many explanations of these words an engineer was written in the last ten minutes.
    pub(super) fn explained_lately(&self, key: Option<&str>, now: Timestamp) -> Result<u32, StoreError> {
        key.map_or(Ok(0), |key| self.counted(TallyKind::Explanation, key, now, 10))
    }

    /// How often something was counted for everybody in the last 24 hours.
    pub(super) fn counted_day(&self, kind: TallyKind, now: Timestamp) -> Result<u32, StoreError> {
        self.counted(kind, "", now, DAY / MINUTE)
    }

    /// How many in the last so many minutes, and later.
    fn counted(&self, kind: TallyKind, key: &str, now: Timestamp, minutes: i64) -> Result<u32, StoreError> {
        let sql = "SELECT coalesce(sum(n), 0) FROM tally WHERE kind = ?1 AND key = ?2 AND minute >= ?3";
        self.one("reading counts", sql, &[&kind, &key, &(minute(now) - minutes)], |r| r.get(0))
    }

    /// The counts of the last hour, and of the time to come.
    fn minutes(&self, kind: TallyKind, key: &str, now: Timestamp) -> Result<Minutes, StoreError> {
        let sql = "SELECT minute, n FROM tally WHERE kind = ?1 AND key = ?2 AND minute >= ?3 ORDER BY minute";
        let values: [&dyn ToColumn; 3] = [&kind, &key, &(minute(now) - 60)];
        self.all("reading counts", sql, &values, |r| Ok((r.get(0)?, r.get(1)?))).map(Minutes)
    }

    fn alike(&self, key: &str, now: Timestamp) -> Result<Alike, StoreError> {
        let sql = "SELECT max(last) FROM tally WHERE kind = ?1 AND key = ?2";
        Ok(Alike {
            hour: self.counted(TallyKind::Alike, key, now, 60)?,
            rounds: self.counted(TallyKind::Round, key, now, DAY / MINUTE)?,
            answered: self.one("reading counts", sql, &[&TallyKind::Answered, &key], |r| r.get(0))?,
        })
    }
}

fn letter_key(request: &RequestNumber, to: &EmailAddress) -> String {
    tally_key(&["letters", &request.to_string(), to.as_str()])
}

fn minute(at: Timestamp) -> i64 {
    at.unix().div_euclid(MINUTE)
}
