//! What the machine knows of an installation: whether it runs, and how much disk space is free.

use std::fs::{self, File, TryLockError};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use futures_util::FutureExt;

use crate::flow::{self, Context, HostStatus};
use crate::metrics;
use crate::store::View;

use super::{DATABASE, KEYS, LOCK};

/// Takes the lock, with a few tries: [`is_running`] in another process holds it for a moment, which must not prevent a start.
pub(super) fn lock_patiently(file: &File) -> Result<(), TryLockError> {
    for _ in 0..5 {
        match file.try_lock() {
            Err(TryLockError::WouldBlock) => std::thread::sleep(Duration::from_millis(20)),
            result => return result,
        }
    }
    file.try_lock()
}

/// Whether a maildesk process has locked this state folder.
pub fn is_running(folder: &Path) -> bool {
    let lock = fs::OpenOptions::new().read(true).open(folder.join(LOCK));
    lock.is_ok_and(|lock| {
        let is_locked = matches!(lock.try_lock_shared(), Err(TryLockError::WouldBlock));
        // By name, as in `StateLock`.
        let _ = lock.unlock();
        is_locked
    })
}

/// Sizes and free space of a state folder; whether maildesk is running there is known to the caller.
pub fn host_status(folder: &Path, is_running: bool) -> HostStatus {
    let wal = folder.join(format!("{DATABASE}-wal"));
    let free = rustix::fs::statvfs(folder).ok().map(|disk| disk.f_bavail.saturating_mul(disk.f_frsize));
    let wal_bytes = fs::metadata(wal).map_or(0, |file| file.len());
    HostStatus { is_running, wal_bytes, free_bytes: free, ..HostStatus::default() }
}

/// The files that every user of the machine can read: of the keys in this state folder, and of others with secrets.
pub fn exposed(folder: &Path, secret_files: &[PathBuf]) -> Vec<PathBuf> {
    let keys = folder.join(KEYS);
    let is_readable = |file: &&PathBuf| fs::metadata(file).is_ok_and(|file| file.permissions().mode() & 0o004 != 0);
    std::iter::once(&keys).chain(secret_files).filter(is_readable).cloned().collect()
}

/// The source of the status that metrics are made from.
pub(super) fn status_of(context: Context) -> metrics::StatusSource {
    Arc::new(move || {
        let (store, settings, now) = (context.store.clone(), Arc::clone(&context.settings), context.now());
        let status = async move {
            let ask = move |view: View<'_>| flow::status(view, &settings, host_status(&settings.state_dir, true), now);
            store.ask(ask).await.map_err(|error| error.to_string())
        };
        status.boxed()
    })
}
