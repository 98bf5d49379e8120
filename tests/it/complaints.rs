//! Readers who press "Spam": engineers are told once, automatic letters to them stop, people's answers still go.

use maildesk::model::policy::Span;

use crate::support::{FROM_A_MAILDIR, IVANOV, Message, OLGA, SentLetter, TestDesk, recipients, to};

/// A feedback report (RFC 5965) of a provider that may hide its reader: what is returned of a letter comes last.
fn complaint(kind: &str, reader: &str, returned: &str) -> Vec<u8> {
    let id = returned.len() + kind.len() * 1_000 + reader.len() * 100_000;
    format!(
        "From: <fbl@provider.example>\nTo: support@example.org\nSubject: FW: [OTK-1]\nMessage-ID: <{id}@provider.example>\n\
         MIME-Version: 1.0\nContent-Type: multipart/report; report-type=feedback-report; boundary=\"arf\"\n\n\
         --arf\nContent-Type: text/plain\n\nThis is an email abuse report for a message received from IP 192.0.2.1.\n\n\
         --arf\nContent-Type: message/feedback-report\n\nFeedback-Type: {kind}\nUser-Agent: FBL/1.0\nVersion: 1\n{reader}\n\
         --arf\n{returned}\n--arf--\n"
    )
    .replace("\r\n", "\n")
    .replace('\n', "\r\n")
    .into_bytes()
}

fn whole(letter: &SentLetter) -> String {
    format!("Content-Type: message/rfc822\n\n{}", String::from_utf8_lossy(&letter.raw))
}

/// Olga's reader hides who has complained.
fn redacted(letter: &SentLetter) -> Vec<u8> {
    complaint("abuse", "", &whole(letter).replace(OLGA, "redacted@client.example"))
}

#[test]
fn a_complaint_is_told_once_and_stops_automatic_letters_only() {
    let mut desk = TestDesk::two_desks("0s");
    desk.settings.desks[0].close_after = Some(Span::Days(3));
    let (acknowledgement, notification) = desk.olga_asks();
    let report = redacted(&acknowledgement);
    let letters = desk.send_raw(&report);
    assert_eq!(recipients(&letters), [IVANOV]);
    let text = letters[0].read().text;
    assert!(text.contains(&format!("получатель {OLGA} пожаловался")), "{text}");
    assert_eq!(desk.last_disposition().0, "report");
    // Another one changes nothing.
    let other = complaint("abuse", &format!("Original-Rcpt-To: <{OLGA}>\n"), &whole(&acknowledgement));
    assert_eq!(recipients(&desk.send_raw(&other)), [""; 0]);
    // What a person does is told.
    let done = desk.reply(IVANOV, &notification, "[done]", "Готово, проверьте.");
    assert_eq!(recipients(&desk.send(&done)), [IVANOV, OLGA]);
    // The clock is silent towards her, and closes all the same.
    desk.days(30);
    assert!(desk.stands("OTK-1").starts_with("closed"), "{}", desk.stands("OTK-1"));
    assert!(!recipients(&desk.letters()).contains(&OLGA));
    assert!(desk.number("SELECT count(*) FROM letter WHERE state = 'cancelled' AND answer LIKE '%complained%'") > 0);
    assert_eq!(desk.number("SELECT count(*) FROM request"), 1);
}

#[test]
fn a_new_request_after_a_complaint_is_not_acknowledged_until_its_writer_answers_a_letter() {
    let mut desk = TestDesk::two_desks("0s");
    let (acknowledgement, _) = desk.olga_asks();
    desk.send_raw(&redacted(&acknowledgement));
    let second = desk.message(OLGA, "Принтер", "Принтер шумит.");
    let letters = desk.send(&second);
    assert_eq!(recipients(&letters), [IVANOV]);
    assert!(letters[0].read().text.contains("подтверждение ему не отправлено"), "{}", letters[0].read().text);
    let answer = desk.reply(IVANOV, &letters[0], "", "Какая модель?");
    let question = to(&desk.send(&answer), OLGA);
    let model = desk.reply(OLGA, &question, "", "HP 1020.");
    desk.send(&model);
    let third = desk.message(OLGA, "Сканер", "Сканер тоже шумит.");
    assert_eq!(recipients(&desk.send(&third)), [IVANOV, OLGA], "her answer shows that she reads our letters");
}

#[test]
fn an_engineers_complaint_stops_nothing_and_reports_about_others_say_nothing() {
    let mut desk = TestDesk::two_desks("0s");
    let (acknowledgement, notification) = desk.olga_asks();
    for (kind, returned) in [
        ("abuse", whole(&notification)),
        ("not-spam", whole(&acknowledgement)),
        ("auth-failure", whole(&acknowledgement)),
        ("abuse", "Content-Type: message/rfc822\n\nFrom: somebody@else.example\nSubject: x\n\nBuy this.\n".to_owned()),
    ] {
        assert_eq!(recipients(&desk.send_raw(&complaint(kind, "", &returned))), [""; 0], "{kind}");
    }
    assert_eq!(desk.number("SELECT count(*) FROM complaint"), 0);
    assert_eq!(desk.number("SELECT count(*) FROM request"), 1);
}

#[test]
fn a_complaint_that_hides_the_id_too_is_known_by_the_letters_text() {
    let mut desk = TestDesk::two_desks("0s");
    let (acknowledgement, _) = desk.olga_asks();
    let read = acknowledgement.read();
    let returned = format!(
        "Content-Type: message/rfc822\n\nFrom: support@example.org\nSubject: {}\n\
         Content-Type: text/plain; charset=utf-8\n\n{}",
        read.subject, read.text
    );
    let hidden = complaint("abuse", "Original-Rcpt-To: somebody@client.example\n", &returned);
    assert_eq!(recipients(&desk.send_raw(&hidden)), [""; 0], "nothing says to whom it went");
    let report = complaint("abuse", &format!("Original-Rcpt-To: {OLGA}\n"), &returned);
    assert_eq!(recipients(&desk.send_raw(&report)), [IVANOV]);
}

#[test]
fn the_operator_sees_complaints_and_lifts_them() {
    let desk = TestDesk::program(FROM_A_MAILDIR);
    let (customer, id) = ("anna@customer.example", "m1@customer.example");
    desk.deliver("support", &Message::to_support(id, customer, "Help").raw());
    desk.once();
    let letter = desk.outbox().iter().find(|row| row["recipient"] == customer).expect("an acknowledgement").clone();
    let returned =
        format!("Content-Type: text/rfc822-headers\n\nMessage-ID: <{}>\n", letter["message_id"].as_str().unwrap());
    desk.deliver("support", &complaint("abuse", "", &returned));
    desk.once();
    assert!(desk.text(&["complaints"]).contains(customer));
    assert!(desk.text(&["show", "OTK-1"]).contains("has complained: gets no automatic e-mails"));
    let status = desk.output(&["status"]);
    assert!(String::from_utf8_lossy(&status.stdout).contains("1 reader complained"), "{status:?}");
    desk.text(&["complaints", "--lift", customer]);
    assert!(!desk.text(&["complaints"]).contains(customer));
    assert!(desk.refused(&["complaints", "--lift", customer]).contains("has not complained"));
}
