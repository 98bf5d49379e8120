//! Writes a status as metrics in the text format of Prometheus, version 0.0.4. Pure.
//!
//! Labels are names from the configuration only: mailboxes, transports, desks. Addresses, subjects and passwords are never
//! labels, and there are no more series than tables in the configuration. The HELP of each metric says what it means.

use std::fmt::Write;

use crate::flow::{InstallationStatus, MailboxStatus, OutboxStatus, RequestCounts};
use crate::model::Timestamp;

use super::http::HttpReply;

/// A metric: its name without `maildesk_`, its HELP, and its value; None leaves the series out.
type Gauge<T> = (&'static str, &'static str, fn(&T) -> Option<i64>);

const MAILBOXES: [Gauge<MailboxStatus>; 9] = [
    (
        "mailbox_last_look_timestamp_seconds",
        "Time of the last successful read of the mailbox; absent before the first one.",
        |m| time(m.looked_at),
    ),
    ("mailbox_ready", "1 if the mailbox was read within its interval, else 0.", |m| Some(i64::from(m.is_ready))),
    ("mailbox_failing", "1 if the last attempt to read the mailbox failed, else 0.", |m| {
        Some(i64::from(m.failure.is_some()))
    }),
    (
        "mailbox_next_try_timestamp_seconds",
        "Time of the next attempt to read the mailbox after a failure; absent without a failure.",
        |m| time(m.failure.as_ref().and_then(|failure| failure.next)),
    ),
    ("mailbox_waiting_messages", "Accepted messages that are not handled yet.", |m| count(m.depth.waiting)),
    (
        "mailbox_waiting_since_timestamp_seconds",
        "Time when the oldest message that is not handled was accepted; absent if there is none.",
        |m| time(m.depth.waiting_since),
    ),
    ("mailbox_held_messages", "Unproven messages in an engineer's name that are held until they are confirmed.", |m| {
        count(m.depth.held)
    }),
    ("mailbox_quarantined_messages", "Messages in quarantine, because handling them failed repeatedly.", |m| {
        count(m.depth.quarantined)
    }),
    ("mailbox_unfetchable_messages", "Messages that the server lists but does not deliver.", |m| {
        count(m.depth.unfetchable)
    }),
];

const TRANSPORTS: [Gauge<OutboxStatus>; 8] = [
    ("transport_failing", "1 if the last attempt to reach the mail server failed, else 0.", |t| {
        Some(i64::from(t.failure.is_some()))
    }),
    ("transport_paused", "1 while nothing is sent because of a failure, else 0.", |t| {
        Some(i64::from(t.paused_until.is_some()))
    }),
    (
        "transport_next_try_timestamp_seconds",
        "Time of the next attempt to send after a failure; absent without a failure.",
        |t| time(t.failure.as_ref().and_then(|failure| failure.next)),
    ),
    ("transport_due_emails", "E-mails to be sent, now or later.", |t| count(t.depth.due)),
    ("transport_inflight_emails", "E-mails being sent, or whose delivery is unknown.", |t| count(t.depth.inflight)),
    ("transport_failed_emails", "E-mails that failed permanently and were not sent again.", |t| count(t.depth.failed)),
    ("transport_failures_total", "Permanent failures of e-mails, in total; never goes down.", |t| {
        count(t.depth.failures_ever)
    }),
    (
        "transport_waiting_since_timestamp_seconds",
        "Time when the oldest e-mail that is due but not sent was written; absent if there is none.",
        |t| time(t.depth.waiting_since),
    ),
];

const DESKS: [Gauge<RequestCounts>; 6] = [
    ("desk_open_requests", "Requests that are neither answered nor closed.", |d| count(d.open)),
    ("desk_unassigned_requests", "Open requests without an assignee, at desks with engineers.", |d| {
        count(d.unassigned)
    }),
    ("desk_overdue_requests", "Open requests whose first response or resolution is overdue.", |d| count(d.overdue)),
    ("desk_silent_requests", "Open requests whose line or team has been silent for too long.", |d| count(d.silent)),
    ("desk_answered_requests", "Answered requests that wait for their requester.", |d| count(d.answered)),
    ("desk_requests_total", "Requests opened, in total.", |d| count(d.opened)),
];

