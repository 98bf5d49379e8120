//! Encrypted answers to a known request: both sides are told, the customer once.

use crate::support::{IVANOV, Message, OLGA, SentLetter, TestDesk, recipients, to};

/// Enveloped data (RFC 5652), cut off behind its type.
const ENVELOPED: &[u8] =
    b"\x30\x80\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x03\xa0\x80\x30\x80\x00\x00\x00\x00\x00\x00";
const ARMOUR: &str = "-----BEGIN PGP MESSAGE-----\nVersion: GnuPG v2\n\nhQEMA5J8\n=abcd\n-----END PGP MESSAGE-----\n";

/// An answer to a letter with this Content-Type and body.
fn answer(id: &str, from: &str, letter: &SentLetter, content_type: &str, body: &str) -> Vec<u8> {
    let whole = String::from_utf8(Message::reply(id, from, letter, "", "").raw()).unwrap();
    let (header, _) = whole.split_once("\r\n\r\n").unwrap();
    let kept: Vec<&str> = header.split("\r\n").filter(|line| !line.starts_with("Content-")).collect();
    format!("{}\nContent-Type: {content_type}\n\n{body}", kept.join("\n")).replace('\n', "\r\n").into_bytes()
}

/// The three ways to encrypt a message.
fn forms(from: &str, letter: &SentLetter) -> [Vec<u8>; 4] {
    let base64 = base64::Engine::encode(&base64::engine::general_purpose::STANDARD, ENVELOPED);
    [
        answer(
            "smime@mail.example",
            from,
            letter,
            "application/pkcs7-mime; smime-type=enveloped-data; name=smime.p7m\nContent-Transfer-Encoding: base64",
            &base64,
        ),
        answer(
            "pgp-mime@mail.example",
            from,
            letter,
            "multipart/encrypted; protocol=\"application/pgp-encrypted\"; boundary=e",
            &format!(
                "--e\nContent-Type: application/pgp-encrypted\n\nVersion: 1\n\n\
                 --e\nContent-Type: application/octet-stream; name=encrypted.asc\n\n{ARMOUR}\n--e--\n"
            ),
        ),
        answer("inline@mail.example", from, letter, "text/plain; charset=utf-8", ARMOUR),
        answer(
            "greeted@mail.example",
            from,
            letter,
            "text/plain; charset=utf-8",
            &format!("Здравствуйте!\n\n{ARMOUR}\n> Здравствуйте!\n"),
        ),
    ]
}

#[test]
fn both_sides_are_told_of_an_encrypted_answer_the_customer_once() {
    for form in 0..4 {
        let mut desk = TestDesk::two_desks("0s");
        let (acknowledgement, _) = desk.olga_asks();
        let letters = desk.send_raw(&forms(OLGA, &acknowledgement)[form]);
        assert_eq!(recipients(&letters), [IVANOV, OLGA], "{form}: {:?}", desk.last_disposition());
        let asked = to(&letters, OLGA).read().text;
        assert!(asked.contains("Ваше письмо зашифровано") && asked.contains("OTK-1"), "{asked}");
        let told = to(&letters, IVANOV).read().text;
        assert!(told.contains("Письмо зашифровано, и прочитать его здесь нельзя."), "{told}");
        let letters = desk.send_raw(&forms(OLGA, &acknowledgement)[(form + 1) % 4]);
        assert_eq!(recipients(&letters), [IVANOV], "{form}");
    }
}

#[test]
fn an_engineers_encrypted_answer_reaches_nobody_and_is_given_back() {
    for form in 0..4 {
        let mut desk = TestDesk::two_desks("0s");
        let (_, notification) = desk.olga_asks();
        let letters = desk.send_raw(&forms(IVANOV, &notification)[form]);
        assert_eq!(recipients(&letters), [IVANOV], "{form}: {:?}", desk.last_disposition());
        assert!(letters[0].read().text.contains("Оно зашифровано"), "{}", letters[0].read().text);
    }
}

#[test]
fn words_about_encryption_are_words() {
    let mut desk = TestDesk::two_desks("0s");
    let (acknowledgement, _) = desk.olga_asks();
    let words = format!(
        "Наша программа показывает вот это.\nПисьмо пришло вчера.\nОткрыть его мы не можем.\nЧто это такое?\n\n{ARMOUR}"
    );
    let question = desk.reply(OLGA, &acknowledgement, "", &words);
    assert_eq!(recipients(&desk.send(&question)), [IVANOV]);
}
