//! Marks accepted messages on the server: sets a flag, or moves them. Messages that are missing are no error.

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
    pub async fn move_to(&mut self, uids: &[Uid], folder: &str) -> Result<(), SourceError> {
        self.can_move()?;
        for set in uid_set::sets(&uid_set::numbers(uids)?) {
            if self.capabilities.contains("MOVE") {
                self.transfer("UID MOVE", &set, folder).await?;
            } else {
                self.transfer("UID COPY", &set, folder).await?;
                self.store(&set, r"\Deleted").await?;
                // Never plain EXPUNGE: it would also remove messages that others have marked as deleted.
                self.session.run_quietly("UID EXPUNGE", &set).await?;
            }
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

    /// Runs MOVE or COPY; if refused, creates the folder and tries once more.
    async fn transfer(&mut self, command: &'static str, set: &str, folder: &str) -> Result<(), SourceError> {
        let name = folder_name::quoted(folder);
        let arguments = format!("{set} {name}");
        match self.session.run_quietly(command, &arguments).await {
            Err(refusal @ SourceError::Refused { .. }) => match self.session.run_quietly("CREATE", &name).await {
                Ok(()) => {
                    let again = self.session.run_quietly(command, &arguments).await;
                    self.unless_gone(set, again).await
                }
                // The folder exists already, or may not be created: report the first refusal.
                Err(SourceError::Refused { .. }) => self.unless_gone(set, Err(refusal)).await,
                Err(error) => Err(error),
            },
            outcome => outcome,
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
