use rustix::time::{ClockId, clock_gettime};

use super::*;
use crate::mail::parse;
use crate::model::{
    Draft, EmailAddress, Incoming, Language, LetterKind, Link, NamedAddress, ReceivedId, RequestNumber, Timestamp,
};

const CUT_LINE: &str = "— ответ пишите выше этой строки —";

/// Renders a letter whose files contain their own names.
fn render(letter: &Letter) -> Vec<u8> {
    let named = |files: &[SentFile], add: &mut dyn FnMut(&SentFile, &[u8])| {
        files.iter().for_each(|file| add(file, file.filename.as_bytes()));
        Ok::<_, ComposeError>(())
    };
    compose(letter, &[], named).unwrap()
}

fn read(letter: &Letter) -> Incoming {
    parse::parse(&render(letter))
}

fn file(name: &str, content_type: &str) -> SentFile {
    SentFile {
        received: ReceivedId(1),
        part: 1,
        filename: name.into(),
        content_type: content_type.into(),
        size: name.len() as u64,
        sha256: Digest::of(name.as_bytes()),
        inline: true,
    }
}

fn letter() -> Letter {
    Letter {
        draft: Draft {
            preheader: String::new(),
            blocks: Vec::new(),
            history: None,
            kind: LetterKind::Acknowledgement,
            request: RequestNumber::parse("OTK-7").ok(),
            from: NamedAddress { name: "Поддержка, отдел".into(), address: "support@example.org".into() },
            to: EmailAddress::parse("ivan@example.com").unwrap(),
            subject: "[OTK-7] Отчёт не печатается, и это длинная тема, которую нужно сложить в две строки".into(),
            text: "Здравствуйте!\n\n1 < 2 & \"3\"\n.\nещё строка".into(),
            signature: "Поддержка\nsupport@example.org".into(),
            formed: Vec::new(),
            links: Vec::new(),
            files: Vec::new(),
            engineer: None,
            grace: 0,
            automatic: true,
            asks_about: None,
            language: Language::Ru,
        },
        reply_to: None,
        in_reply_to: MessageId::parse("a@b").ok(),
        references: vec![MessageId::parse("a@b").unwrap()],
        message_id: MessageId::parse("otk-7.1.k1.00@example.org").unwrap(),
        date: Timestamp::from_unix(1_795_253_400),
        instance: "f00".into(),
    }
}

#[test]
fn the_same_letter_gives_the_same_bytes() {
    let mut letter = letter();
    assert_eq!(render(&letter), render(&letter));
    letter.draft.files = vec![file("a.log", "text/plain")];
    assert_eq!(render(&letter), render(&letter));
}

#[test]
fn header_fields_of_an_automatic_letter() {
    let message = String::from_utf8(render(&letter())).unwrap();
    for line in [
        "Message-ID: <otk-7.1.k1.00@example.org>",
        "To: ivan@example.com",
        "In-Reply-To: <a@b>",
        "References: <a@b>",
        "Auto-Submitted: auto-replied",
        "X-Auto-Response-Suppress: All",
        "X-Maildesk-Instance: f00",
        "Date: Sat, 21 Nov 2026 09:30:00 +0000",
        "MIME-Version: 1.0",
    ] {
        assert!(message.contains(&format!("{line}\r\n")), "{line} in\n{message}");
    }
    assert!(message.is_ascii());
}

#[test]
fn lines_that_servers_read_differently_are_refused() {
    assert!(check_lines(b"a\r\nb\r\n").is_ok());
    for bad in [&b"a\nb"[..], b"a\rb\r\n", b"a\0\r\n", b"a\r\r\n", &[b'x'; 999]] {
        assert!(check_lines(bad).is_err());
    }
}

#[test]
fn letters_of_people_are_not_marked_automatic() {
    let mut letter = letter();
    letter.draft.automatic = false;
    let message = String::from_utf8(render(&letter)).unwrap();
    assert!(!message.contains("Auto-"), "{message}");
}

#[test]
fn links_and_signature_stand_below_the_text_and_only_where_there_are_some() {
    let mut letter = letter();
    letter.draft.text = "Готово.\n".into();
    let url = "mailto:support@example.org?subject=%5BOTK-7%5D&body=x";
    letter.draft.links = vec![Link { label: "Всё \"работает\"".into(), url: url.into() }];
    assert_eq!(
        read(&letter).text.trim_end(),
        format!("Готово.\n\nВсё \"работает\":\n<{url}>\n\n-- \nПоддержка\nsupport@example.org")
    );
    let page = html::page(&letter.draft, &[], &Related::default());
    assert!(page.contains("<a href=\"mailto:support@example.org?subject=%5BOTK-7%5D&amp;body=x\""), "{page}");
    assert!(page.contains(">Всё &quot;работает&quot;</a>"), "{page}");
    assert!(page.contains("-- <br>\nПоддержка<br>\nsupport@example.org</p>"), "{page}");
    letter.draft.links.clear();
    letter.draft.signature = " \n".into();
    assert_eq!(text::plain(&letter.draft), "Готово.\n");
    assert!(!html::page(&letter.draft, &[], &Related::default()).contains("--"));
}

#[test]
fn the_cut_line_is_seen_and_grey() {
    let mut letter = letter();
    letter.draft.text = format!("{CUT_LINE}\n\nИван пишет:\n\n> не печатает");
    let page = html::page(&letter.draft, &[], &Related::default());
    let cut = page.lines().find(|line| line.contains(CUT_LINE)).unwrap();
    assert!(cut.contains("color:#888") && cut.starts_with("<p"), "{cut}");
    assert!(page.contains("<blockquote"), "{page}");
    assert!(read(&letter).text.starts_with(CUT_LINE));
}

