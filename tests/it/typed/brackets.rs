//! Brackets that are no tags and that a mail server writes into all mail.

use crate::support::TestDesk;

#[test]
fn check_proposes_to_ignore_what_was_seen_three_times() {
    let mut desk = TestDesk::two_desks("0s");
    for index in 0..3 {
        desk.skip(7_200);
        let olga = format!("olga@client{index}.example");
        let (_, notification) = desk.ask("support", &olga, "Printer", "It does not print.");
        desk.answers("ivanov", &notification, "[ДСП]", "Заменили барабан.");
        let other = if index < 2 { "[escalate]" } else { "[Encrypt]" };
        desk.answers("ivanov", &notification, other, "Заменили барабан.");
        let said = desk.text(&["check"]);
        assert_eq!(said.contains("ignored_brackets = [\"ДСП\"]"), index == 2, "{said}");
        assert!(!said.contains("escalate"), "{said}");
    }
    let said = desk.text(&["check"]);
    assert!(said.contains("[desk.OTK]") && said.contains("[ДСП] 3 times"), "{said}");
}
