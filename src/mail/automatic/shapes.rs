//! Header shapes as robots and people write them, each with the strongest sign that it must give, or none.

use super::signs;
use crate::model::Header;

/// Reads header lines as they stand in a message, joined by `|`.
fn strongest(lines: &str) -> Option<String> {
    let header = |line: &str| {
        let (name, value) = line.split_once(':').expect("a test header");
        Header { name: name.trim().to_owned(), value: value.trim().replace(['\t', '\n'], " "), is_irregular: false }
    };
    signs(&lines.split('|').map(header).collect::<Vec<_>>()).first().map(ToString::to_string)
}

#[test]
fn robots_are_known_by_every_shape() {
    for (lines, sign) in [
        // RFC 3834: keyword, comments, parameters, folding.
        ("Auto-Submitted: (x) auto-replied", "Auto-Submitted: auto-replied"),
        ("Auto-Submitted: (vacation) auto-replied; owner-email=\"a@b.example\"", "Auto-Submitted: auto-replied"),
        (
            "Auto-Submitted: auto-replied (vacation); owner-email=\"a;b\"",
            "Auto-Submitted: auto-replied (vacation); owner-email=\"a;b\"",
        ),
        ("Auto-Submitted: (a (nested) one) AUTO-REPLIED", "Auto-Submitted: AUTO-REPLIED"),
        ("Auto-Submitted: (no) auto-generated", "Auto-Submitted: auto-generated"),
        ("Auto-Submitted: \t\n auto-generated", "Auto-Submitted: auto-generated"),
        ("Auto-Submitted: auto-\n replied", "Auto-Submitted: auto-replied"),
        ("Auto-Submitted: \"auto-replied\"", "Auto-Submitted: auto-replied"),
        (
            "Auto-Submitted: auto-notified; owner-email=a@b.example",
            "Auto-Submitted: auto-notified; owner-email=a@b.example",
        ),
        ("Auto-Submitted: (never closed auto-replied", "Auto-Submitted: never"),
        ("Auto-Submitted: no | Auto-Submitted: auto-replied", "Auto-Submitted: auto-replied"),
        ("Auto-Submitted: no, auto-replied", "Auto-Submitted: no, auto-replied"),
        ("AUTO-SUBMITTED: yes", "Auto-Submitted: yes"),
        ("X-Auto-Submitted: auto-generated", "Auto-Submitted: auto-generated"),
        // The envelope.
        ("Return-Path: (none) <>", "Return-Path: <>"),
        ("Return-Path: <MAILER-DAEMON>", "Return-Path: <>"),
        ("Return-Path: <#@[]>", "Return-Path: <>"),
        ("X-Envelope-From: <>", "Return-Path: <>"),
        ("Return-Path: <> | Subject: Re: Printer | From: Anna <anna@example.org>", "Return-Path: <>"),
        // Reports and receipts.
        (
            "Content-Type: multipart/report (x); (y) report-type=\"disposition-notification\"; boundary=z",
            "it is a read receipt",
        ),
        ("Content-Type: multipart/report; boundary=\"a;b\"; report-type = delivery-status", "it is a delivery report"),
        ("Content-Type: multipart/report; report-type=global-disposition-notification", "it is a read receipt"),
        ("X-Failed-Recipients: a@b.example | From: Mail Delivery System <exim@mx.example>", "it is a bounce"),
        (
            "From: Mail Delivery System <Mailer-Daemon@mx.example> | Subject: Warning: message 1rXyZ1-0001Ab-2C delayed 24 hours",
            "it is a bounce",
        ),
        ("From: MAILER-DAEMON (Mail Delivery System) | Subject: Hello", "sent by mailer-daemon"),
        ("From: \"Mail Delivery Subsystem\" <root@mx.example> | Subject: Printer", "sent by root@mx.example"),
        ("From: root@web.example (Cron Daemon) | Subject: Cron <root@web> /usr/bin/backup", "sent by root@web.example"),
        ("From: <> | Subject: Printer", "sent by <>"),
        ("From: noreply@shop.example (The Shop)", "sent by noreply@shop.example"),
        ("From: (The Shop) no-reply@shop.example", "sent by no-reply@shop.example"),
        ("From: majordomo@lists.example", "sent by majordomo@lists.example"),
        // Precedence and Exchange.
        ("Precedence: (x) bulk", "Precedence: (x) bulk"),
        ("Precedence: \"BULK\"", "Precedence: \"BULK\""),
        ("Precedence: junk;", "Precedence: junk;"),
        ("Precedence: Auto-Reply", "Precedence: Auto-Reply"),
        ("X-Precedence: autoreply", "Precedence: autoreply"),
        ("X-Auto-Response-Suppress: (x) DR, \"OOF\"", "X-Auto-Response-Suppress: (x) DR, \"OOF\""),
        (
            "X-Auto-Response-Suppress: DR,NDR,RN,NRN,OOF,AutoReply",
            "X-Auto-Response-Suppress: DR,NDR,RN,NRN,OOF,AutoReply",
        ),
        (
            "X-MS-Exchange-Generated-Message-Source: Mailbox Rules Agent",
            "X-MS-Exchange-Generated-Message-Source: Mailbox Rules Agent",
        ),
        ("Content-Class: URN:content-classes:calendarmessage", "calendar invitation"),
        ("Content-Type: text/calendar (x); (y) Method = \"REPLY\"; charset=utf-8", "calendar REPLY"),
        // Fields of programs.
        ("X-AutoReply: YES", "X-AutoReply: YES"),
        ("x-AutoReply: (sieve) \"yes\"", "x-AutoReply: (sieve) \"yes\""),
        ("auto-SUBMITTED: (by (sieve) vacation)\n\tAuto-\n\tReplied (rejected)", "Auto-Submitted: Auto-Replied"),
        ("Auto-Submitted: auto-replied(vacation)", "Auto-Submitted: auto-replied(vacation)"),
        ("Precedence: (vacation) auto_reply (x)", "Precedence: (vacation) auto_reply (x)"),
        ("Precedence: \"auto-reply\"", "Precedence: \"auto-reply\""),
        ("X-Autoreply-Domain: example.org", "X-Autoreply-Domain: example.org"),
        ("X-Mail-Autoreply: anna@example.org", "X-Mail-Autoreply: anna@example.org"),
        (
            "From: Mail Delivery System <Mailer-Daemon@mx.example> | Subject: Message 1rXyZ1-0001Ab-2C has been frozen",
            "sent by mailer-daemon@mx.example",
        ),
        ("X_Auto_Reply: 1", "X_Auto_Reply: 1"),
        ("X-Autorespond: Re: Printer", "X-Autorespond: Re: Printer"),
        ("X-Auto-Responder: vacation 1.2", "X-Auto-Responder: vacation 1.2"),
        ("X-Vacation-Message: yes", "X-Vacation-Message: yes"),
        ("X-Mailer: vacation 1.2.7", "X-Mailer: vacation 1.2.7"),
        ("User-Agent: Group-Office Autoresponder", "User-Agent: Group-Office Autoresponder"),
        ("X-Mailer: MailChimp Mailer - **CID1**", "X-Mailer: MailChimp Mailer - **CID1**"),
        ("X-FreeScout-Mail-Type: auto.reply", "X-FreeScout-Mail-Type: auto.reply"),
        ("X-Znuny-Loop: yes", "X-Znuny-Loop: yes"),
        ("X-ChoiceMail-Registration-Request: 1", "X-ChoiceMail-Registration-Request: 1"),
        ("X-BeenThere: users@lists.example", "X-BeenThere: users@lists.example"),
        ("LIST-ID: <users.lists.example>", "LIST-ID: <users.lists.example>"),
    ] {
        assert_eq!(strongest(lines).as_deref(), Some(sign), "{lines}");
    }
}

