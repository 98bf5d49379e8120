//! Refresh tokens in the state folder: read and written by one process at a time, and durable before what came with them is used.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, Write};
use std::os::unix::fs::{MetadataExt, OpenOptionsExt, fchown};
use std::path::Path;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use tokio::time::{Instant, sleep};

use crate::model::{Secret, Timestamp};

/// How long another process may hold the lock: a request takes half a minute at most.
const PATIENCE: Duration = Duration::from_secs(70);

/// What the file holds. Not `Debug`.
#[derive(Clone, Serialize, Deserialize)]
pub(super) struct RefreshTokens {
    /// The newest refresh token.
    pub newest: String,
    /// The one before, until the newest has worked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub before: Option<String>,
    /// When somebody logged in.
    pub since: i64,
    /// When a refresh token last worked, or was first issued.
    pub used: i64,
}

impl RefreshTokens {
    /// The first one, of a login.
    pub fn first(token: &Secret, now: Timestamp) -> Self {
        Self { newest: token.expose().to_owned(), before: None, since: now.unix(), used: now.unix() }
    }

    /// The tokens to try, in order.
    pub fn to_try(&self) -> Vec<Secret> {
        [Some(&self.newest), self.before.as_ref()].into_iter().flatten().map(Secret::new).collect()
    }

    /// What is kept after `worked` has worked and `next` came with the answer, if one did.
    pub fn after(&self, worked: &Secret, next: Option<&Secret>, now: Timestamp) -> Self {
        let worked = worked.expose().to_owned();
        let next = next.map(|next| next.expose().to_owned()).filter(|next| *next != worked);
        let (newest, before) = next.map_or_else(|| (worked.clone(), None), |next| (next, Some(worked.clone())));
        Self { newest, before, since: self.since, used: now.unix() }
    }
}

/// The lock of a file, against other processes; ends with the value.
pub(super) struct Lock(File);

impl Drop for Lock {
    fn drop(&mut self) {
        let _ = self.0.unlock();
    }
}

/// Waits for the lock of a file.
pub(super) async fn lock(path: &Path) -> io::Result<Lock> {
    let file =
        OpenOptions::new().create(true).truncate(false).write(true).mode(0o600).open(path.with_extension("lock"))?;
    let owned = with_owner_of_folder(&file, path);
    let deadline = Instant::now() + PATIENCE;
    owned?;
    loop {
        match file.try_lock() {
            Ok(()) => return Ok(Lock(file)),
            Err(TryLockError::WouldBlock) if Instant::now() < deadline => sleep(Duration::from_millis(50)).await,
            Err(TryLockError::WouldBlock) => return Err(io::ErrorKind::TimedOut.into()),
            Err(TryLockError::Error(error)) => return Err(error),
        }
    }
}

/// Reads a file; None where there is none.
pub(super) fn read(path: &Path) -> io::Result<Option<RefreshTokens>> {
    match fs::read(path) {
        Ok(bytes) => Ok(Some(serde_json::from_slice(&bytes)?)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

/// Writes a file, for its owner alone; it is durable when this returns.
pub(super) fn write(path: &Path, kept: &RefreshTokens) -> io::Result<()> {
    let unfinished = path.with_extension("new");
    let mut file = OpenOptions::new().create(true).truncate(true).write(true).mode(0o600).open(&unfinished)?;
    with_owner_of_folder(&file, path)?;
    file.write_all(&serde_json::to_vec(kept)?)?;
    file.sync_all()?;
    fs::rename(&unfinished, path)?;
    File::open(path.parent().unwrap_or(path))?.sync_all()
}

/// Gives a file to the owner of its folder: `maildesk login` may be run by root.
fn with_owner_of_folder(file: &File, path: &Path) -> io::Result<()> {
    let folder = fs::metadata(path.parent().unwrap_or(path))?;
    let own = file.metadata()?;
    if (own.uid(), own.gid()) == (folder.uid(), folder.gid()) {
        return Ok(());
    }
    fchown(file, Some(folder.uid()), Some(folder.gid()))
}
