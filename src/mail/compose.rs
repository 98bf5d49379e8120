//! Letter → RFC 5322 bytes. The same letter always gives the same bytes. The only file that knows lettre's builder.

use std::time::{Duration, SystemTime};

use lettre::address::AddressError;
use lettre::message::header::{ContentType, HeaderName, HeaderValue};
use lettre::message::{Mailbox, MultiPart, SinglePart};

use crate::model::{Digest, LOOP_MARK, Letter, MessageId};

/// Why a letter cannot be rendered. Letters are made of checked values, so this is a fault of ours, shown on the letter.
#[derive(Debug, thiserror::Error)]
pub enum ComposeError {
    /// An address that lettre refuses.
    #[error("address: {0}")]
    Address(#[from] AddressError),
    /// A header that lettre refuses.
    #[error("header: {0}")]
    Header(#[from] lettre::error::Error),
    /// The result would not pass every mail server.
    #[error("line {0} of the message has a bare CR or LF, a NUL, or is longer than 998 bytes")]
    Line(usize),
}

/// Renders a letter: headers, and `multipart/alternative` of its text and simple HTML made from it.
///
/// What no human wrote says so (RFC 3834 section 5), and every letter carries our loop mark.
pub fn compose(letter: &Letter) -> Result<Vec<u8>, ComposeError> {
    let draft = &letter.draft;
    let name = Some(draft.from.name.clone()).filter(|name| !name.is_empty());
    let seconds = u64::try_from(letter.date.unix()).unwrap_or(0);
    let mut builder = lettre::Message::builder()
        .date(SystemTime::UNIX_EPOCH + Duration::from_secs(seconds))
        .from(Mailbox::new(name, draft.from.address.parse()?))
        .to(Mailbox::new(None, draft.to.as_str().parse()?))
        .subject(draft.subject.clone())
        .message_id(Some(in_brackets(&letter.message_id)));
    if let Some(address) = &letter.reply_to {
        builder = builder.reply_to(Mailbox::new(None, address.as_str().parse()?));
    }
    if let Some(id) = &letter.in_reply_to {
        builder = builder.in_reply_to(in_brackets(id));
    }
    if !letter.references.is_empty() {
        let ids: Vec<_> = letter.references.iter().map(in_brackets).collect();
        builder = builder.references(ids.join(" "));
    }
    if draft.automatic {
        builder = builder
            .raw_header(field("Auto-Submitted", "auto-replied"))
            .raw_header(field("X-Auto-Response-Suppress", "All"));
    }
    let text = format!("{}\n\n-- \n{}\n", draft.text, draft.signature);
    let message = builder
        .raw_header(field(LOOP_MARK, &letter.instance))
        .multipart(
            MultiPart::alternative()
                .boundary(boundary(letter))
                .singlepart(part(ContentType::TEXT_PLAIN, text.clone()))
                .singlepart(part(ContentType::TEXT_HTML, html(&text))),
        )?
        .formatted();
    check_lines(&message)?;
    Ok(message)
}

/// The same for every rendering, and within the 70 characters of RFC 2046 section 5.1.1.
fn boundary(letter: &Letter) -> String {
    let digest = Digest::of(letter.message_id.as_str().as_bytes()).to_string();
    format!("=_{}", &digest[..32])
}

fn in_brackets(id: &MessageId) -> String {
    format!("<{id}>")
}

fn field(name: &'static str, value: &str) -> HeaderValue {
    HeaderValue::new(HeaderName::new_from_ascii_str(name), value.to_owned())
}

fn part(content_type: ContentType, text: String) -> SinglePart {
    SinglePart::builder().header(content_type).body(text)
}

/// Simple HTML that shows a plain text as it is: paragraphs, line breaks, the signature in grey.
fn html(text: &str) -> String {
    let escape = |s: &str| s.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;");
    let (body, signature) = match text.split_once("\n-- \n") {
        Some((body, signature)) => (body, Some(signature)),
        None => (text, None),
    };
    let mut html = String::from("<!DOCTYPE html>\n<html><body>\n");
    for paragraph in body.split("\n\n").map(str::trim).filter(|p| !p.is_empty()) {
        html.push_str(&format!("<p>{}</p>\n", escape(paragraph).replace('\n', "<br>\n")));
    }
    if let Some(signature) = signature {
        let lines = escape(signature.trim()).replace('\n', "<br>\n");
        html.push_str(&format!("<p style=\"color:#666\">-- <br>\n{lines}</p>\n"));
    }
    html.push_str("</body></html>\n");
    html
}

/// The last gate before a message goes out: RFC 5321 lines only, so that no server between can be talked into reading one
/// message as two.
fn check_lines(message: &[u8]) -> Result<(), ComposeError> {
    let mut lines = message.split(|&b| b == b'\n').enumerate().peekable();
    while let Some((index, line)) = lines.next() {
        let ended = lines.peek().is_some();
        let content = if ended { line.strip_suffix(b"\r") } else { Some(line) };
        if content.is_none_or(|c| c.len() > 998 || c.contains(&b'\r') || c.contains(&0)) {
            return Err(ComposeError::Line(index + 1));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Draft, EmailAddress, Language, LetterKind, NamedAddress, RequestNumber, Timestamp};

    fn letter() -> Letter {
        Letter {
            draft: Draft {
                kind: LetterKind::Acknowledgement,
                request: RequestNumber::parse("OTK-7").ok(),
                from: NamedAddress {
                    name: "Поддержка, отдел".into(), address: "support@example.org".into()
                },
                to: EmailAddress::parse("ivan@example.com").unwrap(),
                subject: "[OTK-7] Отчёт не печатается, и это длинная тема, которую нужно сложить в две строки".into(),
                text: "Здравствуйте!\n\n1 < 2 & \"3\"\n.\nещё строка".into(),
                signature: "Поддержка\nsupport@example.org".into(),
                links: Vec::new(),
                files: Vec::new(),
                engineer: None,
                grace: 0,
                automatic: true,
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
        assert_eq!(compose(&letter()).unwrap(), compose(&letter()).unwrap());
    }

    #[test]
    fn headers_say_who_what_and_that_no_human_wrote() {
        let message = String::from_utf8(compose(&letter()).unwrap()).unwrap();
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
    fn html_escapes_and_keeps_paragraphs() {
        let html = html(&format!("{}\n\n-- \nПоддержка\n", letter().draft.text));
        assert!(html.contains("<p>1 &lt; 2 &amp; &quot;3&quot;<br>\n.<br>\nещё строка</p>"), "{html}");
        assert!(html.contains("color:#666"));
    }

    #[test]
    fn lines_that_servers_read_differently_are_refused() {
        assert!(check_lines(b"a\r\nb\r\n").is_ok());
        for bad in [&b"a\nb"[..], b"a\rb\r\n", b"a\0\r\n", b"a\r\r\n", &[b'x'; 999]] {
            assert!(check_lines(bad).is_err());
        }
    }
}
