//! A mailbox in which probes are searched for. Each step has a time limit; after a failure the next search connects again.

use std::time::Duration;

use tokio::time::timeout;

use crate::cli::check::{connect, folders};
use crate::model::settings::{After, ImapSettings, MailboxSettings};
use crate::source::{Arrived, ListedFolder, Seeker, SourceError};

/// A mailbox of the desk, with its connection.
pub struct ProbedMailbox<'a> {
    /// Its settings.
    pub mailbox: &'a MailboxSettings,
    imap: &'a ImapSettings,
    step: Duration,
    seeker: Option<Seeker>,
    trouble: Option<String>,
}

impl<'a> ProbedMailbox<'a> {
    /// A mailbox, not yet connected to.
    pub fn new(mailbox: &'a MailboxSettings, imap: &'a ImapSettings, step: Duration) -> Self {
        Self { mailbox, imap, step, seeker: None, trouble: None }
    }

    /// Logs in, unless that was done already.
    pub async fn connect(&mut self) -> Result<(), String> {
        if self.seeker.is_some() {
            return Ok(());
        }
        let target = self.target();
        let is_likely = |folder: &ListedFolder| {
            target.is_some_and(|target| folder.name == target) || folders::is_junk(folder) || folders::is_detail(folder)
        };
        let connecting = Seeker::connect(self.imap, is_likely);
        self.seeker = Some(within(self.step, connecting).await?);
        Ok(())
    }

    /// Searches for the probes with these ids. A failure is kept for [`ProbedMailbox::words`].
    pub async fn look(&mut self, ids: &[String]) -> Vec<Arrived> {
        if let Err(why) = self.connect().await {
            self.trouble = Some(why);
            return Vec::new();
        }
        let Some(mut seeker) = self.seeker.take() else { return Vec::new() };
        match within(self.step, seeker.look(ids)).await {
            Ok(arrived) => {
                self.trouble = None;
                self.seeker = Some(seeker);
                arrived
            }
            Err(why) => {
                self.trouble = Some(why);
                Vec::new()
            }
        }
    }

    /// Removes probes that a search has found.
    pub async fn remove(&mut self, found: &[Arrived]) -> Result<(), String> {
        if let Some(why) = &self.trouble {
            return Err(why.clone());
        }
        match (found, &mut self.seeker) {
            ([], _) | (_, None) => Ok(()),
            (found, Some(seeker)) => within(self.step, seeker.remove(found)).await,
        }
    }

    /// Logs out.
    pub async fn close(&mut self) {
        if let Some(seeker) = self.seeker.take() {
            seeker.close().await;
        }
    }

    /// Whether maildesk reads this folder, or moves accepted messages to it.
    pub fn is_read(&self, folder: &str) -> bool {
        folder == self.imap.folder || self.target() == Some(folder)
    }

    /// The mailbox's name and the last failure, in words.
    pub fn words(&self) -> String {
        let trouble = self.trouble.as_ref().map_or_else(String::new, |why| format!(" ({why})"));
        format!("mailbox {}{trouble}", self.mailbox.name)
    }

    fn target(&self) -> Option<&'a str> {
        match &self.mailbox.after {
            After::Move(target) => Some(target),
            After::Leave | After::Flag(_) => None,
        }
    }
}

async fn within<T>(step: Duration, doing: impl Future<Output = Result<T, SourceError>>) -> Result<T, String> {
    match timeout(step, doing).await {
        Ok(done) => done.map_err(|error| error.to_string()),
        Err(_) => Err(connect::too_slow(step)),
    }
}
