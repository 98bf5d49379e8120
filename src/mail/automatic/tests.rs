use super::{calendar_method, signs};
use crate::model::Header;

fn header(text: &str) -> Header {
    let (name, value) = text.split_once(": ").expect("a test header");
    Header { name: name.to_owned(), value: value.to_owned(), is_irregular: false }
}

fn reasons(headers: &[&str]) -> Vec<String> {
    signs(&headers.iter().map(|h| header(h)).collect::<Vec<_>>()).iter().map(ToString::to_string).collect()
}

#[test]
fn each_sign() {
    for (line, sign) in [
        ("Content-Type: multipart/report; report-type=delivery-status; boundary=x", "it is a delivery report"),
        ("Content-Type: Multipart/Report; Report-Type=\"Disposition-Notification\"", "it is a read receipt"),
        ("Content-Type: multipart/report; report-type=feedback-report", "it is a feedback report"),
        ("Content-Type: multipart/report; report-type=tlsrpt", "it is a tlsrpt report"),
        ("Content-Type: multipart/report; boundary=x", "it is a report"),
        ("Content-Type: message/delivery-status", "it is a delivery report"),
        ("X-Failed-Recipients: a@example.org", "it is a bounce"),
        ("Return-Path: <>", "Return-Path: <>"),
        ("Return-Path: < >", "Return-Path: <>"),
        ("Auto-Submitted: auto-replied (vacation)", "Auto-Submitted: auto-replied (vacation)"),
        (
            "auto-submitted: Auto-Generated; owner-email=a@example.org",
            "Auto-Submitted: Auto-Generated; owner-email=a@example.org",
        ),
        ("Return-Path: (none) <>", "Return-Path: <>"),
        ("Auto-Submitted: (by vacation (1)) auto-replied", "Auto-Submitted: auto-replied"),
        ("Auto-Submitted: \"auto-generated\"", "Auto-Submitted: auto-generated"),
        ("Precedence: (list server) bulk", "Precedence: (list server) bulk"),
        ("Precedence: bulk; x=y", "Precedence: bulk; x=y"),
        ("X-Auto-Response-Suppress: (Exchange) All", "X-Auto-Response-Suppress: (Exchange) All"),
        ("X-Auto-Response-Suppress: All", "X-Auto-Response-Suppress: All"),
        ("X-Auto-Response-Suppress: DR, OOF, AutoReply", "X-Auto-Response-Suppress: DR, OOF, AutoReply"),
        ("X-Autoreply: yes", "X-Autoreply: yes"),
        ("X-Autorespond: 1", "X-Autorespond: 1"),
        ("X-Loop: list@example.org", "X-Loop: list@example.org"),
        ("X-OTRS-Loop: yes", "X-OTRS-Loop: yes"),
        ("Precedence: bulk", "Precedence: bulk"),
        ("Precedence: List", "Precedence: List"),
        ("X-Precedence: junk", "Precedence: junk"),
        ("Precedence: auto_reply", "Precedence: auto_reply"),
        ("List-Id: News <news.example.org>", "List-Id: News <news.example.org>"),
        ("List-Unsubscribe: <mailto:u@example.org>", "List-Unsubscribe: <mailto:u@example.org>"),
        ("From: Shop <noreply@example.org>", "sent by noreply@example.org"),
        ("From: no-reply+x@example.org", "sent by no-reply+x@example.org"),
        ("From: \"Do not\" <Do-Not-Reply@example.org>", "sent by do-not-reply@example.org"),
        ("From: Jira <jira-noreply@example.org>", "sent by jira-noreply@example.org"),
        ("From: Mail Delivery System <MAILER-DAEMON@example.org>", "sent by mailer-daemon@example.org"),
        ("Sender: postmaster@example.org", "sent by postmaster@example.org"),
        ("From: owner-users@example.org", "sent by owner-users@example.org"),
        ("Content-Type: text/calendar; charset=utf-8; method=REQUEST", "calendar REQUEST"),
        ("Content-class: urn:content-classes:calendarmessage", "calendar invitation"),
    ] {
        assert_eq!(reasons(&[line]), [sign], "{line}");
    }
}

