//! What holds for every message, and what survives the way through another program's encoder.

use std::fmt::Write as _;

use lettre::Message;
use lettre::message::header::ContentType;
use lettre::message::{Attachment, Mailbox, MultiPart, SinglePart};
use maildesk::mail::{json, parse};
use proptest::prelude::*;

/// Bytes that look like mail, so that chance finds more than the first line.
fn mail_like() -> impl Strategy<Value = Vec<u8>> {
    let words = prop::sample::select(vec![
        "From: ",
        "Subject: ",
        "To: ",
        "Date: ",
        "Message-ID: <",
        "References: ",
        "Content-Type: ",
        "Content-Disposition: ",
        "Content-Transfer-Encoding: ",
        "Content-ID: <a@b>",
        "multipart/mixed; boundary=",
        "multipart/alternative; boundary=\"b\"",
        "message/rfc822",
        "text/html; charset=",
        "text/plain; format=flowed",
        "application/ms-tnef",
        "application/pkcs7-mime; name=smime.p7m",
        "multipart/mixed; boundary=b\r\nContent-Transfer-Encoding: base64\r\n\r\nLS1iDQoNCg==",
        "<img src=\"data:image/png;base64,YWJj\" alt=x>",
        "data:image/",
        "text/calendar",
        "BEGIN:VEVENT\nSUMMARY:",
        "white-space: pre",
        "base64",
        "quoted-printable",
        "x-uuencode",
        "utf-8",
        "utf-7",
        "koi8-r",
        "iso-2022-jp",
        "utf-16",
        "b",
        "--b",
        "--b--",
        "\r\n",
        "\n",
        "\n\n",
        "\r\n\r\n",
        " ",
        "\t",
        "=?utf-8?B?",
        "=?koi8-r?Q?",
        "?=",
        "=D0",
        "=",
        "<",
        ">",
        "\"",
        "(",
        ")",
        "\\",
        ",",
        ";",
        ":",
        "@",
        "filename*0*=",
        "filename=",
        "name*=utf-8''%D0",
        "%",
        "begin 644 a\n",
        "#0V%T\n",
        "`\nend\n",
        "<html>",
        "<img src=cid:a@b>",
        "<blockquote>",
        "\u{202e}",
        "Привет",
        "\u{0}",
        "+",
        "x\u{9f3e}\"",
    ]);
    let piece = prop_oneof![
        6 => words.prop_map(|word| word.as_bytes().to_vec()),
        1 => prop::collection::vec(any::<u8>(), 0..20),
    ];
    prop::collection::vec(piece, 0..120).prop_map(|pieces| pieces.concat())
}

