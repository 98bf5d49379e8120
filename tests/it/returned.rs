//! Reports of mail servers are tied to the letter that they return, in whatever form they return it.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::support::{IVANOV, OLGA, SentLetter, TestDesk, recipients, to};

/// A report: its header fields beyond the usual ones, and its body.
fn report(head: &str, body: &str) -> Vec<u8> {
    format!(
        "Return-Path: <>\nTo: support@example.org\nMessage-ID: <report{}@mx.example>\nMIME-Version: 1.0\n{head}\n\n{body}\n",
        head.len() * 1_000 + body.len()
    )
    .replace("\r\n", "\n")
    .replace('\n', "\r\n")
    .into_bytes()
}

const DAEMON: &str = "From: Mail Delivery Subsystem <mailer-daemon@mx.example>\n";
const UTF8: &str = "Content-Type: text/plain; charset=utf-8";

fn mixed(parts: &[&str]) -> String {
    let parts: String = parts.iter().map(|part| format!("--part\n{part}\n")).collect();
    format!("{parts}--part--")
}

/// The name of a form, and a report in it about an answer to Olga.
fn forms(letter: &SentLetter) -> Vec<(&'static str, Vec<u8>)> {
    let raw = String::from_utf8_lossy(&letter.raw).replace("\r\n", "\n");
    let (header, _) = raw.split_once("\n\n").expect("a header and a body");
    let read = letter.read();
    let (id, text) = (letter.id(), read.text);
    let field = |name: &str| {
        let header = format!("\n{header}");
        let value = header.split(&format!("\n{name}: ")).nth(1).expect("the field");
        value.replace("\n ", " ").lines().next().unwrap_or_default().to_owned()
    };
    let subject = format!("{DAEMON}Subject: Undelivered Mail Returned to Sender\n");
    let multipart = |kind: &str| format!("Content-Type: multipart/{kind}; boundary=part");
    let georgian = "წერილი ვერ მივიდა.";
    let rewritten = format!(
        "Content-Type: text/rfc822-headers\n\nMessage-ID: <0100018f@eu-west-1.amazonses.com>\nDate: {}\nReferences: {}\nTo: {OLGA}\n",
        field("Date"),
        field("References")
    );
    let base64 = |text: &str| STANDARD.encode(text);
    vec![
        (
            "the header in a report",
            report(
                &format!("{subject}{}; report-type=delivery-status", multipart("report")),
                &mixed(&[
                    "\nIt failed.",
                    &format!(
                        "Content-Type: message/delivery-status\n\nReporting-MTA: dns; mx.example\n\nFinal-Recipient: rfc822; {OLGA}\nAction: failed\nStatus: 5.1.1"
                    ),
                    &format!("Content-Type: text/rfc822-headers\n\n{header}"),
                ]),
            ),
        ),
        (
            "the whole letter, in a language that nobody knows",
            report(
                &format!("{DAEMON}Subject: =?utf-8?B?{}?=\n{}", base64("შეტყობინება"), multipart("mixed")),
                &mixed(&[&format!("{UTF8}\n\n{georgian}"), &format!("Content-Type: message/rfc822\n\n{raw}")]),
            ),
        ),
        (
            "the letter in base64",
            report(
                &format!("{subject}{}", multipart("mixed")),
                &mixed(&[
                    "\nThe message could not be delivered.",
                    &format!("Content-Type: message/rfc822\nContent-Transfer-Encoding: base64\n\n{}", base64(&raw)),
                ]),
            ),
        ),
        (
            "its header quoted in a text",
            report(
                &format!("{subject}{UTF8}"),
                &format!("<{OLGA}>: user unknown\n\n> Received: from desk\n> Message-ID: <{id}>\n> Subject: x"),
            ),
        ),
        (
            "its header in HTML",
            report(
                &format!("{subject}Content-Type: text/html; charset=utf-8"),
                &format!(
                    "<p>Delivery has failed to {OLGA}</p><p><b>Original message headers:</b></p><pre>Message-ID: &lt;{id}&gt;</pre>"
                ),
            ),
        ),
        (
            "its header as a text file",
            report(
                &format!("{subject}{}", multipart("mixed")),
                &mixed(&[
                    "\nThe message could not be delivered.",
                    &format!(
                        "Content-Type: text/plain; name=header.txt\nContent-Disposition: attachment; filename=header.txt\n\n{header}"
                    ),
                ]),
            ),
        ),
        (
            "as an answer to it, and nothing else",
            report(
                &format!("{subject}In-Reply-To: <{id}>\n{UTF8}"),
                &format!("Delivery has failed to these recipients:\n\n{OLGA}\nThe mailbox is full."),
            ),
        ),
        (
            "under another id, with its date and thread",
            report(
                &format!("{subject}{}; report-type=delivery-status", multipart("report")),
                &mixed(&["\nIt failed.", &rewritten]),
            ),
        ),
        (
            "its words in prose",
            report(
                &format!("{subject}{UTF8}"),
                &format!(
                    "Не удалось доставить сообщение получателю {OLGA}: ящик переполнен.\n\nТекст вашего сообщения:\n\n{}",
                    text.lines().map(|line| format!("| {line}\n")).collect::<String>()
                ),
            ),
        ),
    ]
}

