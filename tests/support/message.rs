//! Messages as customers, robots and servers write them, and letters as customers read them.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use maildesk::mail::parse::parse;
use maildesk::model::Incoming;

use super::SentLetter;

const BOUNDARY: &str = "part-of-a-test-message";

/// A message in the making; lines end with CR LF.
#[derive(Clone, Debug)]
pub struct Message {
    headers: Vec<String>,
    text: String,
    files: Vec<(String, String, Vec<u8>)>,
}

impl Message {
    /// A message from somebody to the desk. `id` is its Message-ID without brackets.
    pub fn new(id: &str, from: &str, subject: &str) -> Self {
        let mut message = Self { headers: Vec::new(), text: "Good day.".to_owned(), files: Vec::new() };
        if !id.is_empty() {
            message = message.header(&format!("Message-ID: <{id}>"));
        }
        message.header(&format!("From: {from}")).header(&format!("Subject: {}", encoded(subject)))
    }

    /// The same, to `support@example.org`.
    pub fn to_support(id: &str, from: &str, subject: &str) -> Self {
        Self::new(id, from, subject).header("To: support@example.org")
    }

    /// An answer to a letter, as a mail program writes it: to where the letter wants its answers, `Re:`, the thread, the letter
    /// quoted. `add` comes behind the subject, `words` above the quoted letter.
    pub fn reply(id: &str, from: &str, letter: &SentLetter, add: &str, words: &str) -> Self {
        let read = letter.read();
        let quoted: Vec<String> = read.text.lines().map(|line| format!("> {line}")).collect();
        let text = format!("{words}\n\n20.11.2026 10:15, Поддержка ОТК пишет:\n{}\n", quoted.join("\n"));
        let mut references: Vec<String> = read.references.iter().map(|id| format!("<{id}>")).collect();
        references.push(format!("<{}>", letter.id()));
        let to = read.reply_to.first().or(read.from.first()).expect("somebody to answer").address.clone();
        Self::new(id, from, format!("Re: {} {add}", read.subject_raw).trim())
            .header(&format!("To: {to}"))
            .header(&format!("In-Reply-To: <{}>", letter.id()))
            .header(&format!("References: {}", references.join(" ")))
            .text(&text)
    }

    /// With a header line.
    pub fn header(mut self, line: &str) -> Self {
        self.headers.push(line.to_owned());
        self
    }

    /// To this address, unless it has a `To` already.
    pub fn addressed_unless_named(self, address: &str) -> Self {
        if self.headers.iter().any(|line| line.starts_with("To: ")) {
            return self;
        }
        self.header(&format!("To: {address}"))
    }

    /// With this text.
    pub fn text(mut self, text: &str) -> Self {
        text.clone_into(&mut self.text);
        self
    }

    /// As an answer to a message.
    pub fn answering(self, id: &str) -> Self {
        self.header(&format!("In-Reply-To: <{id}>")).header(&format!("References: <{id}>"))
    }

    /// With a file.
    pub fn file(mut self, name: &str, content_type: &str, bytes: &[u8]) -> Self {
        self.files.push((name.to_owned(), content_type.to_owned(), bytes.to_vec()));
        self
    }

    /// Its bytes.
    pub fn raw(&self) -> Vec<u8> {
        let mut lines = self.headers.clone();
        lines.push("MIME-Version: 1.0".to_owned());
        let text = ["Content-Type: text/plain; charset=utf-8", "Content-Transfer-Encoding: 8bit", "", &self.text];
        if self.files.is_empty() {
            lines.extend(text.map(str::to_owned));
        } else {
            lines.push(format!("Content-Type: multipart/mixed; boundary=\"{BOUNDARY}\"\n\n--{BOUNDARY}"));
            lines.extend(text.map(str::to_owned));
            for (name, content_type, bytes) in &self.files {
                let name = encoded(name);
                lines.push(format!("--{BOUNDARY}\nContent-Type: {content_type}; name=\"{name}\""));
                lines.push(format!("Content-Disposition: attachment; filename=\"{name}\""));
                lines.push("Content-Transfer-Encoding: base64\n".to_owned());
                let base64 = STANDARD.encode(bytes);
                lines.extend(base64.as_bytes().chunks(76).map(|line| String::from_utf8_lossy(line).into_owned()));
            }
            lines.push(format!("--{BOUNDARY}--"));
        }
        (lines.join("\n") + "\n").replace('\n', "\r\n").into_bytes()
    }
}

/// A failed delivery of a letter, as its recipient's server reports it (RFC 3464).
pub fn bounce_of(id: &str, letter_id: &str, recipient: &str) -> Vec<u8> {
    format!(
        "Return-Path: <>\nFrom: Mail Delivery System <mailer-daemon@mx.example.com>\nTo: support@example.org\n\
         Subject: Undelivered Mail Returned to Sender\nMessage-ID: <{id}>\nAuto-Submitted: auto-replied\n\
         MIME-Version: 1.0\nContent-Type: multipart/report; report-type=delivery-status; boundary=\"dsn\"\n\n\
         --dsn\nContent-Type: text/plain\n\nThe message could not be delivered.\n\n\
         --dsn\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; mx.example.com\n\n\
         Final-Recipient: rfc822; {recipient}\nAction: failed\nStatus: 5.2.2\n\
         Diagnostic-Code: smtp; 552 5.2.2 mailbox full\n\n\
         --dsn\nContent-Type: text/rfc822-headers\n\nMessage-ID: <{letter_id}>\nTo: {recipient}\n\n--dsn--\n"
    )
    .replace('\n', "\r\n")
    .into_bytes()
}

impl SentLetter {
    /// What its recipient reads in it.
    pub fn read(&self) -> Incoming {
        parse(&self.raw)
    }

    /// Its HTML, as a mail program shows it.
    pub fn html(&self) -> String {
        let message = mail_parser::MessageParser::default().parse(&self.raw).expect("a message");
        message.body_html(0).expect("an HTML part").into_owned()
    }

    /// Its Message-ID, without brackets.
    pub fn id(&self) -> String {
        self.read().message_id.expect("every letter has a Message-ID").to_string()
    }
}

/// RFC 2047, where it is needed.
fn encoded(text: &str) -> String {
    if text.is_ascii() { text.to_owned() } else { format!("=?utf-8?B?{}?=", STANDARD.encode(text)) }
}
