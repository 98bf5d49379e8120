//! An answer that goes to the requesters of other requests, too: whoever says yes to it has read so.

use crate::support::{IVANOV, TestDesk, recipients, to};

const OLGA: &str = "olga@client.example";
const OLEG: &str = "oleg@other.example";

#[test]
fn a_yes_to_what_was_kept_or_is_unproven_has_named_the_other_requesters() {
    let mut desk = TestDesk::two_desks("0s");
    let (_, notification) = desk.ask("support", OLGA, "Printer", "It does not print.");
    let (_, second) = desk.ask("support", OLEG, "Printer again", "It does not print.");
    desk.answers("ivanov", &second, "[duplicate OTK-1]", "");
    desk.skip(7_200);
    // Given back, because a button is named.
    let back = to(&desk.answers("ivanov", &notification, "[done]", "Press [Close] and wait."), IVANOV);
    let read = back.read().text;
    assert!(read.contains("заявители других запросов") && read.contains("OTK-2"), "{read}");
    let sent = desk.answers("ivanov", &back, "", "да");
    assert_eq!(recipients(&sent), [IVANOV, OLEG, OLGA], "with a receipt: {:?}", desk.last_disposition());
}

#[test]
fn so_has_a_yes_to_a_message_without_proof() {
    let mut desk = TestDesk::two_desks("0s");
    desk.ask("support", OLGA, "Printer", "It does not print.");
    let (_, second) = desk.ask("support", OLEG, "Printer again", "It does not print.");
    desk.answers("ivanov", &second, "[duplicate OTK-1]", "");
    let claimed = desk.message(IVANOV, "[OTK-1] [done] Printer", "Replaced the drum.");
    let question = to(&desk.send(&claimed), IVANOV);
    let read = question.read().text;
    assert!(read.contains("заявители других запросов") && read.contains("OTK-2"), "{read}");
    let sent = desk.answers("ivanov", &question, "", "да");
    assert!(recipients(&sent).contains(&OLEG) && recipients(&sent).contains(&OLGA), "{:?}", desk.last_disposition());
}
