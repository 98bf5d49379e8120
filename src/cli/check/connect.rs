//! Logs in to every server at the same time, each within a time limit, and reads what it supports. No message is touched.

use std::time::Duration;

use futures_util::future::join_all;
use serde_json::json;
use tokio::time::timeout;

use crate::model::settings::{
    ImapSettings, MailboxSettings, Settings, SmtpSettings, SourceSettings, TransportKind, TransportSettings,
};
use crate::net::Handshake;
use crate::smtp;
use crate::source::{self, ServerInfo, Source, SourceError};

use super::advice::{self, Offered};
use super::progress::WaitingProgress;
use super::{Finding, now, print, summary};

/// The results for all mailboxes and transports.
pub async fn ask_all(settings: &Settings, limit: Duration, progress: &WaitingProgress) -> Vec<Finding> {
    let mailboxes = settings.mailboxes.iter().map(|mailbox| {
        let name = format!("mailbox {}", mailbox.name);
        async move { progress.during(&name, ask_mailbox(mailbox, limit)).await }
    });
    let transports = settings.transports.iter().map(|transport| {
        let name = format!("transport {}", transport.name);
        async move { progress.during(&name, ask_transport(transport, limit)).await }
    });
    let (mut findings, others) = tokio::join!(join_all(mailboxes), join_all(transports));
    findings.extend(others);
    findings
}

/// The message for a server that did not answer in time.
pub fn too_slow(limit: Duration) -> String {
    format!("no answer within {} seconds (--timeout)", limit.as_secs())
}

async fn ask_mailbox(mailbox: &MailboxSettings, limit: Duration) -> Finding {
    let what = summary::mailbox_title(mailbox);
    match &mailbox.source {
        SourceSettings::Pipe => Finding::fine(what, Vec::new()),
        SourceSettings::Maildir(_) => match timeout(limit, ask_maildir(mailbox)).await {
            Ok(Ok(details)) => Finding::fine(what, details),
            Ok(Err(error)) => Finding::failed(what, error.to_string()),
            Err(_) => Finding::failed(what, too_slow(limit)),
        },
        SourceSettings::Imap(imap) => ask_imap(what, mailbox, imap, limit).await,
    }
}

async fn ask_maildir(mailbox: &MailboxSettings) -> Result<Vec<String>, SourceError> {
    let mut source = Source::connect(&mailbox.source).await?;
    let summary = source.describe_server(&mailbox.after).await?;
    match summary.after_impossible {
        Some(why) => Err(SourceError::Impossible(why)),
        None => {
            let poll = advice::duration(mailbox.poll);
            Ok(vec![format!("{}; polled every {poll}", print::count(summary.messages, "message"))])
        }
    }
}

async fn ask_imap(what: String, mailbox: &MailboxSettings, imap: &ImapSettings, limit: Duration) -> Finding {
    let mut server_info = ServerInfo::default();
    let outcome = timeout(limit, source::server_info(imap, &mailbox.after, &mut server_info)).await;
    let failure = match outcome {
        Ok(Ok(())) => None,
        Ok(Err(error)) => Some(error.to_string()),
        Err(_) => Some(too_slow(limit)),
    };
    let advice = advice::mailbox(mailbox, imap, &server_info, failure, now());
    Finding { facts: Some(json!(server_info)), ..advice.finding(what) }
}

async fn ask_transport(transport: &TransportSettings, limit: Duration) -> Finding {
    let what = summary::transport_title(transport);
    let TransportKind::Smtp(smtp) = &transport.kind else { return Finding::fine(what, Vec::new()) };
    let mut seen = Handshake::default();
    let (max_size, failure) = match timeout(limit, ask_smtp(smtp, &mut seen)).await {
        Ok(Ok(max_size)) => (max_size, None),
        Ok(Err(error)) => (None, Some(error.to_string())),
        Err(_) => (None, Some(too_slow(limit))),
    };
    let advice = advice::transport(smtp, Offered { seen: &seen, max_size }, failure, now());
    Finding { facts: Some(json!({ "handshake": seen, "max_size": max_size })), ..advice.finding(what) }
}

async fn ask_smtp(smtp: &SmtpSettings, seen: &mut Handshake) -> Result<Option<u64>, smtp::SendError> {
    let connection = smtp::connect_recording(smtp, seen).await?;
    let max_size = connection.max_size();
    connection.quit().await;
    Ok(max_size)
}
