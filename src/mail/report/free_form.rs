//! Parses bounces that follow no standard: qmail, Exim, Exchange, Yandex, Mail.ru and the like.

use std::sync::LazyLock;

use regex::Regex;

use super::{MOST_RECIPIENTS, pattern, shortened, status_code};
use crate::mail::automatic::phrases::{BOUNCE_SUBJECT, DAEMON};
use crate::model::{Action, DeliveryReport, MessageId, ReportedRecipient};

/// How many lines of a bounce are examined: the explanation comes before the returned message.
const EXPLANATION_LINES: usize = 400;

/// Parses a free-form bounce; None: the message is not a bounce. `from` is the sender's address (empty if there is none),
/// `text` the readable body. Only mail from daemons counts: people write about bounces in the same words.
pub fn from_free_form(subject: &str, from: &str, text: &str) -> Option<DeliveryReport> {
    let by_daemon = DAEMON.is_match(from) || from.is_empty() && BOUNCE_SUBJECT.is_match(subject);
    if !by_daemon {
        return None;
    }
    let (explanation, returned) = split_at_returned_message(text);
    if !FAILURE.is_match(subject) && !explanation.iter().any(|line| FAILURE.is_match(line)) {
        return None;
    }
    let all = explanation.join("\n");
    let action = if DELAY.is_match(subject) || DELAY.is_match(&all) && !FINAL.is_match(&all) {
        Action::Delayed
    } else {
        Action::Failed
    };
    let recipients = free_form_recipients(&explanation, from, action);
    let original_message_id = MESSAGE_ID
        .captures(returned)
        .or_else(|| MESSAGE_ID.captures(&all))
        .and_then(|found| MessageId::parse(&found[1]).ok());
    (!recipients.is_empty() || original_message_id.is_some())
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
            let known = recipients.iter().any(|r| r.address.eq_ignore_ascii_case(&address));
            if known || address.eq_ignore_ascii_case(from) || recipients.len() == MOST_RECIPIENTS {
                continue;
            }
            let diagnostic = diagnostic_of(explanation, at, &address);
            recipients.push(ReportedRecipient { address, action, status: free_form_status(&diagnostic), diagnostic });
        }
        if !recipients.is_empty() {
            break;
        }
    }
    recipients
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

/// The `mailto:` link that Outlook puts after each address.
static MAILTO: LazyLock<Regex> = LazyLock::new(|| pattern(r"<?mailto:[^\s>]*>?"));
static SMTP_CODE: LazyLock<Regex> = LazyLock::new(|| pattern(r"(?:^|[^\d.-])([45]\d\d)(?:[ -]|$)"));
/// Words about a failed delivery; without them a daemon's message is about something else.
static FAILURE: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)undeliver|not (?:be |been )?deliver|wasn't (?:able to )?deliver|failed|failure|unable to deliver|couldn't (?:be delivered|deliver)|permanent error|fatal error|returned to sender|rejected|delayed|не (?:было |удалось |удаётся |удается |может быть |были )?доставлен|невозможно доставить|недоставлен|не удал(?:ось|ась) (?:доставить|доставка)|не доставлено|ошибк[аи] (?:при )?достав|unzustellbar|nicht zugestellt|non (?:remis|délivré)|no se (?:pudo|ha podido) entregar|niedostarcz",
    )
});
static DELAY: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)\bdelayed\b|\bwill (?:be retried|continue to try|keep trying)|still (?:being )?(?:try|retried)|warning message only|задерж|пока не доставлен|попытки (?:будут )?продолж",
    )
});
static FINAL: LazyLock<Regex> = LazyLock::new(|| pattern(r"(?i)permanent|giv(?:en|ing) up|fatal|failed:|окончательн"));
static ADDRESS_LINE: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r#"^[\s>*•-]{0,8}(?:(?i:to|recipient|кому|получатель|final recipient|адрес)\s*:\s*)?["'<]{0,2}(?:mailto:)?([^\s<>"'@,;:()]+@[^\s<>"'@,;:()]+\.[^\s<>"'@,;:().]+)[>"']{0,2}\s*(?:$|[:(<\s])"#,
    )
});
static ADDRESS_IN_WORDS: LazyLock<Regex> =
    LazyLock::new(|| pattern(r#"["'<(\s]([^\s<>"'@,;:()]+@[^\s<>"'@,;:()]+\.[^\s<>"'@,;:().]+)"#));
static RETURNED: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)^[\s>-]*(?:-{2,} ?(?:below this line|this is a copy|original message|исходное|the header|returned)|received: |return-path: |original message headers|diagnostic information for administrators|сведения для администраторов|диагностические сведения|-{5,}.*(?:original message|message header|заголовки|исходное|копия))",
    )
});
static MESSAGE_ID: LazyLock<Regex> = LazyLock::new(|| pattern(r"(?im)^[\s>|]*message-id:\s*<([^<>\s]{1,250})>"));

#[cfg(test)]
mod tests {
    use super::from_free_form;
    use crate::mail::report::tests::lines;

