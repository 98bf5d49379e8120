//! Buttons in letters to engineers: what their keys prove, and what they never prove.

use crate::support::{IVANOV, Message, OLGA, PETROVA, SentLetter, TestDesk, recipients, to};

/// The subject and text of the mail that a button of a letter opens.
fn opened(letter: &SentLetter, tag: &str) -> (String, String) {
    let html = letter.html().replace("&amp;", "&");
    let tag = tag.replace(' ', "%20");
    let mut links = html.split("href=\"mailto:").skip(1).filter_map(|link| link.split('"').next());
    let link = links.find(|link| link.contains(&format!("%20{tag}%20"))).unwrap_or_else(|| panic!("{tag}: {html}"));
    let (_, query) = link.split_once("?subject=").unwrap();
    let (subject, body) = query.split_once("&body=").unwrap();
    (decoded(subject), decoded(body))
}

fn decoded(text: &str) -> String {
    let mut bytes = Vec::new();
    let mut rest = text.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        match (first, after) {
            (b'%', [high, low, after @ ..]) => {
                bytes.push(u8::from_str_radix(std::str::from_utf8(&[*high, *low]).unwrap(), 16).unwrap());
                rest = after;
            }
            _ => {
                bytes.push(*first);
                rest = after;
            }
        }
    }
    String::from_utf8(bytes).unwrap()
}

/// A new mail, as a button opens it.
fn pressed(desk: &mut TestDesk, from: &str, letter: &SentLetter, tag: &str) -> Message {
    let (subject, body) = opened(letter, tag);
    desk.message(from, &subject, &body)
}

fn told(letters: &[SentLetter]) -> (Vec<&str>, String) {
    let text = letters.iter().map(|letter| letter.read().text).collect::<Vec<_>>().join("\n");
    (recipients(letters), text)
}

#[test]
fn a_button_does_its_one_thing_and_is_receipted() {
    let mut desk = TestDesk::guarded();
    let (_, notification) = desk.olga_asks();
    let take = pressed(&mut desk, IVANOV, &notification, "take");
    let letters = desk.send(&take);
    assert_eq!(desk.assignee("OTK-1"), "ivanov", "{:?}", desk.last_disposition());
    assert_eq!(recipients(&letters), [IVANOV]);
    assert_eq!(desk.kind_of(&letters[0]), "receipt");
    let events = desk.events("OTK-1");
    assert!(events.iter().any(|event| event.proof == "key of a button"), "{events:?}");
    assert_eq!(recipients(&desk.pass()), [""; 0]);
}

#[test]
fn what_is_written_beside_a_button_stays_inside() {
    let mut desk = TestDesk::guarded();
    let (_, notification) = desk.olga_asks();
    let (subject, body) = opened(&notification, "take");
    let take = desk.message(IVANOV, &subject, &format!("{body}\n\nПохоже на прошлый раз, см. журнал.\n"));
    let letters = desk.send(&take);
    assert_eq!(desk.assignee("OTK-1"), "ivanov");
    let (readers, text) = told(&letters);
    assert!(!readers.contains(&OLGA), "{text}");
    assert!(readers.contains(&IVANOV), "{text}");
    let shown = desk.text(&["export", "OTK-1", "--with-notes"]);
    assert!(shown.contains("\"reply_text\": \"Похоже на прошлый раз, см. журнал.\""), "{shown}");
    assert!(!desk.text(&["export", "OTK-1"]).contains("Похоже на прошлый раз"));
}

#[test]
fn a_note_is_written_by_a_button() {
    let mut desk = TestDesk::guarded();
    let (_, notification) = desk.olga_asks();
    let (subject, body) = opened(&notification, "note");
    let note = desk.message(IVANOV, &subject, &format!("{body}\nЖдём поставщика."));
    let letters = desk.send(&note);
    assert_eq!(recipients(&letters).iter().filter(|to| **to == OLGA).count(), 0);
    assert!(recipients(&letters).contains(&IVANOV), "{:?}", desk.last_disposition());
    assert!(desk.text(&["export", "OTK-1", "--with-notes"]).contains("Ждём поставщика."));
}

#[test]
fn no_key_is_good_for_another_engineer_request_or_action() {
    let mut desk = TestDesk::guarded();
    let (_, notification) = desk.olga_asks();
    desk.olga_asks();
    let (subject, body) = opened(&notification, "take");
    let bent = |from: &str, to: &str| {
        let other = subject.replace(from, to);
        assert_ne!(other, subject);
        other
    };
    let digit = if subject.ends_with("0]") { "1]" } else { "0]" };
    let forged = format!("{}{digit}", &subject[..subject.len() - 2]);
    for (from, subject) in [
        (PETROVA, subject.clone()),
        (IVANOV, bent("OTK-1", "OTK-2")),
        (IVANOV, bent(" take ", " line 2 ")),
        (IVANOV, bent(" take ", " note ")),
        (IVANOV, bent(" take ", " done ")),
        (IVANOV, bent(" take ", " close ")),
        (IVANOV, forged),
        (IVANOV, format!("{subject} [close]")),
    ] {
        let message = desk.message(from, &subject, &body);
        desk.send(&message);
        let (disposition, ..) = desk.last_disposition();
        assert_eq!(disposition, "held", "{from}: {subject}: {:?}", desk.last_disposition().2);
    }
    let tagged = desk.message(IVANOV, &subject, "[done]\nВсё готово.");
    desk.send(&tagged);
    assert_eq!(desk.last_disposition().0, "held");
    for number in ["OTK-1", "OTK-2"] {
        assert_eq!((desk.status(number), desk.assignee(number)), ("new".into(), "nobody".into()), "{number}");
    }
}

