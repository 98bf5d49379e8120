//! The files of the state folder that belong to the process rather than to the database: its lock and its keys.

use std::fs::{self, File, TryLockError};
use std::io::{self, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

use crate::mail::proof::KeyRing;
use crate::store::{KeyRecord, Store, StoreError};

use super::{DATABASE, DaemonError, KEYS, LOCK, host_status};

/// The lock of a state folder, until it is dropped. It is given up by name: a child process that another thread starts in this
/// moment holds the file open too, and closing ours alone would not end the lock.
pub(super) struct StateLock(File);

impl Drop for StateLock {
    fn drop(&mut self) {
        let _ = self.0.unlock();
    }
}

/// Creates the lock file where needed, and locks it.
pub(super) fn lock(path: &Path) -> Result<StateLock, DaemonError> {
    let at = |error| DaemonError::File { path: path.to_owned(), error };
    let file = fs::OpenOptions::new().create(true).truncate(false).write(true).mode(0o600).open(path).map_err(at)?;
    match host_status::lock_patiently(&file) {
        Ok(()) => Ok(StateLock(file)),
        Err(TryLockError::WouldBlock) => Err(DaemonError::Locked(path.to_owned())),
        Err(TryLockError::Error(error)) => Err(at(error)),
    }
}

/// Reads the key file of a database, and records that it belongs there. It is made for a new installation; keys that are missing
/// beside a database in use, and those of another installation, are refused.
pub async fn keys_of(store: &Store, path: &Path) -> Result<KeyRing, DaemonError> {
    let (known, is_unused) = store.ask(|view| Ok((view.key_record()?, view.is_unused()?))).await?;
    if !path.exists() && !is_unused {
        return Err(DaemonError::KeysMissing(path.to_owned()));
    }
    let ring = keys(path)?;
    let record = record(&ring);
    match known {
        Some(known) if known == record => {}
        Some(known) if !known.is_akin(&record) => return Err(DaemonError::ForeignKeys(path.to_owned())),
        _ => store.write(move |tx| tx.record_keys(Some(&record))).await?,
    }
    Ok(ring)
}

/// Has a database take the keys that are in its folder, whosever they are, or new ones where there are none.
pub async fn take_new_keys(folder: &Path) -> Result<(), DaemonError> {
    let _lock = lock(&folder.join(LOCK))?;
    let database = folder.join(DATABASE);
    if !database.exists() {
        return Err(StoreError::Missing(database).into());
    }
    let ring = keys(&folder.join(KEYS))?;
    Ok(Store::open(&database)?.write(move |tx| tx.record_keys(Some(&record(&ring)))).await?)
}

/// What the database keeps of keys.
pub(super) fn record(ring: &KeyRing) -> KeyRecord {
    KeyRecord { instance: ring.instance().to_owned(), fingerprints: ring.fingerprints() }
}

/// Reads the key file, or creates it for a new installation.
pub fn keys(path: &Path) -> Result<KeyRing, DaemonError> {
    let at = |error| DaemonError::File { path: path.to_owned(), error };
    match fs::read_to_string(path) {
        Ok(text) => KeyRing::parse(&text).map_err(|error| DaemonError::Keys { path: path.to_owned(), error }),
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            let mut random = [0; 40];
            getrandom::fill(&mut random).map_err(|error| at(io::Error::other(error)))?;
            let ring = KeyRing::generate(&random);
            let unfinished = path.with_extension("new");
            let mut options = fs::OpenOptions::new();
            let mut file = options.create(true).truncate(true).write(true).mode(0o600).open(&unfinished).map_err(at)?;
            file.write_all(ring.to_text().expose().as_bytes()).and_then(|()| file.sync_all()).map_err(at)?;
            fs::rename(&unfinished, path).map_err(at)?;
            Ok(ring)
        }
        Err(error) => Err(at(error)),
    }
}