    #[test]
    fn bounces_in_free_form() {
        for (program, subject, from, text, recipients, id) in [
            (
                "qmail",
                "failure notice",
                "MAILER-DAEMON@mx.example.org",
                "Hi. This is the qmail-send program at mx.example.org.\nI'm afraid I wasn't able to deliver your message to the following addresses.\nThis is a permanent error; I've given up. Sorry it didn't work out.\n\n<anna@example.com>:\n192.0.2.7 does not like recipient.\nRemote host said: 550 5.1.1 unknown user\nGiving up on 192.0.2.7.\n\n--- Below this line is a copy of the message.\n\nReturn-Path: <desk@example.org>\nMessage-ID: <l1@example.org>\n",
                vec![
                    "anna@example.com Failed 5.1.1 192.0.2.7 does not like recipient. Remote host said: 550 5.1.1 unknown user Giving up on 192.0.2.7.",
                ],
                Some("l1@example.org"),
            ),
            (
                "Exim",
                "Mail delivery failed: returning message to sender",
                "Mailer-Daemon@mx.example.org",
                "This message was created automatically by mail delivery software.\n\nA message that you sent could not be delivered to one or more of its\nrecipients. This is a permanent error. The following address(es) failed:\n\n  anna@example.com\n    host mx.example.com [192.0.2.7]\n    SMTP error from remote mail server after RCPT TO:<anna@example.com>:\n    550 no such user here\n\n------ This is a copy of the message, including all the headers. ------\n\nMessage-Id: <l2@example.org>\n",
                vec![
                    "anna@example.com Failed 5.0.0 host mx.example.com [192.0.2.7] SMTP error from remote mail server after RCPT TO:<anna@example.com>: 550 no such user here",
                ],
                Some("l2@example.org"),
            ),
            (
                "Exim, delayed",
                "Warning: message 1rAbc delayed 24 hours",
                "Mailer-Daemon@mx.example.org",
                "A message that you sent has not yet been delivered to one or more of its\nrecipients after more than 24 hours on the queue.\n\nThe address to which the message has not yet been delivered is:\n\n  anna@example.com\n    Delay reason: Connection timed out\n\nDelivery attempts will continue to be made for some time. The message is delayed.\n",
                vec!["anna@example.com Delayed  Delay reason: Connection timed out"],
                None,
            ),
            (
                "Exchange",
                "Не доставлено: Принтер",
                "postmaster@example.com",
                "Не удалось выполнить доставку следующим получателям или спискам рассылки:\n\nanna@example.com<mailto:anna@example.com>\nНе удается найти указанный адрес электронной почты.\n\nДиагностические сведения для администраторов:\n\nanna@example.com\n#550 5.1.10 RESOLVER.ADR.RecipientNotFound ##\n\nMessage-ID: <l3@example.org>\n",
                vec!["anna@example.com Failed  Не удается найти указанный адрес электронной почты."],
                Some("l3@example.org"),
            ),
            (
                "Yandex",
                "Недоставленное сообщение",
                "mailer-daemon@yandex.example",
                "Это письмо отправлено почтовым сервером.\n\nК сожалению, мы вынуждены сообщить Вам о том, что Ваше письмо не может\nбыть отправлено одному или нескольким адресатам.\n\n<anna@example.com>: host mx.example.com[192.0.2.7] said: 550 5.7.1 Policy\n    rejection (in reply to RCPT TO command)\n",
                vec![
                    "anna@example.com Failed 5.7.1 host mx.example.com[192.0.2.7] said: 550 5.7.1 Policy rejection (in reply to RCPT TO command)",
                ],
                None,
            ),
            (
                "Mail.ru",
                "Mail failure.",
                "mailer-daemon@corp.example",
                "Это письмо создано автоматически сервером.\n\nК сожалению, ваше письмо не было доставлено одному или нескольким получателям:\n\n**********************\n\nanna@example.com SMTP error from remote mail server after end of data: 452 4.2.2 Mailbox full\n",
                vec![
                    "anna@example.com Failed 4.2.2 SMTP error from remote mail server after end of data: 452 4.2.2 Mailbox full",
                ],
                None,
            ),
        ] {
            let report = from_free_form(subject, from, text).unwrap_or_else(|| panic!("{program} is a bounce"));
            assert_eq!(lines(&report), recipients, "{program}");
            assert_eq!(report.original_message_id.as_ref().map(|id| id.as_str()), id, "{program}");
        }
    }

    #[test]
    fn mail_of_people_about_bounces_is_not_a_bounce() {
        for (subject, from, text) in [
            ("Принтер", "anna@example.com", "Письмо не доставлено на boss@example.com"),
            ("Quota report", "postmaster@example.com", "Mailbox anna@example.com uses 10 MB."),
            ("Mail delivery failed", "anna@example.com", "It says that b@example.org could not be delivered. Why?"),
        ] {
            assert_eq!(from_free_form(subject, from, text), None, "{subject}");
        }
    }
}