#[test]
fn notices_are_known_by_their_subject() {
    for subject in [
        "Out of office!",
        "Out-of-Office",
        "** Out of Office **",
        "\"Out of office\"",
        "[Out of Office] Re: Printer",
        "Out of Office Re: Printer",
        "Out of office until 12 May",
        "Out of office from 01.12.2026 to 10.12.2026",
        "Out of the office (back on Monday)",
        "I'm out of office.",
        "I’m currently out of the office, back on Monday",
        "I am on vacation!",
        "I am on annual leave until 5 January 2027.",
        "On vacation: Re: Printer",
        "OOO: Re: Printer",
        "OOO until Monday",
        "Anna Petrova/HQ/Example is out of the office.",
        "AUTO: Anna Petrova is out of the office (returning 12/01/2026)",
        "AUTO: Re: Printer",
        "[EXT] Automatic reply: Printer",
        "[EXTERNAL] {Spam?} Out of office: Printer",
        "[Auto-Reply]",
        "[Auto-Reply] Re: Printer",
        "(Autoreply) Printer",
        "***SPAM*** Auto-reply: Printer",
        "Automated response - Printer",
        "Автоответ: Re: Принтер",
        "[Автоответ] Принтер",
        "Автоматический ответ: Re: Принтер [OTK-1]",
        "Авто-ответ",
        "Автоматическое уведомление об отсутствии",
        "Нет на месте: Re: Принтер",
        "Отсутствие на рабочем месте: Re: Принтер",
        "Отсутствие на рабочем месте с 1 по 10 декабря",
        "Сообщение об отсутствии на рабочем месте",
        "Меня нет на месте до 12.05.2026",
        "Я в отпуске до 12 мая.",
        "В отпуске с 01.12 по 14.12",
        "Анна Петрова отсутствует на рабочем месте до 5 мая",
        "Вне офиса: Re: Принтер",
        "Автоматты жауап: Принтер",
        "Avtomatik javob: Printer",
        "Abwesend bis 12.05.",
        "Ich bin im Urlaub, Vertretung: Hans Muster",
        "Message d’absence : Imprimante",
        "Je suis absente jusqu'au 5 mai",
        "Na urlopie do 12.05.2026",
        "Automatski odgovor: x",
        "Automatinis atsakymas: x",
        "תשובה אוטומטית: x",
        "رد تلقائي: x",
        "[Request received] Printer",
        "Ticket Received - Printer",
        "Your ticket #4711 has been created",
        "Your request (4711) has been received: Printer",
        "We've received your message",
        "Ваше обращение №4711 зарегистрировано",
        "Ваша заявка принята в работу",
        "Заявка № 4711 зарегистрирована",
        "Sender verification required",
        "Требуется подтверждение отправителя",
    ] {
        assert_eq!(strongest(&format!("Subject: {subject}")), Some(format!("Subject: {subject}")), "{subject}");
    }
}

