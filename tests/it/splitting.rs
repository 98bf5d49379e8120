//! A second matter in an old thread becomes a request of its own.

use crate::support::{IVANOV, OLGA, SentLetter, TestDesk, recipients, text_to, to};

/// A request that waits for its requester, and the notification of another matter that she wrote there.
fn second_matter(tag: &str) -> (TestDesk, SentLetter) {
    let mut desk = TestDesk::two_desks("0s");
    let (_, notification) = desk.ask("support", OLGA, "Printer", "The printer prints nothing.");
    let letters = desk.answers("ivanov", &notification, tag, "Which model is it?");
    desk.later(3_600);
    let other = desk.reply(OLGA, &to(&letters, OLGA), "", "By the way: the scanner is dead, too.");
    let told = to(&desk.send(&other.file("scan.txt", "text/plain", b"dead")), IVANOV);
    (desk, told)
}

#[test]
fn a_split_message_becomes_a_request_and_the_old_one_is_as_it_was_before() {
    for tag in ["[split]", "[разделить]"] {
        let (mut desk, told) = second_matter("[need info]");
        assert_eq!(desk.status("OTK-1"), "in_work");
        let letters = desk.answers("ivanov", &told, tag, "We send you a new scanner.");
        assert_eq!(recipients(&letters), [IVANOV, OLGA], "{}", desk.last_disposition().2);
        assert_eq!(desk.stands("OTK-1"), "need_info, ivanov");
        assert_eq!(desk.stands("OTK-2"), "in_work, ivanov");
        let text = text_to(&letters, OLGA);
        assert!(text.contains("a new scanner") && text.contains("OTK-2") && text.contains("OTK-1"), "{text}");
        let receipt = text_to(&letters, IVANOV);
        assert!(receipt.contains("OTK-1") && receipt.contains("OTK-2"), "{receipt}");
        let [old, new] = ["OTK-1", "OTK-2"].map(|number| desk.text(&["show", number]));
        assert!(new.contains("the scanner is dead") && !old.contains("the scanner is dead"), "{old}\n{new}");
        let answer = desk.reply(OLGA, &to(&letters, OLGA), "", "Thank you, I wait.");
        desk.send(&answer);
        assert_eq!(desk.last_disposition().1, "OTK-2");
        desk.verify();
    }
}

#[test]
fn the_timers_of_a_solved_request_go_on() {
    let (mut desk, told) = second_matter("[done]");
    let before = "SELECT answered_at FROM request WHERE number = 1";
    assert_eq!(desk.status("OTK-1"), "in_work");
    desk.answers("ivanov", &told, "[split]", "");
    assert_eq!(desk.status("OTK-1"), "done");
    assert!(desk.unix() - desk.number(before) > 3_000, "since the answer, not since the splitting");
    assert_eq!(desk.stands("OTK-2"), "new, ivanov");
    desk.verify();
}

#[test]
fn what_opened_a_request_cannot_be_split_off() {
    let mut desk = TestDesk::two_desks("0s");
    let (_, notification) = desk.ask("support", OLGA, "Printer", "The printer prints nothing.");
    let letters = desk.answers("ivanov", &notification, "[split]", "Which model is it?");
    assert_eq!(recipients(&letters), [IVANOV]);
    assert!(text_to(&letters, IVANOV).contains("[разделить]"), "{}", text_to(&letters, IVANOV));
    desk.verify();
}
