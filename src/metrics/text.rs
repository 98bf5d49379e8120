//! A status as numbers in the text format of Prometheus, version 0.0.4. Pure.
//!
//! Labels are names of the configuration only: mailboxes, transports, desks. No address, subject or password is ever among
//! them, and there are never more of them than the file has tables. What each number means stands beside it as its HELP.

use std::fmt::Write;

use crate::flow::{MailboxStatus, OutboxStatus, RequestCounts, Status};
use crate::model::Timestamp;

use super::http::Reply;

/// One number of each mailbox, transport or desk: its name, its meaning, and how it is read off.
type Gauge<T> = (&'static str, &'static str, fn(&T) -> Option<i64>);

const MAILBOXES: [Gauge<MailboxStatus>; 9] = [
    ("mailbox_last_look_timestamp_seconds", "When the mailbox was last read; absent before the first time.", |m| {
        time(m.looked_at)
    }),
    ("mailbox_ready", "Whether that was within its interval.", |m| Some(i64::from(m.is_ready))),
    ("mailbox_failing", "Whether the last try to read it failed.", |m| Some(i64::from(m.failure.is_some()))),
    ("mailbox_next_try_timestamp_seconds", "When it is read again after a failure; absent while it works.", |m| {
        time(m.failure.as_ref().and_then(|failure| failure.next))
    }),
    ("mailbox_waiting_messages", "Messages accepted and not handled.", |m| count(m.depth.waiting)),
    (
        "mailbox_waiting_since_timestamp_seconds",
        "When the oldest of these was accepted; absent where there is none.",
        |m| time(m.depth.waiting_since),
    ),
    ("mailbox_held_messages", "Messages in an engineer's name that nobody has confirmed.", |m| count(m.depth.held)),
    ("mailbox_quarantined_messages", "Messages that broke maildesk and are put aside.", |m| count(m.depth.quarantined)),
    ("mailbox_unfetchable_messages", "Messages that their server lists and does not deliver.", |m| {
        count(m.depth.unfetchable)
    }),
];

const TRANSPORTS: [Gauge<OutboxStatus>; 7] = [
    ("transport_failing", "Whether the last try to reach it failed.", |t| Some(i64::from(t.failure.is_some()))),
    ("transport_paused", "Whether it is left alone after a failure.", |t| Some(i64::from(t.paused_until.is_some()))),
    ("transport_next_try_timestamp_seconds", "When it is tried again after a failure; absent while it works.", |t| {
        time(t.failure.as_ref().and_then(|failure| failure.next))
    }),
    ("transport_due_emails", "Letters to be tried, now or later.", |t| count(t.depth.due)),
    ("transport_inflight_emails", "Letters on their way, or whose delivery is unknown.", |t| count(t.depth.inflight)),
    ("transport_failed_emails", "Letters that failed for good, ever.", |t| count(t.depth.failed)),
    (
        "transport_waiting_since_timestamp_seconds",
        "When the oldest letter was written that could have gone by now; absent where there is none.",
        |t| time(t.depth.waiting_since),
    ),
];

const DESKS: [Gauge<RequestCounts>; 6] = [
    ("desk_open_requests", "Requests that are neither answered nor closed.", |d| count(d.open)),
    ("desk_unassigned_requests", "Those of them that nobody works on, though somebody could.", |d| count(d.unassigned)),
    ("desk_overdue_requests", "Those of them whose first response or resolution is overdue.", |d| count(d.overdue)),
    ("desk_silent_requests", "Those of them that their line or team is silent about.", |d| count(d.silent)),
    ("desk_answered_requests", "Requests that are answered and wait for their requester.", |d| count(d.answered)),
    ("desk_requests_total", "Requests that were ever opened.", |d| count(d.opened)),
];

const WHOLE: [Gauge<Status>; 9] = [
    ("ready", "Whether every mailbox was read within its interval, as /readyz says.", |s| Some(i64::from(s.is_ready))),
    ("warnings", "How many warnings `maildesk status` has.", |s| i64::try_from(s.warnings.len()).ok()),
    ("next_look_timestamp_seconds", "When the clock is to look at a request next; absent where there is none.", |s| {
        time(s.next_look)
    }),
    ("received_messages_total", "Messages ever seen in mailboxes, also those from before the start mark.", |s| {
        count(s.ever.received)
    }),
    ("written_emails_total", "Letters ever written.", |s| count(s.ever.letters)),
    ("database_bytes", "Size of the database.", |s| count(s.database.size.bytes)),
    ("database_free_bytes", "Bytes within it that are free for use again.", |s| count(s.database.size.free)),
    ("database_wal_bytes", "Size of its write-ahead log.", |s| count(s.database.wal_bytes)),
    ("disk_free_bytes", "Bytes free on its disk; absent where that is not known.", |s| {
        s.database.disk_free.and_then(count)
    }),
];

/// All numbers.
pub(super) fn metrics(status: &Status) -> String {
    let mut text = String::new();
    let version = env!("CARGO_PKG_VERSION");
    let info = "# HELP maildesk_info The version that runs.\n# TYPE maildesk_info gauge\n";
    text.push_str(&format!("{info}maildesk_info{{version=\"{version}\"}} 1\n"));
    gauges(&mut text, &WHOLE, std::slice::from_ref(status), |_| None);
    gauges(&mut text, &MAILBOXES, &status.mailboxes, |m| Some(("mailbox", m.depth.mailbox.clone())));
    gauges(&mut text, &TRANSPORTS, &status.transports, |t| Some(("transport", t.transport.clone())));
    gauges(&mut text, &DESKS, &status.desks, |d| Some(("desk", d.desk.to_string())));
    text
}

/// Whether all mailboxes are read as they should be, and which are not.
pub(super) fn ready(status: &Status) -> Reply {
    if status.is_ready {
        return Reply::text("ready\n");
    }
    let late = status.mailboxes.iter().filter(|mailbox| mailbox.is_configured && !mailbox.is_ready);
    let names: Vec<&str> = late.map(|mailbox| mailbox.depth.mailbox.as_str()).collect();
    Reply::unavailable(&format!("not looked at within their intervals: {}\n", names.join(", ")))
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
