//! Restores a copy of an installation's database after its loss.

use std::ffi::OsString;
use std::fs::{self, File, OpenOptions};
use std::io;
use std::os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt, chown};
use std::path::{Path, PathBuf};

use tracing::warn;

use crate::model::{RequestNumber, Timestamp};
use crate::store::{Epoch, KeyRecord, Reader, begin_epoch};

use super::{DATABASE, DaemonError, KEYS, LOCK, keys, lock, state_dir};

/// Files that SQLite keeps beside a database.
const COMPANIONS: [&str; 3] = ["-wal", "-shm", "-journal"];

/// The temporary path of the database while it is being restored.
pub(super) fn unfinished(folder: &Path) -> PathBuf {
    folder.join(format!("{DATABASE}.restoring"))
}

/// The last request numbers given by databases that earlier restores have replaced here.
pub(super) fn numbers_given_before(folder: &Path) -> Vec<RequestNumber> {
    let aside = format!("{DATABASE}.replaced-");
    let files = fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path());
    let replaced = files.filter(|path| {
        let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        name.strip_prefix(&aside).is_some_and(|moment| moment.bytes().all(|byte| byte.is_ascii_digit()))
    });
    let mut given = Vec::new();
    for path in replaced {
        // It may have been replaced because it was damaged.
        match Reader::open(&path).and_then(|reader| reader.view().last_numbers()) {
            Ok(last) => given.extend(last.into_iter().map(|(desk, number)| RequestNumber { desk, number })),
            Err(error) => warn!(path = %path.display(), %error, "cannot read the last numbers of a replaced database"),
        }
    }
    given
}

/// The result of a restore.
#[derive(Debug)]
pub struct RestoreOutcome {
    /// The epoch that the restore began.
    pub epoch: Epoch,
    /// The new path of the database that was replaced; None where there was none.
    pub replaced: Option<PathBuf>,
}

/// Makes a copy the database of a state folder. A database that is there is renamed if `replace` says so, otherwise that is an
/// error; keys must be there, or are made if `new_keys` says so.
pub fn restore(
    folder: &Path,
    copy: &Path,
    replace: bool,
    new_keys: bool,
    now: Timestamp,
) -> Result<RestoreOutcome, DaemonError> {
    let made = fs::DirBuilder::new().recursive(true).mode(0o700).create(folder);
    made.map_err(|error| at(folder, error))?;
    let _lock = lock(&folder.join(LOCK))?;
    let ring = folder.join(KEYS);
    if !ring.exists() && !new_keys {
        return Err(DaemonError::NoKeys(ring));
    }
    let of_ring = state_dir::record(&keys(&ring)?);
    let database = folder.join(DATABASE);
    if database.exists() && !replace {
        return Err(DaemonError::InUse(database));
    }
    let unfinished = unfinished(folder);
    if unfinished.exists() && fs::canonicalize(&unfinished).ok() == fs::canonicalize(copy).ok() {
        return Err(DaemonError::Leftover(unfinished));
    }
    remove(&unfinished)?;
    let epoch = match prepare(copy, &unfinished, (&ring, &of_ring), new_keys, now) {
        Ok(epoch) => epoch,
        Err(error) => {
            // Above all where the disk is full.
            remove(&unfinished)?;
            return Err(error);
        }
    };
    let replaced = rename_replaced(&database, now)?;
    put_in_place(&unfinished, &database)?;
    for file in [&database, &ring, &folder.join(LOCK)] {
        give_to_owner_of(folder, file)?;
    }
    Ok(RestoreOutcome { epoch, replaced })
}

/// Copies the copy to its temporary path, and begins an epoch in it. Its keys must be those of the file, unless new ones do.
fn prepare(
    copy: &Path,
    unfinished: &Path,
    (path, keys): (&Path, &KeyRecord),
    new_keys: bool,
    now: Timestamp,
) -> Result<Epoch, DaemonError> {
    copy_file(copy, unfinished).map_err(|error| at(copy, error))?;
    // A copy of the files made by hand has its newest pages in the write-ahead log.
    let log = beside(copy, "-wal");
    if log.exists() {
        copy_file(&log, &beside(unfinished, "-wal")).map_err(|error| at(&log, error))?;
    }
    let epoch = begin_epoch(unfinished, new_keys, now)?;
    let known = Reader::open(unfinished)?.view().key_record()?;
    if known.is_some_and(|known| !known.is_akin(keys)) {
        return Err(DaemonError::ForeignKeys(path.to_owned()));
    }
    File::open(unfinished).and_then(|file| file.sync_all()).map_err(|error| at(unfinished, error))?;
    Ok(epoch)
}

fn copy_file(from: &Path, to: &Path) -> io::Result<()> {
    let mut from = File::open(from)?;
    let mut to = OpenOptions::new().create_new(true).write(true).mode(0o600).open(to)?;
    io::copy(&mut from, &mut to)?;
    to.sync_all()
}

/// Gives a file to the owner of the folder: root restores, the service's user needs access.
fn give_to_owner_of(folder: &Path, file: &Path) -> Result<(), DaemonError> {
    let given = || -> io::Result<()> {
        let (owner, own) = (fs::metadata(folder)?, fs::metadata(file)?);
        if (owner.uid(), owner.gid()) != (own.uid(), own.gid()) {
            chown(file, Some(owner.uid()), Some(owner.gid()))?;
        }
        Ok(())
    };
    given().map_err(|error| at(file, error))
}

/// Renames a database with its companion files, or those that a lost one has left. Answers the new path; `None` where there
/// is no database.
fn rename_replaced(database: &Path, now: Timestamp) -> Result<Option<PathBuf>, DaemonError> {
    let aside = beside(database, &format!(".replaced-{}", now.unix()));
    // Companions first: a new database must never find an old log beside it.
    for companion in COMPANIONS {
        let from = beside(database, companion);
        match fs::rename(&from, beside(&aside, companion)) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(at(&from, error)),
            _ => {}
        }
    }
    match fs::rename(database, &aside) {
        Ok(()) => Ok(Some(aside)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(at(database, error)),
    }
}

/// Removes an unfinished database with its companion files.
fn remove(path: &Path) -> Result<(), DaemonError> {
    for name in std::iter::once(path.to_owned()).chain(COMPANIONS.map(|companion| beside(path, companion))) {
        match fs::remove_file(&name) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(at(&name, error)),
            _ => {}
        }
    }
    Ok(())
}

/// Gives a finished file its name, durably.
fn put_in_place(finished: &Path, target: &Path) -> Result<(), DaemonError> {
    let placed = || -> io::Result<()> {
        fs::rename(finished, target)?;
        let folder = target.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        File::open(folder)?.sync_all()
    };
    placed().map_err(|error| at(target, error))
}

/// The path with a suffix appended to its name.
fn beside(path: &Path, ending: &str) -> PathBuf {
    let mut name = OsString::from(path);
    name.push(ending);
    name.into()
}

fn at(path: &Path, error: io::Error) -> DaemonError {
    DaemonError::File { path: path.to_owned(), error }
}
