//! Why the daemon cannot start or continue.

use std::io;
use std::path::PathBuf;

use crate::flow::Orphan;
use crate::mail::proof::InvalidKeyRing;
use crate::store::StoreError;

/// Why the daemon cannot start or continue.
#[derive(Debug, thiserror::Error)]
pub enum DaemonError {
    /// The state folder or a file in it cannot be used.
    #[error("{path}: {error}")]
    File {
        /// The folder or file.
        path: PathBuf,
        /// The reason.
        error: io::Error,
    },
    /// Another maildesk process has locked the state folder.
    #[error("{0}: another maildesk is running on this state folder")]
    Locked(PathBuf),
    /// Restoring would replace a database, and `--replace` was not given.
    #[error("{0}: there is a database already; `maildesk restore --replace` renames and keeps it")]
    InUse(PathBuf),
    /// Restoring without the keys that belong to the copy.
    #[error(
        "{0}: the keys are missing. Put the copy of the keys there that belongs to the backup: without them answers to e-mails \
         already sent are not recognised. If the keys are lost, use `maildesk restore --new-keys`"
    )]
    NoKeys(PathBuf),
    /// The keys of a database that is in use are missing.
    #[error(
        "{0}: the keys are missing, but their database is here. Put the copy of the keys back: without them answers to e-mails \
         already sent are not recognised, and engineers' tokens, personal addresses and links in e-mails prove nothing. If the \
         keys are lost, accept that once by `maildesk once --new-keys`"
    )]
    KeysMissing(PathBuf),
    /// The keys are those of another installation.
    #[error(
        "{0}: these keys are of another installation than the database. Put those back that belong to it: with others, answers \
         to e-mails already sent are not recognised, and engineers' tokens, personal addresses and links in e-mails prove \
         nothing. If they are lost, accept these once by `maildesk once --new-keys` (or `restore --new-keys`)"
    )]
    ForeignKeys(PathBuf),
    /// A restore was interrupted.
    #[error("{0}: a restore was interrupted; run `maildesk restore` again")]
    Interrupted(PathBuf),
    /// The copy named is the unfinished database of an interrupted restore, which a restore removes first.
    #[error(
        "{0}: this file was left by an interrupted restore and is incomplete; name the copy that was being restored"
    )]
    Leftover(PathBuf),
    /// There are keys, but their database is missing.
    #[error(
        "{0}: the database is missing, but its keys are there. Restore a copy (`maildesk restore`): an empty database would give \
         the same numbers again. If there was no installation before, remove the keys"
    )]
    NoDatabase(PathBuf),
    /// The key file cannot be parsed.
    #[error(
        "{path}: {error} (restore the file from a backup: with new keys answers to e-mails already sent are not recognised)"
    )]
    Keys {
        /// Which file.
        path: PathBuf,
        /// The reason.
        error: InvalidKeyRing,
    },
    /// Mail or requests belong to something that the configuration does not name any more.
    #[error("{}", stranded(.0))]
    Stranded(Vec<Orphan>),
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// The lines that refuse a configuration.
fn stranded(orphans: &[Orphan]) -> String {
    let lines: Vec<String> = orphans.iter().map(ToString::to_string).collect();
    format!(
        "{}\nThis configuration would leave that behind. To have it so: accept_orphans = true, at the top of the file",
        lines.join("\n")
    )
}
