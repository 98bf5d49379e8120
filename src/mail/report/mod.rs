//! Parses delivery reports (RFC 3464) and free-form bounces.

mod free_form;
mod notification;
mod phrases;

use std::sync::LazyLock;

use regex::Regex;

use crate::mail::pattern;
use crate::model::compared;

pub use free_form::{Notice, from_free_form};
pub use notification::complaint as amazon_complaint;

use crate::model::{Action, DeliveryReport, ReportedRecipient};

/// At most this many recipients of a report are kept; a letter has one.
const MOST_RECIPIENTS: usize = 100;

/// Longer diagnostics are cut, in characters.
const LONGEST_DIAGNOSTIC: usize = 500;

/// Parses the body of a `message/delivery-status` part (RFC 3464 section 2), also in its UTF-8 form (RFC 6533).
///
/// A group of fields without a recipient is about the whole message, or damaged, and is ignored.
pub fn from_status_part(status: &str) -> DeliveryReport {
    let mut report = DeliveryReport::default();
    let mut group = Group::default();
    for field in fields(status) {
        match field {
            ReportField::Named(name, value) => group.take(&name, value),
            ReportField::GroupEnd => report.recipients.extend(std::mem::take(&mut group).recipient()),
        }
    }
    report.recipients.extend(group.recipient());
    report.recipients.truncate(MOST_RECIPIENTS);
    report
}

enum ReportField {
    Named(String, String),
    GroupEnd,
}

/// Splits a status part into fields, unfolded (RFC 5322 section 2.2.3), and the blank lines between groups.
fn fields(status: &str) -> Vec<ReportField> {
    let mut fields = Vec::new();
    for line in status.lines() {
        if line.trim().is_empty() {
            fields.push(ReportField::GroupEnd);
        } else if line.starts_with([' ', '\t']) {
            if let Some(ReportField::Named(_, value)) = fields.last_mut() {
                value.push(' ');
                value.push_str(line.trim());
            }
        } else if let Some((name, value)) = line.split_once(':') {
            fields.push(ReportField::Named(name.trim().to_ascii_lowercase(), value.trim().to_owned()));
        }
    }
    fields
}

#[derive(Default)]
struct Group {
    final_recipient: String,
    original_recipient: String,
    action: Option<Action>,
    status: String,
    diagnostic: String,
}

impl Group {
    fn take(&mut self, name: &str, value: String) {
        match name {
            "final-recipient" => self.final_recipient = typed_address(&value),
            "original-recipient" => self.original_recipient = typed_address(&value),
            "action" => self.action = action(&value),
            "status" => self.status = status_code(&value),
            "diagnostic-code" => {
                self.diagnostic = shortened(value.split_once(';').map_or(&*value, |(_, text)| text.trim()))
            }
            _ => {}
        }
    }

    /// The recipient of the group; None: it names none. A missing action follows from the class of the status (RFC 3463
    /// section 2).
    fn recipient(self) -> Option<ReportedRecipient> {
        let address = if self.final_recipient.is_empty() { self.original_recipient } else { self.final_recipient };
        let status = if self.status.is_empty() { status_code(&self.diagnostic) } else { self.status };
        let action = self.action.unwrap_or(match status.as_bytes().first() {
            Some(b'2') => Action::Delivered,
            Some(b'4') => Action::Delayed,
            _ => Action::Failed,
        });
        (!address.is_empty()).then_some(ReportedRecipient { address, action, status, diagnostic: self.diagnostic })
    }
}

/// The address of a field such as `rfc822; <a@example.org>` or `utf-8; …` (RFC 6533 section 3).
fn typed_address(value: &str) -> String {
    let address = value.split_once(';').map_or(value, |(_, address)| address);
    let address = address.split_once(" (").map_or(address, |(address, _)| address);
    address.trim().trim_matches(['<', '>', '"']).trim().to_owned()
}

