//! What a refused step is about: the letter, its size, the account, or the login.

use lettre::transport::smtp::Error;

use super::{SendError, error_text};
use crate::model::FailureReason;

/// Classifies a refused step. 530, 534, 535 and 538 (RFC 4954) concern the login, not the letter.
pub(super) fn refusal(step: &str, error: &Error) -> SendError {
    let reply = error_text(error);
    let code = error.status().map(u16::from);
    let is_about_size = code.is_some_and(|code| is_about_size(code, &reply));
    let is_about_account = code.is_some_and(|code| is_about_account(step, code, &reply));
    let reason = FailureReason::Refused { step: step.to_owned(), reply };
    match code {
        Some(530 | 534 | 535 | 538) => SendError::Login(reason.to_string()),
        _ if is_about_account => SendError::Account(reason.to_string()),
        _ if is_about_size => SendError::TooLarge(reason),
        _ if error.is_permanent() => SendError::Permanent(reason),
        _ => SendError::Transient(reason.to_string()),
    }
}

/// Whether a refusal is about the size or content of the message: 5.3.4 and 5.2.3 (RFC 3463), and 552 unless it says that the
/// recipient's mailbox is full. Some large providers also use 552 to refuse types of attachments.
fn is_about_size(code: u16, words: &str) -> bool {
    match words.split_ascii_whitespace().find(|word| word.starts_with("5.")) {
        Some("5.3.4" | "5.2.3") => true,
        Some("5.2.2") => false,
        _ => code == 552,
    }
}

/// Whether a refusal is about the account that sends: its quota (5.4.5, 4.7.x), its right to the sender's address, or any other
/// permanent refusal of MAIL that is not about the message (size, syntax, content).
fn is_about_account(step: &str, code: u16, words: &str) -> bool {
    let enhanced = words.split_ascii_whitespace().find(|word| {
        word.starts_with(['4', '5'])
            && word.split('.').count() == 3
            && word.bytes().all(|b| b.is_ascii_digit() || b == b'.')
    });
    let enhanced = enhanced.unwrap_or_default();
    let lower = words.to_ascii_lowercase();
    let is_greylisting = lower.contains("eylist") || lower.contains("aylist");
    if enhanced == "5.4.5" || enhanced.starts_with("4.7.") && !is_greylisting || words.contains("SendAsDenied") {
        return true;
    }
    let is_about_letter =
        matches!(code, 501 | 552 | 555) || ["5.2.3", "5.3.4"].contains(&enhanced) || enhanced.starts_with("5.6.");
    step == "MAIL" && code >= 500 && !is_about_letter
}

#[cfg(test)]
mod tests {
    use super::{is_about_account, is_about_size};

    #[test]
    fn a_refused_sender_and_a_used_up_quota_are_about_the_account() {
        for (step, code, words, expected) in [
            ("MAIL", 553, "553 5.7.1 Sender address rejected: not owned by user", true),
            ("MAIL", 550, "550 5.4.5 Daily user sending limit exceeded", true),
            ("the message", 554, "554 5.2.252 SendAsDenied; desk not allowed to send as", true),
            ("RCPT", 450, "450 4.7.1 rate limit", true),
            ("RCPT", 450, "450 4.7.1 Greylisted for 5 minutes", false),
            ("MAIL", 550, "550 no", true),
            ("RCPT", 553, "553 5.7.1 no", false),
            ("MAIL", 552, "552 5.3.4 message too big", false),
            ("MAIL", 501, "501 5.5.4 syntax", false),
            ("MAIL", 555, "555 5.5.4 unsupported option", false),
            ("MAIL", 550, "550 5.6.7 SMTPUTF8", false),
            ("MAIL", 451, "451 4.3.0 later", false),
        ] {
            assert_eq!(is_about_account(step, code, words), expected, "{words}");
        }
    }

    #[test]
    fn a_full_mailbox_is_not_a_size_refusal() {
        for (code, words, expected) in [
            (552, "552 5.3.4 message too big", true),
            (554, "554 5.2.3 message length exceeds limit", true),
            (552, "552 message exceeds fixed maximum", true),
            (552, "552 5.7.0 this kind of file is blocked", true),
            (552, "552 5.2.2 mailbox full", false),
            (550, "550 5.7.1 no", false),
        ] {
            assert_eq!(is_about_size(code, words), expected, "{words}");
        }
    }
}
