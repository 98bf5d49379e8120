//! Reads and marks a Maildir: `new/` and `cur/`, never `tmp/`. A message's UID is its file name up to the colon.

use std::collections::HashMap;
use std::fs::{self, File};
use std::io::{self, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};
use std::time::UNIX_EPOCH;

use super::{Described, FolderListing, SLICE, ServerSummary, SourceError, folder_name};
use crate::model::settings::After;
use crate::model::{Timestamp, Uid};

/// Stands for UIDVALIDITY, which a Maildir does not need: its file names are never reused.
const VALIDITY: u32 = 1;

/// An open Maildir.
#[derive(Debug)]
pub struct Maildir {
    root: PathBuf,
    /// The path of each message at the last listing. Mail programs rename files, so a missing file means: list again.
    paths: HashMap<Uid, PathBuf>,
    /// Whether the caller has been given a listing, so that a look may answer "unchanged".
    listed: bool,
}

impl Maildir {
    /// Checks that the folder is a Maildir.
    pub async fn open(root: &Path) -> Result<Self, SourceError> {
        let maildir = Self { root: root.to_owned(), paths: HashMap::new(), listed: false };
        let root = root.to_owned();
        blocking(move || list(&root)).await?;
        Ok(maildir)
    }

    /// See [`super::Source::look`].
    pub async fn look(&mut self, full: bool) -> Result<Option<FolderListing>, SourceError> {
        let root = self.root.clone();
        let paths = blocking(move || list(&root)).await?;
        let changed = paths.len() != self.paths.len() || paths.keys().any(|uid| !self.paths.contains_key(uid));
        self.paths = paths;
        if self.listed && !full && !changed {
            return Ok(None);
        }
        self.listed = true;
        let mut uids: Vec<Uid> = self.paths.keys().cloned().collect();
        uids.sort_by_cached_key(|uid| (delivery_time(uid), uid.clone()));
        Ok(Some(FolderListing { validity: VALIDITY, uids, next: None, described: None }))
    }

    /// See [`super::Source::describe`].
    pub async fn describe(&mut self, uids: &[Uid]) -> Result<Vec<Described>, SourceError> {
        let paths = self.locate(uids).await?;
        blocking(move || {
            let mut described = Vec::with_capacity(paths.len());
            for (uid, path) in paths {
                let Some(metadata) = unless_gone(fs::metadata(&path)).map_err(|e| failure(&path, &e))? else {
                    continue;
                };
                let modified = metadata.modified().ok().and_then(|time| time.duration_since(UNIX_EPOCH).ok());
                let received_at = modified.and_then(|age| i64::try_from(age.as_secs()).ok()).map(Timestamp::from_unix);
                described.push(Described { uid, size: metadata.len(), received_at });
            }
            Ok(described)
        })
        .await
    }

    /// See [`super::Source::fetch`].
    pub async fn fetch(
        &mut self,
        uids: &[Uid],
        offset: u64,
        mut each: impl FnMut(&Uid, Vec<u8>),
    ) -> Result<(), SourceError> {
        for (uid, path) in self.locate(uids).await? {
            let slice = blocking(move || unless_gone(read_slice(&path, offset)).map_err(|e| failure(&path, &e)));
            if let Some(slice) = slice.await? {
                each(&uid, slice);
            }
        }
        Ok(())
    }

    /// Sets a flag: moves the file to `cur/` and adds the flag's letter to the info part of its name.
    pub async fn flag(&mut self, uids: &[Uid], flag: &str) -> Result<(), SourceError> {
        let letter = flag_letter(flag)?;
        self.rename_all(uids, self.root.join("cur"), Some(letter)).await
    }

    /// Moves messages to the folder `.NAME` beside `cur/` (Maildir++), which is created where it is missing.
    pub async fn move_to(&mut self, uids: &[Uid], folder: &str) -> Result<(), SourceError> {
        let target = self.root.join(subfolder(folder)?);
        let created = target.clone();
        blocking(move || {
            for part in ["tmp", "new", "cur"] {
                fs::create_dir_all(created.join(part)).map_err(|e| failure(&created, &e))?;
            }
            File::options()
                .append(true)
                .create(true)
                .open(created.join("maildirfolder"))
                .map_err(|e| failure(&created, &e))?;
            Ok(())
        })
        .await?;
        self.rename_all(uids, target.join("cur"), None).await
    }

    /// See [`super::Source::describe_server`].
    pub async fn describe_server(&mut self, after: &After) -> Result<ServerSummary, SourceError> {
        let root = self.root.clone();
        let messages = blocking(move || list(&root)).await?.len() as u64;
        let after_impossible = match after {
            After::Leave => None,
            After::Flag(flag) => flag_letter(flag).err(),
            After::Move(folder) => subfolder(folder).err(),
        };
        let after_impossible = after_impossible.map(|error| error.to_string());
        Ok(ServerSummary { capabilities: Vec::new(), messages, idle: false, after_impossible })
    }