fn action(value: &str) -> Option<Action> {
    let word = value.split(|c: char| !c.is_ascii_alphabetic()).find(|w| !w.is_empty())?;
    match word.to_ascii_lowercase().as_str() {
        "failed" | "failure" => Some(Action::Failed),
        "delayed" => Some(Action::Delayed),
        "delivered" => Some(Action::Delivered),
        "relayed" => Some(Action::Relayed),
        "expanded" => Some(Action::Expanded),
        _ => None,
    }
}

/// Shorter lines may stand anywhere, in letters and digits.
const SHORTEST_LINE: usize = 15;

/// So many lines of a letter are not returned by chance.
const FEWEST_LINES: usize = 3;

/// How many lines of a letter stand in a compared text; None: too few to say that it returns this letter.
pub fn lines_held(text: &str, letter: &str) -> Option<usize> {
    let lines = letter.lines().map(compared).filter(|line| line.chars().count() >= SHORTEST_LINE);
    let (held, missing): (Vec<String>, Vec<String>) = lines.partition(|line| text.contains(line.as_str()));
    let is_returned = held.len() >= FEWEST_LINES && held.len() >= missing.len() || missing.is_empty();
    (is_returned && !held.is_empty()).then_some(held.len())
}

/// The first enhanced status code in a text (RFC 3463 section 2), or an empty text.
fn status_code(text: &str) -> String {
    STATUS.captures(text).map(|found| found[1].to_owned()).unwrap_or_default()
}

fn shortened(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ").chars().take(LONGEST_DIAGNOSTIC).collect()
}

static STATUS: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"(?:^|[^\d.])([245]\.\d{1,3}\.\d{1,3})(?:$|[^\d.]|\.\D|\.$)"));

#[cfg(test)]
mod tests {
    use super::from_status_part;

    /// One line for each recipient.
    pub(super) fn lines(report: &super::DeliveryReport) -> Vec<String> {
        report
            .recipients
            .iter()
            .map(|r| format!("{} {:?} {} {}", r.address, r.action, r.status, r.diagnostic))
            .collect()
    }

    #[test]
    fn status_parts() {
        for (status, recipients) in [
            (
                "Reporting-MTA: dns; mx.example.org\r\nArrival-Date: Mon, 13 May 2024 10:00:00 +0300\r\n\r\nFinal-Recipient: rfc822; anna@example.com\r\nOriginal-Recipient: rfc822;a@example.net\r\nAction: failed\r\nStatus: 5.1.1\r\nRemote-MTA: dns; mx.example.com\r\nDiagnostic-Code: smtp; 550 5.1.1 <anna@example.com>: no\r\n such user\r\n",
                vec!["anna@example.com Failed 5.1.1 550 5.1.1 <anna@example.com>: no such user"],
            ),
            (
                "Final-Recipient: RFC822; <a@example.com>\nAction: Delayed (will retry)\nStatus: 4.4.1 (timeout)\n\nFinal-Recipient: utf-8; иван@пример.example\nAction: relayed\nStatus: 2.1.9\n\nOriginal-Recipient: rfc822;c@example.com\nAction: expanded\nStatus: 2.0.0\n",
                vec![
                    "a@example.com Delayed 4.4.1 ",
                    "иван@пример.example Relayed 2.1.9 ",
                    "c@example.com Expanded 2.0.0 ",
                ],
            ),
            ("Final-Recipient: a@example.com\nStatus: 5.2.2", vec!["a@example.com Failed 5.2.2 "]),
            ("Final-Recipient: rfc822;a@example.com\nStatus: 4.2.2", vec!["a@example.com Delayed 4.2.2 "]),
            (
                "Final-Recipient: rfc822;a@example.com\nAction: delivered\nStatus: 2.1.5",
                vec!["a@example.com Delivered 2.1.5 "],
            ),
            (
                "Final-Recipient: rfc822;a@example.com\nAction: failed\nDiagnostic-Code: smtp;554 5.7.1 denied",
                vec!["a@example.com Failed 5.7.1 554 5.7.1 denied"],
            ),
            ("Reporting-MTA: dns;x\n\n", vec![]),
            ("", vec![]),
            ("\u{0}: \n folded\n:::\n", vec![]),
        ] {
            assert_eq!(lines(&from_status_part(status)), recipients, "{status}");
        }
    }
}