#[test]
fn short_subjects_are_notices_only_in_answers() {
    for subject in [
        "Отпуск",
        "Отпуск!",
        "Отпуск: Re: Принтер",
        "Командировка",
        "Я в отпуске, вернусь в мае",
        "Анна в отпуске",
        "Vacation",
        "Annual leave Re: Printer",
        "Anna is on leave until May",
        "Urlaub",
        "Прочитано: Принтер",
        "Read: Printer",
        "Не прочитано: Принтер",
        "Return Receipt (displayed) - Printer",
    ] {
        let answer = format!("In-Reply-To: <a@desk.example> | Subject: {subject}");
        assert_eq!(strongest(&answer), Some(format!("Subject: {subject}")), "{subject}");
        assert_eq!(strongest(&format!("In-Reply-To: | Subject: {subject}")), None, "{subject}");
    }
}

#[test]
fn people_are_no_robots() {
    for lines in [
        "Auto-Submitted: no (comment)",
        "Auto-Submitted: (auto-replied) no",
        "Auto-Submitted: NO; reason=\"auto-replied\"",
        "Auto-Submitted: \"no\"",
        "Auto-Submitted: ()",
        "Auto-Submitted:",
        "Return-Path: <anna@example.org> (sent by <>)",
        "Return-Path: <bounces+SRS=x=y@example.onmicrosoft.com> | From: Anna <anna@example.org>",
        "Precedence: first-class (bulk)",
        "Precedence: special-delivery",
        "Precedence: normal, please",
        "X-Auto-Response-Suppress: DR, RN, NRN (OOF)",
        "X-Auto-Response-Suppress: None",
        "X-Autoreply: no (really)",
        "X-Vacation: off",
        "X-Mailer: The Bat! (v9.0) Professional",
        "X-Mailer: Microsoft Outlook 16.0",
        "User-Agent: Mozilla Thunderbird",
        "X-Mailer: PHPMailer 6.8",
        "X-Mailer: Zendesk Mailer",
        "X-FreeScout-Mail-Type: customer.message",
        "Feedback-ID: i4c1:Fastmail",
        "Feedback-ID: 1.us-east-1.x=:AmazonSES",
        "X-Sieve: CMU Sieve 2.3",
        "X-MS-Exchange-Inbox-Rules-Loop: anna@example.org",
        "Content-Type: multipart/mixed (multipart/report; report-type=delivery-status); boundary=x",
        "Content-Type: multipart/mixed; boundary=\"x; report-type=delivery-status\"",
        "From: \"noreply@shop.example\" <anna@example.org>",
        "From: \"a <noreply@shop.example>\" <anna@example.org>",
        "From: Anna Cron <anna@example.org>",
        "From: \"System Administrator\" <admin@example.org>",
        "In-Reply-To: <a@desk.example> | Subject: Re: Отпуск",
        "In-Reply-To: <a@desk.example> | Subject: Отпуск: неверно считает дни",
        "In-Reply-To: <a@desk.example> | Subject: Отпускные не начислены",
        "Subject: Отпуск: неверно считает дни",
        "Subject: Отпуск",
        "Subject: Vacation",
        "Subject: Out of office assistant does not work",
        "Subject: Out of office replies are sent twice",
        "Subject: В отпуске с 12 мая не работает VPN",
        "Subject: Я в отпуске, не могу войти в VPN",
        "Subject: I am on vacation, the VPN fails",
        "Subject: My manager is on vacation, who approves?",
        "Subject: Anna is out of the office, who decides?",
        "Subject: OOO Romashka: invoice",
        "Subject: ООО «Ромашка»: счёт",
        "Subject: Auto: does not start",
        "Subject: Авто: не заводится",
        "Subject: Нет в офисе интернета",
        "Subject: Нет на складе: лента",
        "Subject: Ticket received",
        "Subject: Ticket received, but no answer",
        "Subject: Заявка 4711 создана, но её не видно",
        "Subject: Заявка принята?",
        "Subject: Re: Out of office: Printer",
        "Subject: Fwd: Automatic reply: Printer",
        "Subject: Please confirm the order",
        "Subject: Read this first",
        "Subject: Read: the meter",
        "Subject: Прочитано: 5 страниц",
        "Subject: [EXT] Printer",
        "Subject: Отсутствует кнопка «Сохранить»",
        "Subject: Automatic replies to customers",
        "Subject: Не работает автоответ: клиенты жалуются",
    ] {
        assert_eq!(strongest(lines), None, "{lines}");
    }
}
