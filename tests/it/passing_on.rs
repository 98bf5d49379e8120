//! What engineers see of a request that comes to them: all of it where it is given to them, the last words in every other letter.

use maildesk::model::{Ask, Place};

use crate::support::{IVANOV, OLGA, PETROVA, SMIRNOV, SentLetter, TestDesk, VENDOR, recipients, text_to, to};

/// A request with a question, an answer to it with a file, and a note.
fn a_request() -> (TestDesk, SentLetter) {
    let mut desk = TestDesk::two_desks("0s");
    let (_, notification) = desk.ask("support", OLGA, "Printer", "The printer prints nothing.");
    let asked = desk.answers("ivanov", &notification, "[need info]", "Which model is it?");
    let answer = desk.reply(OLGA, &to(&asked, OLGA), "", "Model X100, error E5.").file("e5.txt", "text/plain", b"E5");
    let told = to(&desk.send(&answer), IVANOV);
    let noted = desk.answers("ivanov", &told, "[note]", "She has changed the drum herself.");
    assert!(!recipients(&noted).contains(&OLGA));
    (desk, told)
}

/// The places of these words in a text, each behind the one before.
fn assert_in_order(text: &str, words: &[&str]) {
    let mut from = 0;
    for word in words {
        let at = text[from..].find(word).unwrap_or_else(|| panic!("{word:?} behind {:?} in\n{text}", &text[..from]));
        from += at + word.len();
    }
}

const NEWEST_FIRST: [&str; 4] = ["changed the drum", "Model X100, error E5.", "Which model is it?", "prints nothing"];

#[test]
fn whoever_is_given_a_request_gets_all_of_it_newest_first() {
    for tag in ["[line 2]", "[assign petrova]", "[to petrova]"] {
        let (mut desk, told) = a_request();
        let letters = desk.answers("ivanov", &told, &format!("{tag} [note]"), "Please look at the drum.");
        let letter = to(&letters, PETROVA);
        let text = letter.read().text;
        assert!(text.contains("Please look at the drum."), "{text}");
        assert_in_order(&text, &NEWEST_FIRST);
        assert_in_order(&text, &["Иван Иванов, ", "заметка", "changed the drum", "olga@client.example, "]);
        assert_eq!(letter.read().attachments.len(), 1, "the file that she has not had");
        desk.verify();
    }
    let (mut desk, _) = a_request();
    let letters = desk.set_all("OTK-1", vec![Ask::PassOn(Place::Line(2))]);
    assert_in_order(&text_to(&letters, PETROVA), &NEWEST_FIRST);
}

#[test]
fn another_desk_gets_all_of_it_too() {
    let (mut desk, told) = a_request();
    let letters = desk.answers("ivanov", &told, "[desk TRV]", "");
    assert_in_order(&text_to(&letters, SMIRNOV), &NEWEST_FIRST);
}

#[test]
fn files_that_a_reader_has_had_are_not_attached_again() {
    let (mut desk, told) = a_request();
    let passed = desk.answers("ivanov", &told, "[assign petrova]", "");
    let back = desk.answers("petrova", &to(&passed, PETROVA), "[assign ivanov] [note]", "It is yours.");
    assert_eq!(to(&back, IVANOV).read().attachments.len(), 0, "he has had the file");
}

#[test]
fn other_notifications_show_the_last_exchange_below_the_new_words() {
    let (mut desk, told) = a_request();
    assert_in_order(&told.read().text, &["Model X100, error E5.", "Which model is it?"]);
    let answered = desk.answers("ivanov", &told, "", "Then replace the fuser.");
    let reply = desk.reply(OLGA, &to(&answered, OLGA), "", "It works!");
    let text = text_to(&desk.send(&reply), IVANOV);
    assert_in_order(&text, &["It works!", "replace the fuser"]);
    assert!(!text.contains("Which model"), "{text}");
}

#[test]
fn an_answer_that_quotes_the_history_says_its_own_words_only() {
    let (mut desk, told) = a_request();
    let passed = to(&desk.answers("ivanov", &told, "[line 2]", ""), PETROVA);
    let letters = desk.answers("petrova", &passed, "", "We send you a new drum.");
    let text = text_to(&letters, OLGA);
    assert!(text.contains("a new drum") && !text.contains("herself") && !text.contains("Model X100"), "{text}");
}