#[test]
fn vacation_subjects_in_many_languages() {
    for subject in [
        "Automatic reply: Printer",
        "Auto-reply: x",
        "Autoreply",
        "Auto Response: x",
        "Out of Office",
        "Out of office: Re: x",
        "Out of Office AutoReply: x",
        "*** Out of office ***",
        "\"Out of Office\"",
        "<< Automatic reply >> Printer",
        "I am currently on annual leave",
        "Out of the office - back on Monday",
        "Vacation reply: x",
        "Автоответ: Принтер",
        "Автоматический ответ: Принтер",
        "Автоответ",
        "Отсутствую на рабочем месте до 12 мая",
        "Автоматична відповідь: x",
        "Automatische Antwort: x",
        "Abwesenheitsnotiz: x",
        "Abwesenheitsnotiz Hans Muster: x",
        "Réponse automatique : x",
        "Absence du bureau: x",
        "Respuesta automática: x",
        "Fuera de la oficina: x",
        "Resposta automática: x",
        "Risposta automatica: x",
        "Odpowiedź automatyczna: x",
        "Autosvar: x",
        "Automatiskt svar: x",
        "Automaattinen vastaus: x",
        "Automatisch antwoord: x",
        "Automatická odpověď: x",
        "Automatikus válasz: x",
        "Otomatik Yanıt: x",
        "自动回复: x",
        "自動返信: x",
        "자동 회신: x",
        "Your email requires verification verify#abc",
        "Please confirm your message",
    ] {
        assert_eq!(reasons(&[&format!("Subject: {subject}")]), [format!("Subject: {subject}")]);
    }
}

#[test]
fn what_people_write_has_no_sign() {
    for line in [
        "Return-Path: <anna@example.org>",
        "Auto-Submitted: no",
        "Auto-Submitted: No (really)",
        "Auto-Submitted: (really) no",
        "Precedence: normal (bulk)",
        "Subject: I am on the second floor",
        "Subject: What does (automatic reply) mean?",
        "X-Auto-Response-Suppress: DR, RN, NRN",
        "X-Auto-Response-Suppress: DR, NDR, RN, NRN",
        "Precedence: normal",
        "Precedence: first-class",
        "X-Autoreply: no",
        "From: Noreply Ivan <ivan@example.org>",
        "From: norep@example.org",
        "From: replynow@example.org",
        "From: ivan@noreply.example",
        "Subject: Re: Automatic reply: Printer",
        "Subject: Out of office printers are broken",
        "Subject: Автоответчик не работает",
        "Subject: Vacation planning",
        "Subject: Не приходит автоответ",
        "Subject: Undeliverable mail to partner",
        "Subject: Delivery failure to a@example.org",
        "Subject: В отпуске не работает VPN",
        "Subject: Automatic reply does not work",
        "Content-Type: text/calendar",
        "Content-Type: multipart/mixed; boundary=\"multipart/report\"",
        "X-Mailer: The Bat!",
        "Importance: high",
        "List-Price: 100",
        "Subject: 外出先から接続できない",
        "Subject: On vacation days in the report",
    ] {
        assert_eq!(reasons(&[line]), [] as [String; 0], "{line}");
    }
}

#[test]
fn bounces_are_known_by_sender_and_subject_together() {
    for subject in [
        "failure notice",
        "Undelivered Mail Returned to Sender",
        "Mail delivery failed: returning message to sender",
        "Delivery Status Notification (Failure)",
        "Недоставленное сообщение",
        "Не доставлено: Принтер",
        "Unzustellbar: x",
        "Warning: message 1abc delayed 24 hours",
    ] {
        let reasons = reasons(&["From: <MAILER-DAEMON@mx.example.org>", &format!("Subject: {subject}")]);
        assert_eq!(reasons, ["it is a bounce", "sent by mailer-daemon@mx.example.org"], "{subject}");
    }
}

#[test]
fn the_strongest_sign_comes_first() {
    let reasons = reasons(&[
        "Subject: Automatic reply: x",
        "Precedence: bulk",
        "Auto-Submitted: auto-replied",
        "Return-Path: <>",
    ]);
    assert_eq!(
        reasons,
        ["Return-Path: <>", "Auto-Submitted: auto-replied", "Precedence: bulk", "Subject: Automatic reply: x"]
    );
}

#[test]
fn calendar_methods() {
    assert_eq!(calendar_method("text/calendar; method=\"reply\"; charset=utf-8").as_deref(), Some("REPLY"));
    assert_eq!(calendar_method("text/calendar"), None);
    assert_eq!(calendar_method("text/plain; method=request"), None);
}
