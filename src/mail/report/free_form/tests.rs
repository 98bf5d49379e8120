use super::{Notice, from_free_form};
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
        let notice = Notice { subject, address: from, text, ..Notice::default() };
        let report = from_free_form(&notice).unwrap_or_else(|| panic!("{program} is a bounce"));
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
        let notice = Notice { subject, address: from, text, ..Notice::default() };
        assert_eq!(from_free_form(&notice), None, "{subject}");
    }
}
