//! Marks accepted messages on the server: sets a flag, or moves them. Messages that are missing are no error.

use std::collections::HashSet;

use super::{Mailbox, uid_set};
use crate::model::Uid;
use crate::net::one_line;
use crate::source::{SourceError, folder_name};

impl Mailbox {
    /// Sets a flag or keyword (RFC 3501 6.4.6).
    pub async fn flag(&mut self, uids: &[Uid], flag: &str) -> Result<(), SourceError> {
        self.can_flag(flag)?;
        for set in uid_set::sets(&uid_set::numbers(uids)?) {
            self.store(&set, flag).await?;
        }
        Ok(())
    }

    /// Moves messages to a folder, which is created where it is missing: MOVE (RFC 6851), or COPY and UID EXPUNGE (RFC 4315).
    /// Those in `copied` were copied before, and are only removed; `note` is given those that have been copied.
    pub async fn move_to(
        &mut self,
        uids: &[Uid],
        folder: &str,
        copied: &HashSet<Uid>,
        mut note: impl FnMut(&[Uid]),
    ) -> Result<(), SourceError> {
        self.can_move()?;
        if self.capabilities.contains("MOVE") {
            for set in uid_set::sets(&uid_set::numbers(uids)?) {
                self.transfer("UID MOVE", &set, folder).await?;
            }
            return Ok(());
        }
        let fresh: Vec<Uid> = uids.iter().filter(|uid| !copied.contains(uid)).cloned().collect();
        for set in uid_set::sets(&uid_set::numbers(&fresh)?) {
            self.transfer("UID COPY", &set, folder).await?;
            note(&fresh.iter().filter(|uid| uid_set::holds(&set, uid)).cloned().collect::<Vec<_>>());
        }
        for set in uid_set::sets(&uid_set::numbers(uids)?) {
            self.store(&set, r"\Deleted").await?;
            // Never plain EXPUNGE: it would also remove messages that others have marked as deleted.
            self.session.run_quietly("UID EXPUNGE", &set).await?;
        }
        Ok(())
    }

    /// Checks that the flag can be stored: it is listed in PERMANENTFLAGS, or is a keyword and `\*` is listed (RFC 3501 7.1).
    pub(super) fn can_flag(&self, flag: &str) -> Result<(), SourceError> {
        let atom = flag.strip_prefix('\\').unwrap_or(flag);
        let is_atom_char = |c: char| c.is_ascii_graphic() && !r#"(){%*"\]"#.contains(c);
        if atom.is_empty() || !atom.chars().all(is_atom_char) {
            return Err(SourceError::Impossible(format!("{:?} is not a valid flag", one_line(flag))));
        }
        self.can_write()?;
        let wanted = flag.to_ascii_lowercase();
        let is_permanent =
            |kept: &Vec<String>| kept.contains(&wanted) || (!flag.starts_with('\\') && kept.iter().any(|k| k == r"\*"));
        if self.selected.flags.as_ref().is_none_or(is_permanent) {
            Ok(())
        } else {
            Err(SourceError::Impossible(format!(
                "the server does not store the flag {flag} in {}",
                one_line(&self.folder)
            )))
        }
    }

    /// Checks that the server can move single messages: MOVE, or UIDPLUS.
    pub(super) fn can_move(&self) -> Result<(), SourceError> {
        self.can_write()?;
        if ["MOVE", "UIDPLUS"].iter().any(|capability| self.capabilities.contains(*capability)) {
            Ok(())
        } else {
            Err(SourceError::Impossible(
                "the server cannot move messages: it offers neither MOVE nor UIDPLUS".to_owned(),
            ))
        }
    }

    fn can_write(&self) -> Result<(), SourceError> {
        if self.selected.read_only {
            return Err(SourceError::Impossible(format!(
                "the server opens {} for reading only",
                one_line(&self.folder)
            )));
        }
        Ok(())
    }

    /// Adds a flag. UIDs that do not exist any more are ignored (RFC 3501 6.4.8).
    async fn store(&mut self, set: &str, flag: &str) -> Result<(), SourceError> {
        let stored = self.session.run_quietly("UID STORE", &format!("{set} +FLAGS.SILENT ({flag})")).await;
        self.unless_gone(set, stored).await
    }

    /// Runs MOVE or COPY. Where it is refused, the folder is looked for below the namespace, then created.
    async fn transfer(&mut self, command: &'static str, set: &str, folder: &str) -> Result<(), SourceError> {
        let refusal = match self.session.run_quietly(command, &to(set, folder)).await {
            Err(refusal @ SourceError::Refused { .. }) => refusal,
            outcome => return outcome,
        };
        if let Some(name) = self.in_namespace(folder) {
            match self.session.run_quietly(command, &to(set, &name)).await {
                Err(SourceError::Refused { .. }) => {}
                outcome => return outcome,
            }
        }
        match self.create(folder).await {
            Ok(name) => {
                let again = self.session.run_quietly(command, &to(set, &name)).await;
                self.unless_gone(set, again).await
            }
            // The folder exists already, or may not be created: report the first refusal.
            Err(SourceError::Refused { .. }) => self.unless_gone(set, Err(refusal)).await,
            Err(error) => Err(error),
        }
    }

    /// Forgives a refusal if none of the messages exists any more: some servers refuse commands on missing UIDs.
    async fn unless_gone(&mut self, set: &str, outcome: Result<(), SourceError>) -> Result<(), SourceError> {
        match outcome {
            Err(refusal @ SourceError::Refused { .. }) => {
                if self.list(set).await?.is_empty() {
                    Ok(())
                } else {
                    Err(refusal)
                }
            }
            outcome => outcome,
        }
    }
}

/// The arguments of MOVE and COPY.
fn to(set: &str, folder: &str) -> String {
    format!("{set} {}", folder_name::quoted(folder))
}