#[test]
fn files_come_with_names_types_and_bytes() {
    let long = format!("{} отчёт.pdf", "очень длинное имя".repeat(4));
    let mut letter = letter();
    letter.draft.files = vec![
        file("снимок экрана.png", "image/png"),
        file("page.html", "text/html"),
        file("picture.svg", "image/svg+xml"),
        file("Fwd: письмо", "message/rfc822"),
        file(&long, "application/pdf"),
        file("a.bin", "x/y; name=\"\r\nBcc: evil@example.net\""),
    ];
    let incoming = read(&letter);
    let found: Vec<_> =
        incoming.attachments.iter().map(|a| (a.filename.as_str(), a.content_type.as_str(), a.inline)).collect();
    assert_eq!(
        found,
        [
            ("снимок экрана.png", "image/png", true),
            ("page.html", "text/html", false),
            ("picture.svg", "image/svg+xml", false),
            ("Fwd_ письмо.eml", "message/rfc822", false),
            (long.as_str(), "application/pdf", false),
            ("a.bin", "application/octet-stream", false),
        ]
    );
    for (found, sent) in incoming.attachments.iter().zip(&letter.draft.files) {
        assert_eq!(found.sha256, sent.sha256, "{}", sent.filename);
    }
    assert!(incoming.defects.is_empty(), "{:?}", incoming.defects);
    let message = String::from_utf8(render(&letter)).unwrap();
    assert!(!message.contains("message/rfc822"), "RFC 2046 forbids base64 for it: {message}");
    for disposition in ["inline", "attachment"] {
        assert!(message.contains(&format!("Content-Disposition: {disposition};")), "{message}");
    }
    assert!(message.len() as u64 <= encoded_size(&letter.draft.files) + 8_000);
}

#[test]
fn header_fields_cannot_be_injected() {
    let evil = "x\r\nBcc: evil@example.net\r\n\r\n<script>\n\0\u{b}y";
    let mut letter = letter();
    letter.draft.subject = evil.into();
    letter.draft.from.name = evil.into();
    letter.draft.files = vec![file(evil, evil)];
    letter.instance = evil.into();
    let incoming = read(&letter);
    assert!(incoming.headers.iter().all(|h| !h.name.eq_ignore_ascii_case("bcc")), "{:?}", incoming.headers);
    assert_eq!(incoming.subject_raw, "x Bcc: evil@example.net <script> y");
    assert_eq!(incoming.from[0].name, "x Bcc: evil@example.net <script> y");
    assert_eq!(incoming.attachments.len(), 1);
    let message = String::from_utf8(render(&letter)).unwrap();
    assert!(message.lines().all(|line| !line.to_ascii_lowercase().starts_with("bcc")), "{message}");
}

#[test]
fn a_subject_cannot_hide_brackets_in_an_encoded_word_of_its_own() {
    let mut letter = letter();
    // Base64 of "[close]".
    letter.draft.subject = "Re: =?utf-8?B?W2Nsb3NlXQ==?=".into();
    assert_eq!(read(&letter).subject_raw, "Re: = ?utf-8?B?W2Nsb3NlXQ== ?=");
}

#[test]
fn texts_of_any_kind_are_sent() {
    for text in ["a\rb\r\nc\0\u{1b}[31m", &"long ".repeat(5_000), &"ы".repeat(5_000), "", ".", "From here\n."] {
        let mut letter = letter();
        letter.draft.text = text.to_owned();
        letter.draft.signature.clear();
        letter.draft.subject = "word".repeat(2_000);
        let found = read(&letter).text.replace("\r\n", "\n");
        assert_eq!(found.trim_end(), text::clean(text).trim_end(), "{text:?}");
    }
}

#[test]
fn a_file_that_cannot_be_read_is_the_callers_error() {
    let mut letter = letter();
    letter.draft.files = vec![file("a", "text/plain")];
    assert!(matches!(compose(&letter, &[], |_, _| Err(ComposeError::NoEnd)), Err(ComposeError::NoEnd)));
}

#[test]
fn the_encoding_and_the_bytes_of_a_text_are_those_that_lettre_would_make_of_it() {
    let line = |length: usize| "x".repeat(length);
    for text in [
        String::new(),
        "a\n".to_owned(),
        "\n\na\n".to_owned(),
        "a\r\nb\nc".to_owned(),
        line(75),
        line(76),
        format!("a\n{}", line(74)),
        format!("a\n{}\n", line(75)),
        "a\n".repeat(100) + &line(76),
        "ы".repeat(9),
        "ыx".repeat(9),
        "ыxxx".repeat(9),
        "ыxxxx\n".repeat(9),
        "\n".repeat(9) + &line(80),
    ] {
        let body = |part: SinglePart| part.formatted();
        let lettre = SinglePart::builder().header(ContentType::TEXT_PLAIN).body(text.clone());
        assert_eq!(body(part(ContentType::TEXT_PLAIN, text.clone())), body(lettre), "{text:?}");
    }
}

/// Eight times as much text takes eight times as long; where work grows with the square of the text, it takes 64 times.
#[test]
fn a_text_of_short_lines_takes_time_in_proportion_to_its_length() {
    // The processor time of this thread: what else the machine does must not count.
    let now = || {
        let time = clock_gettime(ClockId::ThreadCPUTime);
        time.tv_sec * 1_000_000 + time.tv_nsec / 1_000
    };
    let took = |lines: usize| {
        let mut letter = letter();
        letter.draft.text = "yes\n".repeat(lines);
        let once = || {
            let began = now();
            render(&letter);
            now() - began
        };
        (0..3).map(|_| once()).min().unwrap()
    };
    let (short, long) = (took(50_000), took(400_000));
    assert!(
        long < short * 24,
        "{} ms for eight times the lines, instead of {} ms",
        long / 1_000_000,
        short / 1_000_000
    );
}
