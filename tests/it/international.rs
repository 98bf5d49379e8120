//! Customers whose addresses are not ASCII: they are answered where the server can, and engineers are told where it cannot.

use std::sync::{Arc, Mutex};

use crate::support::{Message, Provider, TestDesk, relay};
use maildesk::mail::parse::parse;

/// A recipient, and the bytes of a letter.
type Taken = (String, Vec<u8>);

/// A server that keeps what it takes.
#[derive(Clone, Default)]
struct Kept {
    takes_utf8: bool,
    letters: Arc<Mutex<Vec<Taken>>>,
}

impl Provider for Kept {
    fn takes_utf8(&self) -> bool {
        self.takes_utf8
    }

    fn refuses(&self, _: &str) -> Option<String> {
        None
    }

    fn deliver(&self, recipient: &str, raw: &[u8]) {
        self.letters.lock().unwrap().push((recipient.to_owned(), raw.to_owned()));
    }
}

impl Kept {
    /// The text of the only letter to this recipient since the last call, after its header, and the header's `To`.
    fn letter_to(&self, recipient: &str) -> (String, String) {
        let letters = std::mem::take(&mut *self.letters.lock().unwrap());
        let found: Vec<_> = letters.iter().filter(|(to, _)| to == recipient).collect();
        let [(_, raw)] = found[..] else {
            panic!("{recipient}: {:?}", letters.iter().map(|(to, _)| to).collect::<Vec<_>>())
        };
        let letter = parse(raw);
        (letter.to[0].address.clone(), letter.text)
    }
}

/// A desk with one engineer before the server of this port.
pub fn desk(port: u16) -> TestDesk {
    TestDesk::program(&format!(
        r#"
[desk.OTK]
name = "Support"
address = "support@поддержка.рф"
grace = "0s"

[engineer.ivanov]
name = "Ivan Ivanov"
address = "ivanov@house.example"

[mailbox.support]
desk = "OTK"
maildir = "mail"
start = "all"

[transport.main]
host = "localhost"
port = {port}
tls = "none"
"#
    ))
}

/// Lets this customer ask, and sends what follows.
pub fn ask(desk: &TestDesk, from: &str) {
    let raw = format!(
        "From: Клиент <{from}>\r\nTo: support@поддержка.рф\r\nSubject: Till\r\nMessage-ID: <1@client.example>\r\n\
         Date: Sat, 21 Nov 2026 12:30:13 +0300\r\nContent-Type: text/plain; charset=utf-8\r\n\r\nThe till prints nothing.\r\n"
    );
    desk.deliver("mail", raw.as_bytes());
    desk.once();
}

#[test]
fn a_domain_in_other_letters_needs_nothing_of_the_server() {
    let server = Kept::default();
    let desk = desk(relay(server.clone()));
    ask(&desk, "Info@Пример.РФ");
    let (to, text) = server.letter_to("info@xn--e1afmkfd.xn--p1ai");
    assert_eq!(to, "info@xn--e1afmkfd.xn--p1ai");
    assert!(text.contains("OTK-1"), "{text}");
}

#[test]
fn a_local_part_in_other_letters_is_answered_where_the_server_offers_smtputf8() {
    for (from, answered) in [
        ("почта@пример.рф", "почта@xn--e1afmkfd.xn--p1ai"),
        ("Jörg@example.com", "jörg@example.com"),
        ("用户@例え.jp", "用户@xn--r8jz45g.jp"),
    ] {
        let server = Kept { takes_utf8: true, ..Kept::default() };
        let desk = desk(relay(server.clone()));
        ask(&desk, from);
        let (to, text) = server.letter_to(answered);
        assert_eq!(to, answered);
        assert!(text.contains("OTK-1"), "{text}");
        let answer = Message::new("2@client.example", answered, "Re: [OTK-1] Till").header("To: support@поддержка.рф");
        desk.deliver("mail", &answer.text("It is the red one.").raw());
        desk.once();
        assert_eq!(desk.requests().len(), 1, "{from} is a participant");
        let (_, text) = server.letter_to("ivanov@house.example");
        assert!(text.contains("It is the red one."), "{text}");
        let shown = desk.show("OTK-1");
        assert_eq!(shown["request"]["participants"][0]["email"], answered, "{shown}");
    }
}

#[test]
fn where_the_server_does_not_offer_it_the_engineer_is_told_address_and_reason_at_once() {
    let server = Kept::default();
    let desk = desk(relay(server.clone()));
    ask(&desk, "почта@пример.рф");
    let letters = server.letters.lock().unwrap().clone();
    let told: Vec<String> = letters.iter().map(|(to, raw)| format!("{to}\n{}", parse(raw).text)).collect();
    assert!(told.iter().all(|letter| letter.starts_with("ivanov@house.example\n")), "{told:#?}");
    let reason =
        "the e-mail to почта@xn--e1afmkfd.xn--p1ai was not delivered. Reason: the mail server takes no addresses";
    assert!(told.iter().any(|letter| letter.replace('\n', " ").contains(reason)), "{told:#?}");
    let failed = desk.outbox().iter().filter(|letter| letter["state"] == "failed").count();
    assert_eq!(failed, 1, "{:?}", desk.outbox());
    desk.once();
    assert_eq!(server.letters.lock().unwrap().len(), letters.len(), "nothing is tried again");
}