#[test]
fn the_whole_correspondence_is_asked_for_by_a_tag() {
    for tag in ["[history]", "[история]", "[переписка]"] {
        let (mut desk, told) = a_request();
        let letters = desk.answers("ivanov", &told, tag, "");
        assert_eq!(recipients(&letters), [IVANOV]);
        assert_in_order(&text_to(&letters, IVANOV), &NEWEST_FIRST);
        assert_eq!(desk.status("OTK-1"), "in_work");
    }
}

#[test]
fn a_long_history_ends_with_how_to_get_the_rest() {
    let mut desk = TestDesk::two_desks("0s");
    let (_, mut notification) = desk.ask("support", OLGA, "Printer", "The printer prints nothing.");
    for number in 0..40 {
        let words = format!("Note {number}. {}", "It is long. ".repeat(150));
        desk.answers("ivanov", &notification, "[note]", &words);
    }
    notification = desk.letter_to(IVANOV);
    let text = text_to(&desk.answers("ivanov", &notification, "[line 2]", ""), PETROVA);
    assert!(text.contains("Note 39.") && !text.contains("Note 3. "), "{text}");
    assert!(text.trim_end().ends_with("[история]."), "{text}");
    let asks = desk.reply(IVANOV, &notification, "[история]", "");
    let letters = desk.arrived(&asks);
    let all = letters.iter().map(|letter| letter.read().text).find(|text| text.contains("Вся переписка"));
    let all = all.expect("a receipt with all of it");
    assert_in_order(&all, &["Note 39.", "Note 3. ", "prints nothing"]);
}

#[test]
fn the_correspondence_is_not_stored_with_the_letter_and_goes_with_its_message() {
    let (mut desk, told) = a_request();
    desk.answers("ivanov", &told, "[line 2]", "");
    let twice = "SELECT count(*) FROM letter WHERE manifest LIKE '%X100%' AND recipient = 'petrova@example.org'";
    assert_eq!(desk.number(twice), 0);
}

#[test]
fn whoever_passed_it_on_is_told_in_a_line_when_it_is_answered_and_when_it_ends() {
    let (mut desk, told) = a_request();
    let passed = to(&desk.answers("ivanov", &told, "[line 2]", ""), PETROVA);
    let answered = desk.answers("petrova", &passed, "", "We send you a new drum.");
    assert_eq!(recipients(&answered), [IVANOV, OLGA]);
    let text = text_to(&answered, IVANOV);
    assert!(text.contains("OTK-1") && text.contains("Анна Петрова"), "{text}");
    assert!(!text.contains("new drum"), "one line: {text}");
    let done = desk.answers("petrova", &passed, "[done]", "Mended.");
    assert!(recipients(&done).contains(&IVANOV));
    let confirmed = desk.reply(OLGA, &to(&done, OLGA), "", "Всё работает, спасибо!");
    assert_eq!(recipients(&desk.send(&confirmed)), [IVANOV, PETROVA]);
}

#[test]
fn a_team_with_an_address_gets_the_correspondence_only() {
    let mut desk = TestDesk::two_desks("0s");
    let (_, notification) =
        desk.ask("support", &format!("Olga Berg <{OLGA}>"), "Printer", "The printer prints nothing.");
    desk.answers("ivanov", &notification, "[note]", "She is rude.");
    let more = format!(
        "See below.\n\n-----Original Message-----\nFrom: Olga Berg <{OLGA}>\nSent: Friday, November 20, 2026 9:00\nTo: Help\n\
         Subject: Printer\n\nIt smokes."
    );
    let forward = desk.message(OLGA, "Fwd: Printer [OTK-1]", &more);
    desk.send(&forward);
    let text = text_to(&desk.answers("ivanov", &notification, "[to vendor]", "Please look."), VENDOR);
    assert!(text.contains("Please look.") && text.contains("prints nothing") && text.contains("It smokes."), "{text}");
    for hidden in ["rude", OLGA, "Olga Berg", "ivanov", "Иван"] {
        assert!(!text.contains(hidden), "{hidden} in {text}");
    }
}
