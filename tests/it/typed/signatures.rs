//! What an engineer's mail program puts below their words is no answer.

use crate::support::{SentLetter, TestDesk, text_to};

/// As Thunderbird puts it above the quotation, without a mark.
const SIGNATURE: &str = "Иван Иванов\nИнженер поддержки\nтел. +7 900 000-00-00";

/// Somebody asks, and the engineer replies.
fn replied(desk: &mut TestDesk, who: usize, tags: &str, words: &str) -> (String, Vec<SentLetter>) {
    desk.skip(7_200);
    let olga = format!("olga@client{who}.example");
    let (_, notification) = desk.ask("support", &olga, "Printer", "It does not print.");
    let letters = desk.answers("ivanov", &notification, tags, words);
    (olga, letters)
}

#[test]
fn what_has_ended_three_messages_is_a_signature() {
    let mut desk = TestDesk::two_desks("0s");
    for who in 0..5 {
        let words = format!("Заменили барабан номер {who}.\n\n{SIGNATURE}");
        let (olga, letters) = replied(&mut desk, who, "", &words);
        let read = text_to(&letters, &olga);
        assert!(read.contains(&format!("номер {who}.")), "{read}");
        assert_eq!(read.contains("Инженер поддержки"), who < 3, "{who}: {read}");
        let (_, _, reasons) = desk.last_disposition();
        assert_eq!(reasons.contains("taken for a signature: Иван Иванов Инженер"), who >= 3, "{reasons}");
    }
    // Now that it is known, a tag above it stands at the end of what was typed.
    let words = format!("Приехали.\nЗаменили барабан. [готово]\n{SIGNATURE}");
    let (olga, letters) = replied(&mut desk, 6, "", &words);
    let read = text_to(&letters, &olga);
    assert!(read.contains("Заменили барабан.") && !read.contains("готово]") && !read.contains("900"), "{read}");
    assert!(desk.last_disposition().2.contains("carried out: done"));
}

#[test]
fn the_same_words_for_one_request_are_no_signature() {
    let mut desk = TestDesk::two_desks("0s");
    let olga = "olga@client.example";
    let (_, notification) = desk.ask("support", olga, "Printer", "It does not print.");
    for round in 0..4 {
        desk.skip(7_200);
        let letters = desk.answers("ivanov", &notification, "", &format!("Шаг {round}.\n\n{SIGNATURE}"));
        assert!(text_to(&letters, olga).contains("Инженер поддержки"), "{round}");
    }
}

#[test]
fn a_signature_is_never_all_words_of_an_unmarked_message() {
    let mut desk = TestDesk::two_desks("0s");
    for who in 0..3 {
        replied(&mut desk, who, "", &format!("Заменили.\n\n{SIGNATURE}"));
    }
    let (olga, letters) = replied(&mut desk, 3, "", SIGNATURE);
    assert!(letters.iter().all(|letter| letter.rcpt != olga));
    let asked = letters.iter().find(|letter| desk.kind_of(letter) == "explanation").unwrap();
    let text = asked.read().text;
    assert!(text.contains("осталось только «Иван Иванов Инженер поддержки") && text.contains("«да»"), "{text}");
    let sent = desk.answers("ivanov", asked, "", "Да");
    assert!(text_to(&sent, &olga).contains("Инженер поддержки"));
}
