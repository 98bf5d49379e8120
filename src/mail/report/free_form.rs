//! Parses bounces that follow no standard: qmail, Exim, sendmail, OpenSMTPD, Exchange, Yandex, Mail.ru and the like.

use super::phrases::{
    ADDRESS_IN_WORDS, ADDRESS_LINE, DELAY, DELIVERED, FAILURE, FINAL, MACHINE_NAME, MAILTO, MESSAGE_ID, RETURNED,
    SMTP_CODE,
};
use super::{MOST_RECIPIENTS, notification, shortened, status_code};
use crate::mail::automatic::phrases::{BOUNCE_SUBJECT, DAEMON};
use crate::model::{Action, DeliveryReport, MessageId, ReportedRecipient};

/// How many lines of a bounce are examined: the explanation comes before the returned message.
const EXPLANATION_LINES: usize = 400;

/// What tells a bounce from a message of a person.
#[derive(Clone, Copy, Debug, Default)]
pub struct Notice<'a> {
    /// The subject.
    pub subject: &'a str,
    /// The sender's address; empty if there is none.
    pub address: &'a str,
    /// The sender's name.
    pub name: &'a str,
    /// Whether the return path is null (RFC 5321 section 4.5.5).
    pub has_null_path: bool,
    /// Whether `Auto-Submitted` says that a program sent it (RFC 3834 section 5).
    pub is_auto_submitted: bool,
    /// `X-Failed-Recipients`, which Exim writes; empty if there is none.
    pub failed_recipients: &'a str,
    /// Whether there is a message, or its header, beside the text.
    pub returns_message: bool,
    /// The readable text.
    pub text: &'a str,
}

impl Notice<'_> {
    /// Whether a mail server sent it. People write and forward words about bounces, too.
    pub fn is_by_daemon(&self) -> bool {
        DAEMON.is_match(self.address) || !self.failed_recipients.is_empty() || self.has_null_path
    }

    /// Whether something besides the subject says that no person sent it.
    fn is_by_machine(&self) -> bool {
        self.is_by_daemon()
            || self.address.is_empty()
            || self.is_auto_submitted
            || MACHINE_NAME.is_match(self.name.trim())
    }

    /// Whether a status part (RFC 3464) in the message is about a letter: not if a person forwards it.
    pub fn may_hold_report(&self) -> bool {
        self.is_by_daemon() || self.is_by_machine() && BOUNCE_SUBJECT.is_match(self.subject.trim())
    }
}

/// Parses a free-form bounce; None: the message is not a bounce.
///
/// A daemon's message is one if it speaks of a failed delivery and names a recipient or a letter, or if its subject is one of a
/// bounce; another machine's only with such a subject. A person's message never is, whatever it says.
pub fn from_free_form(notice: &Notice<'_>) -> Option<DeliveryReport> {
    if let Some(report) = notification::read(notice.address, notice.text) {
        return Some(report);
    }
    let (subject, text) = (notice.subject.trim(), notice.text);
    let has_subject = BOUNCE_SUBJECT.is_match(subject);
    if !notice.is_by_machine() || !has_subject && !notice.is_by_daemon() {
        return None;
    }
    // A vacation notice has a null return path, too.
    if !has_subject && !DAEMON.is_match(notice.address) && notice.failed_recipients.is_empty() {
        return None;
    }
    let (explanation, returned) = split_at_returned_message(text);
    let fails = FAILURE.is_match(subject) || explanation.iter().any(|line| FAILURE.is_match(line));
    // Administrators write from postmaster's address, too.
    let is_person = notice.address.get(..11).is_some_and(|start| start.eq_ignore_ascii_case("postmaster@"));
    // A daemon that returns a message says that it could not be delivered, in whatever language.
    let returns = notice.returns_message || MESSAGE_ID.is_match(returned);
    if !fails && (!has_subject && !returns || !notice.is_by_daemon() || is_person) {
        return None;
    }
    let all = explanation.join("\n");
    let action = if DELAY.is_match(subject) || DELAY.is_match(&all) && !FINAL.is_match(&all) {
        Action::Delayed
    } else if !fails && DELIVERED.is_match(&all) {
        Action::Delivered
    } else {
        Action::Failed
    };
    let mut recipients = free_form_recipients(&explanation, notice.address, action);
    if recipients.is_empty() {
        recipients = listed_recipients(notice.failed_recipients, action);
    }
    let original_message_id = MESSAGE_ID
        .captures(returned)
        .or_else(|| MESSAGE_ID.captures(&all))
        .and_then(|found| MessageId::parse(&found[1]).ok());
    // Without a recipient, nothing else would tell a delay from a failure.
    if recipients.is_empty() && has_subject {
        recipients.push(ReportedRecipient {
            address: String::new(),
            action,
            status: free_form_status(&all),
            diagnostic: shortened(&all),
        });
    }
    (!recipients.is_empty() || original_message_id.is_some() || notice.returns_message)
        .then_some(DeliveryReport { recipients, original_message_id })
}

