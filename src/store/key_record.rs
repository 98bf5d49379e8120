//! Which keys belong to the database.

use super::{StoreError, Tx, View};

/// The keys of the installation that wrote a database, by name and fingerprint.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyRecord {
    /// The installation's name.
    pub instance: String,
    /// Of each key, one at least.
    pub fingerprints: Vec<String>,
}

impl KeyRecord {
    /// Whether keys belong to the same installation: of one name, with a key in common, as keys are rotated.
    pub fn is_akin(&self, other: &KeyRecord) -> bool {
        self.instance == other.instance && self.fingerprints.iter().any(|one| other.fingerprints.contains(one))
    }
}

impl View<'_> {
    /// The keys that belong to this database; `None` where that is not known yet.
    pub fn key_record(&self) -> Result<Option<KeyRecord>, StoreError> {
        let sql = "SELECT instance, fingerprints FROM process WHERE instance IS NOT NULL AND fingerprints IS NOT NULL";
        let read: Option<(String, String)> =
            self.optional("reading whose keys belong here", sql, &[], |r| Ok((r.get(0)?, r.get(1)?)))?;
        let words = |text: String| text.split(' ').map(str::to_owned).collect();
        Ok(read.map(|(instance, fingerprints)| KeyRecord { instance, fingerprints: words(fingerprints) }))
    }

    /// Whether no message has come and no letter was written, so that nobody has anything that keys have signed.
    pub fn is_unused(&self) -> Result<bool, StoreError> {
        let sql = "SELECT 1 FROM received UNION ALL SELECT 1 FROM letter UNION ALL SELECT 1 FROM personal_address";
        Ok(!self.exists("looking whether the database is new", sql, &[])?)
    }
}

impl Tx<'_> {
    /// Records whose keys belong to this database; with `None` those that are found next do.
    pub fn record_keys(&self, record: Option<&KeyRecord>) -> Result<(), StoreError> {
        let (instance, fingerprints) =
            (record.map(|keys| &keys.instance), record.map(|keys| keys.fingerprints.join(" ")));
        let sql = "UPDATE process SET instance = ?1, fingerprints = ?2";
        self.run("recording whose keys belong here", sql, &[&instance, &fingerprints]).map(|_| ())
    }
}
