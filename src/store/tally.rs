//! What is counted, by minute.

use crate::model::{Alike, MINUTE, Minutes, Tallied, Tally, TallyKeys, TallyKind, Timestamp};

use super::facts::DAY;
use super::sql::ToColumn;
use super::{StoreError, Tx, View};

impl Tx<'_> {
    /// Counts one more, and drops what was counted longer than 24 hours ago.
    pub fn tally(&self, tally: &Tally, now: Timestamp) -> Result<(), StoreError> {
        let Tally { kind, key, at } = tally;
        let sql = "INSERT INTO tally (kind, key, minute, n, last) VALUES (?1, ?2, ?3, 1, ?4)
          ON CONFLICT (kind, key, minute) DO UPDATE SET n = n + 1, last = max(last, excluded.last)";
        self.run("counting", sql, &[kind, key, &minute(*at), at])?;
        let too_old = now.plus_seconds(-DAY);
        self.run("dropping counts", "DELETE FROM tally WHERE minute < ?1", &[&minute(too_old)])?;
        self.run("dropping floods", "DELETE FROM flood WHERE began_at < ?1", &[&too_old]).map(|_| ())
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
            flood: self.flood(&keys.alike)?,
        })
    }

    /// How many acknowledgements the caps have cancelled in the last 24 hours.
    pub(super) fn withheld(&self, now: Timestamp) -> Result<u32, StoreError> {
        self.counted(TallyKind::Withheld, "", now, DAY / MINUTE)
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

fn minute(at: Timestamp) -> i64 {
    at.unix().div_euclid(MINUTE)
}
