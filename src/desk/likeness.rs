//! When two messages are alike: when they differ only in what changes from message to message, as a robot's do.

use crate::model::policy::{AddressPattern, Desk};
use crate::model::{RequestNumber, TallyKeys, Understanding, sender_key, small_letter, tally_key};

/// How many characters of a message's words are compared.
const MOST_WORDS: usize = 2_000;

/// Under which keys a message to a desk is counted; `None` where it names no sender that can be written to.
pub fn tally_keys(desk: &Desk, message: &Understanding) -> Option<TallyKeys> {
    let sender = message.sender.address.as_ref()?;
    let (subject, words) = (masked(&message.subject), masked(beginning(&message.reading.words)));
    let domain = masked(sender.domain());
    // No robot has many addresses at a public provider, but many people there say the same.
    let has_words = !words.is_empty() && !desk.is_public(sender.domain());
    Some(TallyKeys {
        sender: sender_key(sender),
        domain: sender.domain().to_owned(),
        customers: desk.listed(sender).map(|pattern| match pattern {
            AddressPattern::Domain(domain) => domain.clone(),
            AddressPattern::Address(address) => sender_key(address),
        }),
        alike: tally_key(&[desk.key.as_str(), sender.as_str(), &subject]),
        alike_words: has_words.then(|| tally_key(&[desk.key.as_str(), &domain, &subject, &words])),
    })
}

/// Under which key a message is counted as a repetition of its sender's earlier ones in the same request.
pub fn repeat_key(request: &RequestNumber, message: &Understanding) -> Option<String> {
    let sender = message.sender.address.as_ref()?;
    let words = masked(beginning(&message.reading.words));
    Some(tally_key(&["repeats", &request.to_string(), sender.as_str(), &words]))
}

/// Under which key an explanation of an engineer's message is counted, so that a robot is seen that repeats itself.
pub fn explained_key(message: &Understanding) -> Option<String> {
    let engineer = message.sender.engineer.as_ref()?;
    let words = masked(beginning(&message.reading.words));
    Some(tally_key(&["explained", engineer.as_str(), &masked(&message.subject), &words]))
}

fn beginning(text: &str) -> &str {
    text.char_indices().nth(MOST_WORDS).map_or(text, |(end, _)| &text[..end])
}

/// A text without what changes from message to message: what holds a digit (counts, times, ids) becomes `#`; case, blanks and
/// marks do not matter.
fn masked(text: &str) -> String {
    let mut masked = String::with_capacity(text.len());
    let (mut start, mut is_number, mut was_number) = (0, false, false);
    for c in text.chars().chain([' ']) {
        if let Some(small) = small_letter(c) {
            masked.push(small);
        } else if c.is_alphabetic() {
            masked.extend(c.to_lowercase());
        } else if c.is_numeric() {
            masked.push(c);
            is_number = true;
        } else if masked.len() > start {
            if is_number {
                masked.truncate(start);
                masked.push_str(if was_number { "" } else { "#" });
            }
            if masked.len() > start {
                masked.push(' ');
            }
            (start, is_number, was_number) = (masked.len(), false, is_number);
        }
    }
    masked.truncate(masked.trim_end().len());
    masked
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{DeskKey, EmailAddress, Reading, Sender};

    #[test]
    fn numbers_ids_and_times_are_masked_and_nothing_else() {
        for (text, expected) in [
            ("", ""),
            ("Ваше обращение №4711 зарегистрировано", "ваше обращение # зарегистрировано"),
            ("Ваше  обращение № 4712 зарегистрировано!", "ваше обращение # зарегистрировано"),
            ("[JIRA] (ABC-17) Created", "jira abc # created"),
            ("Incident INC0012345 opened at 2026-11-28 10:45:03", "incident # opened at #"),
            ("Ticket 7f3a9c21-0b1d-4e2f has been received", "ticket # has been received"),
            ("Disk / is 93.5 % full (4 of 4.3 GB)", "disk is # full # of # gb"),
            ("Ошибка бронирования", "ошибка бронирования"),
        ] {
            assert_eq!(masked(text), expected, "{text:?}");
        }
    }

    fn keys(sender: &str, subject: &str, words: &str) -> TallyKeys {
        let key = DeskKey::parse("OTK").unwrap();
        let address = EmailAddress::parse("support@example.org").unwrap();
        let desk = Desk::new(key, "Support".into(), address, "main".into());
        let sender = Sender { address: EmailAddress::parse(sender).ok(), ..Sender::default() };
        let reading = Reading { words: words.into(), ..Reading::default() };
        tally_keys(&desk, &Understanding { sender, subject: subject.into(), reading, ..Understanding::default() })
            .unwrap()
    }

    #[test]
    fn messages_are_alike_by_sender_and_subject_or_by_domain_subject_and_words() {
        let first = keys("case-1@host1.example", "Case 1", "Your case 1 is registered.");
        let same_sender = keys("case-1@host1.example", "Case 2", "Something else");
        assert_eq!(first.alike, same_sender.alike);
        assert_ne!(first.alike_words, same_sender.alike_words);
        let fresh = keys("token-q@host2.example", "Case 3", "Your case 3 is registered.");
        assert_ne!(first.alike, fresh.alike);
        assert_eq!(first.alike_words, fresh.alike_words);
        assert_ne!(first.alike_words, keys("case-1@other.example", "Case 1", "Your case 1 is registered.").alike_words);
        assert_eq!(keys("ivan@example.com", "", "").alike_words, None, "a message without words is like no other");
    }
}