/// The answer to Olga's second request, whose first letters are alike.
fn answered() -> (TestDesk, SentLetter) {
    let mut desk = TestDesk::two_desks("0s");
    let (_, first) = desk.olga_asks();
    let done = desk.reply(IVANOV, &first, "[done]", "Драйвер обновлён, печать должна работать.");
    desk.send(&done);
    let (_, second) = desk.ask("support", OLGA, "Сканер", "Сканер не виден в сети.");
    let done = desk.reply(IVANOV, &second, "[done]", "Сканер включён в сеть заново, проверьте, пожалуйста.");
    let letter = to(&desk.send(&done), OLGA);
    (desk, letter)
}

#[test]
fn every_form_is_tied_to_its_letter() {
    let (_, letter) = answered();
    for name in forms(&letter).into_iter().map(|(name, _)| name) {
        let (mut desk, letter) = answered();
        let (_, report) = forms(&letter).into_iter().find(|(known, _)| *known == name).unwrap();
        let told = desk.send_raw(&report);
        assert_eq!(recipients(&told), [IVANOV], "{name}: {:?}", desk.last_disposition());
        assert!(told[0].read().text.contains(&format!("письмо на {OLGA} не доставлено")), "{name}");
        let failed = format!("SELECT count(*) FROM letter WHERE state = 'failed' AND message_id = '{}'", letter.id());
        assert_eq!(desk.number(&failed), 1, "{name}");
        assert!(
            desk.stands("OTK-2").starts_with("in_work") || desk.stands("OTK-2").starts_with("in work"),
            "{name}: {}",
            desk.stands("OTK-2")
        );
    }
}

#[test]
fn reports_about_others_letters_are_tied_to_none() {
    let (mut desk, letter) = answered();
    let id = letter.id();
    for body in [
        format!("{OLGA}: user unknown\n\nMessage-ID: <somebody@else.example>\n\nКупите слона.\n"),
        format!("{OLGA}: user unknown\n\nMessage-ID: <{}>\n", id.replace('@', "x@")),
    ] {
        let subject = format!("{DAEMON}Subject: Undelivered Mail Returned to Sender\n{UTF8}");
        assert_eq!(recipients(&desk.send_raw(&report(&subject, &body))), [""; 0]);
        assert_eq!(desk.last_disposition().0, "report");
    }
    assert_eq!(desk.number("SELECT count(*) FROM letter WHERE state = 'failed'"), 0);
}

#[test]
fn a_person_who_quotes_a_report_is_a_person() {
    let (mut desk, letter) = answered();
    for (name, bytes) in forms(&letter) {
        let text = String::from_utf8_lossy(&bytes).replace("\r\n", "\n");
        let quoted = text.split_once("\n\n").map(|(_, body)| body.to_owned()).unwrap_or_default();
        let plea = desk.message(OLGA, "Fwd: Undelivered Mail", &format!("Мне пришло вот это, что делать?\n\n{quoted}"));
        desk.send(&plea);
        assert_ne!(desk.last_disposition().0, "report", "{name}");
    }
    assert_eq!(desk.number("SELECT count(*) FROM letter WHERE state = 'failed'"), 0);
}

#[test]
fn a_report_that_names_the_letter_in_other_case_is_tied_to_it() {
    let (mut desk, letter) = answered();
    let subject = format!("{DAEMON}Subject: Undelivered Mail Returned to Sender\n{UTF8}");
    let body = format!("<{OLGA}>: user unknown\n\n> Message-ID: <{}>\n> Subject: x", letter.id().to_uppercase());
    assert_eq!(recipients(&desk.send_raw(&report(&subject, &body))), [IVANOV], "{:?}", desk.last_disposition());
}