    async fn rename_all(&mut self, uids: &[Uid], target: PathBuf, letter: Option<char>) -> Result<(), SourceError> {
        let paths = self.locate(uids).await?;
        let moved = blocking(move || {
            let mut moved = Vec::with_capacity(paths.len());
            for (uid, from) in paths {
                let to = target.join(name_with_flag(&uid, &from, letter));
                if from != to {
                    unless_gone(fs::rename(&from, &to)).map_err(|e| failure(&from, &e))?;
                }
                moved.push((uid, to));
            }
            Ok(moved)
        });
        let stays = letter.is_some();
        for (uid, to) in moved.await? {
            if stays {
                self.paths.insert(uid, to)
            } else {
                self.paths.remove(&uid)
            };
        }
        Ok(())
    }

    /// The current paths of these messages, in the given order; missing messages are left out.
    async fn locate(&mut self, uids: &[Uid]) -> Result<Vec<(Uid, PathBuf)>, SourceError> {
        let wanted: Vec<Option<PathBuf>> = uids.iter().map(|uid| self.paths.get(uid).cloned()).collect();
        let all_there = blocking(move || Ok(wanted.iter().all(|path| path.as_ref().is_some_and(|path| path.exists()))));
        if !all_there.await? {
            let root = self.root.clone();
            self.paths = blocking(move || list(&root)).await?;
        }
        Ok(uids.iter().filter_map(|uid| Some((uid.clone(), self.paths.get(uid)?.clone()))).collect())
    }
}

/// Runs file operations on the blocking thread pool.
async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, SourceError> + Send + 'static,
) -> Result<T, SourceError> {
    tokio::task::spawn_blocking(work).await.unwrap_or_else(|e| Err(SourceError::Lost(e.to_string())))
}

fn list(root: &Path) -> Result<HashMap<Uid, PathBuf>, SourceError> {
    let mut paths = HashMap::new();
    for part in ["new", "cur"] {
        let folder = root.join(part);
        for entry in fs::read_dir(&folder).map_err(|e| failure(&folder, &e))? {
            let entry = entry.map_err(|e| failure(&folder, &e))?;
            let name = entry.file_name();
            let Some(name) = name.to_str() else {
                return Err(failure(&entry.path(), &io::Error::other("the file name is not UTF-8: rename it")));
            };
            if !name.starts_with('.') {
                let unique = name.split_once(':').map_or(name, |(unique, _)| unique);
                paths.insert(Uid::Name(unique.to_owned()), entry.path());
            }
        }
    }
    Ok(paths)
}

fn read_slice(path: &Path, offset: u64) -> io::Result<Vec<u8>> {
    let mut file = File::open(path)?;
    file.seek(SeekFrom::Start(offset))?;
    let mut slice = Vec::new();
    file.take(SLICE).read_to_end(&mut slice)?;
    Ok(slice)
}

/// Turns "not found" into None: another program moved or removed the file.
fn unless_gone<T>(result: io::Result<T>) -> io::Result<Option<T>> {
    match result {
        Ok(value) => Ok(Some(value)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

fn failure(path: &Path, error: &io::Error) -> SourceError {
    let clean = crate::net::one_line;
    SourceError::Folder { path: clean(&path.display().to_string()), why: clean(&error.to_string()) }
}

/// The second of delivery, with which a unique name begins, as the sort key. A name without one comes last.
fn delivery_time(uid: &Uid) -> u64 {
    let text = uid.to_string();
    let digits = text.split(|c: char| !c.is_ascii_digit()).next().unwrap_or_default();
    digits.parse().unwrap_or(u64::MAX)
}

/// Maps an IMAP system flag to its letter in a Maildir file name.
fn flag_letter(flag: &str) -> Result<char, SourceError> {
    match flag.to_ascii_lowercase().as_str() {
        r"\seen" => Ok('S'),
        r"\answered" => Ok('R'),
        r"\flagged" => Ok('F'),
        r"\draft" => Ok('D'),
        r"\deleted" => Ok('T'),
        _ => Err(SourceError::Impossible(format!("a Maildir cannot store the flag {}", crate::net::one_line(flag)))),
    }
}

/// The directory of a folder (Maildir++): `.Archive.2026` for `Archive/2026`, in modified UTF-7.
pub(super) fn subfolder(name: &str) -> Result<String, SourceError> {
    let levels: Vec<&str> = name.split(['/', '.']).collect();
    if levels.iter().any(|level| level.is_empty() || level.contains(char::is_control)) {
        let name = crate::net::one_line(name);
        return Err(SourceError::Impossible(format!("{name:?} is not a valid name of a Maildir folder")));
    }
    Ok(format!(".{}", levels.iter().map(|level| folder_name::encode(level)).collect::<Vec<_>>().join(".")))
}

/// The message's file name in `cur/`: its flags and this one, in ASCII order.
fn name_with_flag(uid: &Uid, path: &Path, letter: Option<char>) -> String {
    let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
    let flags = name.split_once(":2,").map_or("", |(_, flags)| flags);
    let mut flags: Vec<char> = flags.chars().chain(letter).collect();
    flags.sort_unstable();
    flags.dedup();
    format!("{uid}:2,{}", flags.into_iter().collect::<String>())
}