#[test]
fn a_key_is_good_for_seven_days() {
    let mut desk = TestDesk::guarded();
    let (_, notification) = desk.olga_asks();
    desk.days(6);
    let note = pressed(&mut desk, IVANOV, &notification, "note");
    desk.send(&note);
    assert_eq!(desk.last_disposition().0, "appended", "{:?}", desk.last_disposition().2);
    desk.days(2);
    let take = pressed(&mut desk, IVANOV, &notification, "take");
    desk.send(&take);
    assert_eq!(desk.last_disposition().0, "held", "{:?}", desk.last_disposition().2);
    assert_eq!(desk.assignee("OTK-1"), "nobody");
}

#[test]
fn an_outsider_in_copy_makes_a_key_void_for_good() {
    let mut desk = TestDesk::guarded();
    let (_, notification) = desk.olga_asks();
    let take = pressed(&mut desk, IVANOV, &notification, "take").header("Cc: mallory@evil.example");
    desk.send(&take);
    assert_eq!(desk.last_disposition().0, "held", "{:?}", desk.last_disposition().2);
    let again = pressed(&mut desk, IVANOV, &notification, "take");
    desk.send(&again);
    assert_eq!(desk.last_disposition().0, "held", "{:?}", desk.last_disposition().2);
    assert_eq!(desk.assignee("OTK-1"), "nobody");
    // Another button of the letter was not seen by anybody.
    let note = pressed(&mut desk, IVANOV, &notification, "note").header(&format!("Cc: {PETROVA}"));
    desk.send(&note);
    assert_eq!(desk.last_disposition().0, "appended", "{:?}", desk.last_disposition().2);
}

#[test]
fn a_stranger_with_a_key_changes_nothing_and_burns_it() {
    let mut desk = TestDesk::guarded();
    let (_, notification) = desk.olga_asks();
    let stolen = pressed(&mut desk, "Eve <eve@evil.example>", &notification, "take");
    desk.send(&stolen);
    assert_eq!(desk.assignee("OTK-1"), "nobody");
    let take = pressed(&mut desk, IVANOV, &notification, "take");
    desk.send(&take);
    assert_eq!(desk.last_disposition().0, "held", "{:?}", desk.last_disposition().2);
}

/// Only what tells the requester nothing has a button.
#[test]
fn in_work_has_a_button_only_where_the_requester_hears_nothing() {
    for (tells, has_button) in [("true", false), ("false", true)] {
        let mut desk = TestDesk::guarded_with(&format!("[desk.OTK.status.in_work]\ntells = {tells}\n"));
        let (_, notification) = desk.olga_asks();
        assert_eq!(notification.html().contains("%20in%20work%20"), has_button, "{tells}");
        for never in ["done", "close", "spam", "desk", "for", "watch", "released"] {
            assert!(!notification.html().contains(&format!("%20{never}%20")), "{never}");
        }
        if has_button {
            let press = pressed(&mut desk, IVANOV, &notification, "in work");
            desk.send(&press);
            assert_eq!(desk.status("OTK-1"), "in_work", "{:?}", desk.last_disposition().2);
        }
    }
}

/// A mail program that quotes the letter, and an engineer who pastes a button's address, hand no key to a customer.
#[test]
fn no_key_is_relayed() {
    let mut desk = TestDesk::guarded();
    let (_, notification) = desk.olga_asks();
    let (subject, _) = opened(&notification, "take");
    let key = subject.rsplit_once(' ').unwrap().1.trim_end_matches(']').to_owned();
    let html = notification.html();
    let link = html.split("href=\"").find(|link| link.contains("%20take%20")).unwrap().split('"').next().unwrap();
    let words = format!("Нажмите {link} или пришлите {subject}, ключ {key}.");
    // An attached letter is held back whole.
    let attached = desk.reply(IVANOV, &notification, "", &words).file("letter.html", "text/html", html.as_bytes());
    assert_eq!(recipients(&desk.send(&attached)), [IVANOV]);
    assert_eq!(desk.last_disposition().0, "held");
    let answer = desk.reply(IVANOV, &notification, "", &words);
    let letters = desk.send(&answer);
    let relayed = to(&letters, OLGA);
    let raw = String::from_utf8_lossy(&relayed.raw).into_owned();
    let (text, html) = (relayed.read().text, relayed.html());
    assert!(text.contains("Нажмите"), "{text}");
    for shown in [&raw, &text, &html] {
        assert!(!shown.contains(&key), "{shown}");
    }
    for arguments in [&["export", "OTK-1"][..], &["export", "OTK-1", "--format", "mbox"], &["show", "OTK-1"]] {
        assert!(!desk.text(arguments).contains(&key), "{arguments:?}");
    }
}
