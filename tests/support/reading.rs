//! Letters as tests look at them: which of them went to whom, and what a link in one of them asks.

use super::SentLetter;

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
    let subjects = urls.filter_map(|url| url.split_once("?subject="));
    let subjects = subjects.map(|(_, fields)| percent_decoded(fields.split('&').next().unwrap_or_default()));
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
