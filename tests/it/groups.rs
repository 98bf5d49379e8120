//! Groups and mailing lists that write in the desk's own name.

use crate::support::{IVANOV, Message, OLGA, PETROVA, TestDesk, recipients, to};

const GROUP: &str = r#"
[desk.OTK]
name = "Поддержка ОТК"
address = "support@example.org"
grace = "0s"
own_lists = ["support.example.org"]

[desk.OTK.line.1]
members = ["ivanov"]

[mailbox.support]
desk = "OTK"
maildir = "support"
start = "all"
authserv_id = "mx.example.org"

[transport.folder]
folder = "letters"

[engineer.ivanov]
name = "Иван Иванов"
address = "ivanov@example.org"
"#;

/// A message of Olga's as a group passes it on, with these fields of the group's.
fn passed_on(desk: &mut TestDesk, list: &str, fields: &[&str]) -> Message {
    let from = "\"'Olga' via Support\" <support@example.org>";
    let message = desk.message(from, "Не печатается отчёт", "Отчёт пустой.").header(list);
    let message =
        message.header("Precedence: list").header("List-Post: <https://groups.example/post>, <mailto:all@example.org>");
    fields.iter().fold(message, |message, field| message.header(field))
}

#[test]
fn the_author_of_what_a_known_group_rewrote_is_the_requester() {
    for (fields, requester) in [
        (&["X-Original-From: Olga Lvova <olga@client.example>", "Reply-To: all@example.org"][..], Some(OLGA)),
        (&["X-Original-Sender: olga@client.example", "Reply-To: \"Other\" <other@client.example>"], Some(OLGA)),
        (&["Reply-To: \"Olga Lvova\" <olga@client.example>"], Some(OLGA)),
        (&["Reply-To: all@example.org, olga@client.example"], Some(OLGA)),
        (&["X-Original-From: support@example.org", "Reply-To: olga@client.example"], Some(OLGA)),
        (&["Reply-To: all@example.org"], None),
        (&["Reply-To: support@example.org"], None),
        (&[], None),
    ] {
        let mut desk = TestDesk::with(GROUP).open();
        let message = passed_on(&mut desk, "List-Id: Support <support.example.org>", fields);
        let letters = desk.send(&message);
        match requester {
            Some(requester) => {
                assert_eq!(recipients(&letters), [IVANOV, requester], "{fields:?}");
                assert_eq!(desk.request("OTK-1").requester().unwrap().email.as_str(), requester, "{fields:?}");
            }
            None => {
                assert_eq!(desk.last_disposition().0, "held", "{fields:?}");
                assert_eq!(recipients(&letters), [IVANOV], "{fields:?}");
            }
        }
    }
}

#[test]
fn what_a_group_says_proves_no_engineer() {
    let mut desk = TestDesk::with(GROUP).open();
    let fields = [
        "X-Original-From: ivanov@example.org",
        "Authentication-Results: mx.example.org; dkim=pass header.d=example.org; dmarc=pass",
    ];
    let message = passed_on(&mut desk, "List-Id: <support.example.org>", &fields);
    assert_eq!(recipients(&desk.send(&message)), [IVANOV], "asked whether they wrote it");
    assert_eq!(desk.last_disposition().0, "held");
    assert!(desk.numbers().is_empty());
}

#[test]
fn a_request_of_the_desks_own_is_held_and_told_and_a_yes_opens_it_without_a_requester() {
    let mut desk = TestDesk::with(GROUP).open();
    let fields = ["X-Original-From: Olga <olga@client.example>"];
    let message = passed_on(&mut desk, "List-Id: <unknown.example.org>", &fields);
    let told = to(&desk.send(&message), IVANOV);
    let read = told.read();
    assert_eq!(desk.last_disposition().0, "held");
    assert!(desk.numbers().is_empty());
    assert!(read.subject.contains("Не печатается отчёт"), "{}", read.subject);
    assert!(read.text.contains("own_lists") && read.text.contains("unknown(.)example(.)org"), "{}", read.text);
    let letters = desk.answers("ivanov", &told, "", "да");
    assert_eq!(recipients(&letters), [IVANOV]);
    assert!(desk.request("OTK-1").requester().is_none());
    let letters = desk.answers("ivanov", &letters[0], "[for olga@client.example]", "");
    assert!(recipients(&letters).contains(&OLGA), "{:?}", recipients(&letters));
    // Many that come at once are told of a few times, and counted.
    for round in 0..20 {
        let message = passed_on(&mut desk, "List-Id: <unknown.example.org>", &[&format!("X-Round: {round}")]);
        desk.send(&message);
    }
    assert!(desk.letters().iter().filter(|letter| letter.rcpt == IVANOV).count() < 12);
    assert_eq!(recipients(&desk.asks(PETROVA, "Till", "Nothing prints."))[0], IVANOV);
}
