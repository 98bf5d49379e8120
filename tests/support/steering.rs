//! A desk with engineers between real servers, and people who answer letters as mail programs do.

use super::{Installation, Message, SentLetter, Servers, assert_nothing_leaks, markers_of, wait_until};

/// Two lines, a team, and an engineer who can be met on an internal mailbox too.
pub const STEERED_DESK: &str = r#"
[desk.OTK]
name = "Поддержка ОТК"
address = "support@example.org"
grace = "0s"

[desk.OTK.line.1]
members = ["ivanov"]

[desk.OTK.line.2]
members = ["petrova", "sidorov"]

[engineer.ivanov]
name = "Иван Иванов"
address = "ivanov@example.org"
words = ["иванов"]

[engineer.petrova]
name = "Анна Петрова"
address = "petrova@example.org"
words = ["петрова"]
language = "en"

[engineer.sidorov]
name = "Олег Сидоров"
address = "sidorov@example.org"

[mailbox.support]
desk = "OTK"
IMAP
user = "support"
start = "all"

[mailbox.internal]
desk = "OTK"
IMAP
user = "internal"
start = "all"
internal = true

[transport.main]
SUBMISSION
"#;

/// Who asks in these stories.
pub const CLIENT: &str = "olga@client.example";
/// Who answers first.
pub const IVANOV: &str = "ivanov@example.org";
/// Who answers second.
pub const PETROVA: &str = "petrova@example.org";
/// Her colleague.
pub const SIDOROV: &str = "sidorov@example.org";

/// Servers and an installation whose letters are answered.
pub struct Story {
    /// The servers.
    pub servers: Servers,
    /// The installation.
    pub desk: Installation,
    seen: usize,
    written: usize,
}

/// No story ends with a letter that told its reader what is not his to know.
impl Drop for Story {
    fn drop(&mut self) {
        if !std::thread::panicking() {
            let engineers = [IVANOV, PETROVA, SIDOROV];
            assert_nothing_leaks(&self.servers.sent(), &markers_of(&self.desk.reader(), &engineers));
        }
    }
}

impl Story {
    /// With this configuration.
    pub fn start(configuration: &str) -> Self {
        let servers = Servers::start();
        let desk = Installation::new(&servers, configuration);
        Self { servers, desk, seen: 0, written: 0 }
    }

    /// A message in the making.
    pub fn message(&mut self, from: &str, subject: &str, text: &str) -> Message {
        self.written += 1;
        Message::to_support(&format!("message{}@mail.example", self.written), from, subject).text(text)
    }

    /// An answer to a letter, as a mail program writes it: `Re:`, the thread, the letter quoted. `add` comes behind the
    /// subject, `words` above the quoted letter.
    pub fn reply(&mut self, from: &str, letter: &SentLetter, add: &str, words: &str) -> Message {
        self.written += 1;
        Message::reply(&format!("message{}@mail.example", self.written), from, letter, add, words)
    }

    /// Has a message handled, and gives the letters that follow from it, by recipient.
    pub fn send(&mut self, message: &Message) -> Vec<SentLetter> {
        self.send_to("support", message)
    }

    /// The same, delivered to another mailbox.
    pub fn send_to(&mut self, mailbox: &str, message: &Message) -> Vec<SentLetter> {
        self.servers.deliver(mailbox, "INBOX", &message.raw(), None);
        self.desk.once();
        self.new_letters()
    }

    /// The letters that arrived since the last look, in the order in which they were written.
    pub fn new_letters(&mut self) -> Vec<SentLetter> {
        let rows = self.desk.letters();
        let sent: Vec<String> = rows
            .iter()
            .filter(|row| row["state"] == "sent")
            .map(|row| row["message_id"].as_str().unwrap().to_owned())
            .collect();
        wait_until(&format!("{} letters are there", sent.len()), || self.servers.sent().len() >= sent.len());
        let mut letters = self.servers.sent();
        assert_eq!(letters.len(), sent.len(), "as many letters as were sent");
        letters.sort_by_key(|letter| sent.iter().position(|id| *id == letter.id()));
        let new = letters.split_off(self.seen);
        self.seen += new.len();
        new
    }

    /// Opens a request of the client, and gives the acknowledgement and Ivanov's notification.
    pub fn opened(&mut self, subject: &str, text: &str) -> (SentLetter, SentLetter) {
        let message = self.message(&format!("Ольга <{CLIENT}>"), subject, text);
        let letters = self.send(&message);
        (to(&letters, CLIENT), to(&letters, IVANOV))
    }

    /// Status and assignee of a request.
    pub fn stands(&self, number: &str) -> (String, String) {
        let request = self.desk.show(number)["request"].clone();
        let text = |value: &serde_json::Value| value.as_str().unwrap_or("nobody").to_owned();
        (text(&request["standing"]["status"]), text(&request["assignee"]))
    }

    /// Disposition and reasons of the last message.
    pub fn last_disposition(&self) -> (String, String) {
        let row = self.desk.received().pop().unwrap();
        let reasons: Vec<&str> = row["reasons"].as_array().unwrap().iter().map(|r| r.as_str().unwrap()).collect();
        (row["disposition"].as_str().unwrap().to_owned(), reasons.join("; "))
    }
}

/// The one letter among these that went to this recipient.
pub fn to(letters: &[SentLetter], recipient: &str) -> SentLetter {
    let mut found = letters.iter().filter(|letter| letter.rcpt == recipient);
    let letter = found.next().unwrap_or_else(|| panic!("no letter to {recipient} among {:?}", recipients(letters)));
    assert!(found.next().is_none(), "two letters to {recipient}");
    letter.clone()
}

/// The text of that letter.
pub fn text_to(letters: &[SentLetter], recipient: &str) -> String {
    to(letters, recipient).read().text
}

/// To whom letters went, sorted.
pub fn recipients(letters: &[SentLetter]) -> Vec<&str> {
    let mut recipients: Vec<&str> = letters.iter().map(|letter| letter.rcpt.as_str()).collect();
    recipients.sort_unstable();
    recipients
}

/// The subject of the link in a letter whose ask is this: what a mail program opens at a touch.
pub fn link(letter: &SentLetter, ask: &str) -> String {
    let text = letter.read().text;
    let urls = text.split(['<', '>']).filter(|part| part.starts_with("mailto:"));
    let subjects = urls.filter_map(|url| url.split_once("?subject=")).map(|(_, subject)| percent_decoded(subject));
    let mut wanted = subjects.filter(|subject| subject.contains(&format!(" {ask} ")));
    wanted.next().unwrap_or_else(|| panic!("no link to {ask} in\n{text}"))
}

/// RFC 6068 section 2.
fn percent_decoded(text: &str) -> String {
    let mut parts = text.split('%');
    let mut bytes = parts.next().unwrap().as_bytes().to_vec();
    for part in parts {
        bytes.push(u8::from_str_radix(&part[..2], 16).unwrap());
        bytes.extend(part[2..].bytes());
    }
    String::from_utf8(bytes).unwrap()
}