/// Splits a bounce into the lines of its explanation and the text of the returned message.
fn split_at_returned_message(text: &str) -> (Vec<&str>, &str) {
    let mut explanation = Vec::new();
    let mut offset = 0;
    for line in text.split_inclusive('\n') {
        if RETURNED.is_match(line) || explanation.len() == EXPLANATION_LINES {
            break;
        }
        explanation.push(line.trim_end());
        offset += line.len();
    }
    (explanation, &text[offset..])
}

/// The recipients: addresses at the start of a line, or else inside lines, each with the text that follows as diagnostic.
fn free_form_recipients(explanation: &[&str], from: &str, action: Action) -> Vec<ReportedRecipient> {
    let mut recipients: Vec<ReportedRecipient> = Vec::new();
    for patterns in [&[&*ADDRESS_LINE][..], &[&*ADDRESS_IN_WORDS]] {
        for (at, line) in explanation.iter().enumerate() {
            let Some(found) = patterns.iter().find_map(|p| p.captures(line)) else { continue };
            let address = found[1].to_owned();
            if address.eq_ignore_ascii_case(from) || recipients.len() == MOST_RECIPIENTS {
                continue;
            }
            let diagnostic = diagnostic_of(explanation, at, &address);
            // The first mention may be that in the header of the message, without a reason.
            if let Some(known) = recipients.iter_mut().find(|r| r.address.eq_ignore_ascii_case(&address)) {
                let status = free_form_status(&diagnostic);
                if known.status.is_empty() && !status.is_empty() {
                    (known.status, known.diagnostic) = (status, diagnostic);
                }
                continue;
            }
            recipients.push(ReportedRecipient { address, action, status: free_form_status(&diagnostic), diagnostic });
        }
        if !recipients.is_empty() {
            break;
        }
    }
    recipients
}

/// The recipients of `X-Failed-Recipients`.
fn listed_recipients(field: &str, action: Action) -> Vec<ReportedRecipient> {
    let addresses = field.split([',', ' ']).map(|address| address.trim_matches(['<', '>'])).filter(|a| a.contains('@'));
    let recipient = |address: &str| ReportedRecipient {
        address: address.to_owned(),
        action,
        status: String::new(),
        diagnostic: String::new(),
    };
    addresses.take(MOST_RECIPIENTS).map(recipient).collect()
}

/// The diagnostic of an address: the rest of its line and the lines below, up to a blank line or the next address.
fn diagnostic_of(explanation: &[&str], at: usize, address: &str) -> String {
    let (_, rest) = explanation[at].split_once(address).unwrap_or_default();
    let mut words = rest.trim_matches(|c: char| c.is_whitespace() || "<>:;\"')".contains(c)).to_owned();
    let below = explanation[at + 1..].iter().skip_while(|line| line.trim().is_empty()).take(12);
    for line in below.take_while(|line| !line.trim().is_empty() && !ADDRESS_LINE.is_match(line)) {
        words.push(' ');
        words.push_str(line.trim());
    }
    shortened(MAILTO.replace_all(&words, "").trim())
}

/// The enhanced status code in the text, or one made from a plain SMTP reply code.
fn free_form_status(words: &str) -> String {
    let enhanced = status_code(words);
    if !enhanced.is_empty() {
        return enhanced;
    }
    match SMTP_CODE.captures(words).map(|found| found[1].starts_with('4')) {
        Some(true) => "4.0.0".to_owned(),
        Some(false) => "5.0.0".to_owned(),
        None => String::new(),
    }
}

#[cfg(test)]
mod shapes;
#[cfg(test)]
mod tests;