const WHOLE: [Gauge<InstallationStatus>; 11] = [
    ("ready", "1 if every mailbox was read within its interval (as /readyz), else 0.", |s| Some(i64::from(s.is_ready))),
    ("warnings", "Number of warnings of `maildesk status`.", |s| i64::try_from(s.warnings.len()).ok()),
    (
        "next_look_timestamp_seconds",
        "Time when the next request is due (deadline, reminder, closing); absent if there is none.",
        |s| time(s.next_look),
    ),
    ("acknowledgements_waiting", "Acknowledgements that wait because a cap is reached.", |s| {
        count(s.acknowledgements.waiting)
    }),
    ("acknowledgements_withheld", "Acknowledgements cancelled by a cap in the last 24 hours.", |s| {
        count(s.acknowledgements.withheld_day)
    }),
    (
        "received_messages_total",
        "Messages seen in mailboxes, in total, including those from before the start mark.",
        |s| count(s.ever.received),
    ),
    ("written_emails_total", "E-mails written, in total.", |s| count(s.ever.letters)),
    ("database_bytes", "Size of the database in bytes.", |s| count(s.database.size.bytes)),
    ("database_free_bytes", "Free bytes within the database, which will be reused.", |s| count(s.database.size.free)),
    ("database_wal_bytes", "Size of the database's write-ahead log in bytes.", |s| count(s.database.wal_bytes)),
    ("disk_free_bytes", "Free bytes on the disk of the database; absent if not known.", |s| {
        s.database.disk_free.and_then(count)
    }),
];

/// All metrics.
pub(super) fn metrics(status: &InstallationStatus) -> String {
    let mut text = String::new();
    let version = env!("CARGO_PKG_VERSION");
    let info = "# HELP maildesk_info The running version.\n# TYPE maildesk_info gauge\n";
    text.push_str(&format!("{info}maildesk_info{{version=\"{version}\"}} 1\n"));
    gauges(&mut text, &WHOLE, std::slice::from_ref(status), |_| None);
    gauges(&mut text, &MAILBOXES, &status.mailboxes, |m| Some(("mailbox", m.depth.mailbox.clone())));
    gauges(&mut text, &TRANSPORTS, &status.transports, |t| Some(("transport", t.transport.clone())));
    gauges(&mut text, &DESKS, &status.desks, |d| Some(("desk", d.desk.to_string())));
    text
}

/// The response of `/readyz`: 503 with the names of mailboxes that were not read within their intervals.
pub(super) fn ready(status: &InstallationStatus) -> HttpReply {
    if status.is_ready {
        return HttpReply::text("ready\n");
    }
    let late = status.mailboxes.iter().filter(|mailbox| mailbox.is_configured && !mailbox.is_ready);
    let names: Vec<&str> = late.map(|mailbox| mailbox.depth.mailbox.as_str()).collect();
    HttpReply::unavailable(&format!("not read within their intervals: {}\n", names.join(", ")))
}

fn gauges<T>(
    text: &mut String,
    gauges: &[Gauge<T>],
    things: &[T],
    label: impl Fn(&T) -> Option<(&'static str, String)>,
) {
    for (name, help, read) in gauges {
        let kind = if name.ends_with("_total") { "counter" } else { "gauge" };
        text.push_str(&format!("# HELP maildesk_{name} {help}\n# TYPE maildesk_{name} {kind}\n"));
        for thing in things {
            let Some(number) = read(thing) else { continue };
            let label =
                label(thing).map_or_else(String::new, |(key, value)| format!("{{{key}=\"{}\"}}", quoted(&value)));
            // Writing to a string cannot fail.
            let _ = writeln!(text, "maildesk_{name}{label} {number}");
        }
    }
}

fn quoted(value: &str) -> String {
    value.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n")
}

fn count(number: u64) -> Option<i64> {
    i64::try_from(number).ok()
}

fn time(at: Option<Timestamp>) -> Option<i64> {
    at.map(Timestamp::unix)
}