/// What holds for whatever was parsed: names of files are safe and differ, files can be decoded again, no line holds a control.
fn check(raw: &[u8]) {
    let incoming = parse::parse(raw);
    let value = json(&incoming);
    let printed = value.to_string();
    assert_eq!(serde_json::from_str::<serde_json::Value>(&printed).expect("valid JSON"), value);
    let mut names = std::collections::HashSet::new();
    for file in &incoming.attachments {
        let name = &file.filename;
        assert!(
            !name.is_empty()
                && !name.contains(['/', '\\'])
                && !name.starts_with('.')
                && !name.contains(char::is_control),
            "{name:?}"
        );
        assert!(names.insert(name.to_lowercase()), "{name:?} is there twice");
        let bytes = parse::attachment(raw, file.part).expect("an attachment can be decoded again");
        assert_eq!(bytes.len() as u64, file.size);
    }
    for line in [&incoming.subject, &incoming.subject_raw].into_iter().chain(incoming.headers.iter().map(|h| &h.value))
    {
        assert!(!line.contains(char::is_control), "{line:?}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 512, ..ProptestConfig::default() })]

    #[test]
    fn any_bytes_give_valid_json(raw in prop::collection::vec(any::<u8>(), 0..2_000)) {
        check(&raw);
    }

    #[test]
    fn anything_like_mail_gives_valid_json(raw in mail_like()) {
        check(&raw);
    }

    #[test]
    fn a_subject_survives_lettre(subject in "[ -~а-яёА-Я€語]{1,120}") {
        // lettre loses blanks between two words that it encodes each on its own.
        prop_assume!(!subject.contains("  "));
        let raw = letter().subject(subject.clone()).body("Hello.".to_owned()).expect("a message").formatted();
        prop_assert_eq!(one_blank(&parse::parse(&raw).subject_raw), one_blank(&subject));
    }

    #[test]
    fn a_name_and_an_address_survive_lettre(name in "[a-zA-Zа-яё ,.()\"'@-]{0,40}", local in "[a-z][a-z0-9.+_-]{0,20}[a-z0-9]") {
        prop_assume!(!local.contains(".."));
        let address: lettre::Address = format!("{local}@customer.example").parse().expect("an address");
        let from = Mailbox::new(Some(name.clone()).filter(|n| !n.trim().is_empty()), address);
        let raw = letter().reply_to(from).body("Hello.".to_owned()).expect("a message").formatted();
        let incoming = parse::parse(&raw);
        prop_assert_eq!(incoming.reply_to.len(), 1);
        prop_assert_eq!(&incoming.reply_to[0].address, &format!("{local}@customer.example"));
        let read = one_blank(&incoming.reply_to[0].name);
        let written = one_blank(&name);
        // Quotes around a whole name are taken for quotes.
        prop_assert_eq!(read.trim_matches(['"', '\'', ' ']), written.trim_matches(['"', '\'', ' ']));
    }

    #[test]
    fn a_file_name_and_its_bytes_survive_lettre(name in "ф[a-zA-Zа-яё0-9 _-]{0,60}\\.txt", bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        let file = Attachment::new(name.clone()).body(bytes.clone(), ContentType::parse("application/octet-stream").expect("a type"));
        let parts = MultiPart::mixed().singlepart(SinglePart::plain("See the file.".to_owned())).singlepart(file);
        let raw = letter().multipart(parts).expect("a message").formatted();
        let incoming = parse::parse(&raw);
        prop_assert_eq!(&incoming.text, "See the file.");
        prop_assert_eq!(incoming.attachments.len(), 1);
        let file = &incoming.attachments[0];
        prop_assert_eq!(one_blank(&file.filename), one_blank(&name));
        prop_assert_eq!(parse::attachment(&raw, file.part), Some(bytes));
    }

    #[test]
    fn any_file_has_its_facts_read(
        bytes in file_like(),
        name in prop::sample::select(vec!["a.png", "a.zip", "a.log", "a.tiff", "a.docx", "a.ln\u{212a}", "a.pdf.exe", "a"]),
        media_type in prop::sample::select(vec!["image/png", "application/zip", "text/plain", "application/pdf", "application/octet-stream"]),
    ) {
        let raw = with_file(name, media_type, bytes);
        check(&raw);
        let incoming = parse::parse(&raw);
        // A reader that panics is caught, and leaves the message unread.
        prop_assert_eq!(&incoming.text, "See the file.");
        let told = serde_json::to_string(&(&incoming.attachments[0].facts, &incoming.attachments[0].verdict)).expect("JSON");
        prop_assert!(!told.contains("\\u00") && told.len() < 20_000, "{}", told);
    }

    #[test]
    fn a_text_survives_lettre(lines in prop::collection::vec("[!-~а-яё€][ -~а-яё€]{0,90}[!-~а-яё€]", 1..20)) {
        let text = lines.join("\r\n");
        prop_assume!(!text.starts_with("<html") && !text.to_ascii_lowercase().starts_with("<!doctype"));
        let raw = letter().singlepart(SinglePart::plain(text)).expect("a message").formatted();
        prop_assert_eq!(parse::parse(&raw).text, lines.join("\n"));
    }
}

fn letter() -> lettre::message::MessageBuilder {
    let mailbox = |text: &str| text.parse::<Mailbox>().expect("a mailbox");
    Message::builder().from(mailbox("Desk <support@desk.example>")).to(mailbox("Anna <anna@customer.example>"))
}

/// A message with one file of these bytes.
fn with_file(name: &str, media_type: &str, bytes: Vec<u8>) -> Vec<u8> {
    let file = Attachment::new(name.to_owned()).body(bytes, ContentType::parse(media_type).expect("a type"));
    let parts = MultiPart::mixed().singlepart(SinglePart::plain("See the file.".to_owned())).singlepart(file);
    letter().multipart(parts).expect("a message").formatted()
}

/// Bytes that begin as a picture, an archive or a log does, and go on by chance.
fn file_like() -> impl Strategy<Value = Vec<u8>> {
    let words: Vec<&[u8]> = vec![
        b"\x89PNG\r\n\x1a\n",
        b"IHDR",
        b"\xff\xd8\xff\xe0",
        b"\xff\xc0",
        b"GIF89a",
        b"BM",
        b"RIFF",
        b"WEBPVP8 ",
        b"II*\0",
        b"PK\x03\x04",
        b"PK\x01\x02",
        b"PK\x05\x06",
        b"\x01\0",
        b"\xff\xff\xff\xff",
        b"\0\0\0\0",
        b"2026-11-20 09:58:12",
        b" ERROR ",
        b"0 errors",
        b"\xff\xfe",
        b"\n",
        b"MZ",
        b"%PDF-1.7",
    ];
    let piece = prop_oneof![
        3 => prop::sample::select(words).prop_map(<[u8]>::to_vec),
        1 => prop::collection::vec(any::<u8>(), 0..40),
    ];
    prop::collection::vec(piece, 0..30).prop_map(|pieces| pieces.concat())
}

fn one_blank(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Messages made to break a parser; what they hold of words is still read where it can be.
#[test]
fn bombs_are_filed_with_their_header() {
    let header = "From: Ivan <ivan@customer.example>\r\nSubject: Bomb\r\n";
    let mut nested_multiparts = String::from(header);
    for n in 0..500 {
        write!(nested_multiparts, "Content-Type: multipart/mixed; boundary=b{n}x\r\n\r\n--b{n}x\r\n")
            .expect("a string");
    }
    let boundary = "Content-Type: multipart/mixed; boundary=b\r\n\r\n";
    for (what, raw) in [
        ("nested multiparts", nested_multiparts),
        ("a million parts", format!("{header}{boundary}{}", "--b\r\n\r\n".repeat(1_000_000))),
        ("a million parts in one line", format!("{header}{boundary}{}", "--b".repeat(1_000_000))),
        ("a million fields", format!("{header}{}", "X: y\r\n".repeat(1_000_000))),
        ("an endless field", format!("{header}X: {}\r\n", "y".repeat(5_000_000))),
    ] {
        let incoming = parse::parse(raw.as_bytes());
        assert_eq!(incoming.subject, "Bomb", "{what}");
        assert_eq!(incoming.from[0].address, "ivan@customer.example", "{what}");
        assert_eq!(incoming.attachments.len(), 1, "{what}");
        assert_eq!(incoming.attachments[0].size, raw.len() as u64, "{what}");
        assert!(
            incoming.defects.iter().any(|defect| defect.0.contains("exceeds a limit")),
            "{what}: {:?}",
            incoming.defects
        );
        assert_eq!(
            parse::attachment(raw.as_bytes(), incoming.attachments[0].part).as_deref(),
            Some(raw.as_bytes()),
            "{what}"
        );
    }
}

/// mail-parser aborts the process on these, in whatever encoding they come.
#[test]
fn messages_nested_a_hundred_thousand_deep_are_one_attachment() {
    let messages = "Content-Type: message/rfc822\r\n\r\n".repeat(100_000);
    let in_base64 = base64::Engine::encode(&base64::engine::general_purpose::STANDARD, &messages);
    let in_quoted_printable = messages.replace("message", "mess=61ge").replace("Content-T", "Content-=54");
    for (encoding, body) in [("7bit", &messages), ("base64", &in_base64), ("quoted-printable", &in_quoted_printable)] {
        let header = "From: Ivan <ivan@customer.example>\r\nContent-Type: message/rfc822\r\n";
        let raw = format!("{header}Content-Transfer-Encoding: {encoding}\r\n\r\n{body}");
        let incoming = parse::parse(raw.as_bytes());
        assert_eq!(incoming.attachments.len(), 1, "{encoding}");
        assert_eq!(incoming.attachments[0].size, messages.len() as u64, "{encoding}");
    }
}

/// Shapes that cost quadratic time where a parser looks ahead again and again; in a minute-long test run they would show.
#[test]
fn long_fields_of_openings_are_read() {
    for piece in [
        "<",
        "<a ",
        "(",
        "\"\\",
        "\\\"",
        "@",
        ",",
        "a,",
        ":",
        "=?",
        "=?u?b?",
        "=?u?q?a?=3D",
        "'",
        ";x=",
        ";x*1=",
        "%D0",
        "=?utf-8?B?0J8=?=",
    ] {
        for field in ["From", "Subject", "Content-Type", "References", "Date", "Content-Disposition"] {
            let raw = format!("{field}: {}\r\n\r\nHello.", piece.repeat(200_000 / piece.len()));
            assert!(!parse::parse(raw.as_bytes()).text.is_empty(), "{field}: {piece}");
        }
    }
}
