//! What was held and confirmed around the lost time.

use super::*;

/// The question stood in the copy, the engineer's yes came later, and what they had written went to the customer.
#[test]
fn what_was_held_and_confirmed_in_the_lost_time_goes_out_once() {
    let mut desk = desk_with("");
    desk.comes(&Message::to_support("ann@client.example", ANN, "The printer jams"));
    let notification = desk.letter_to(IVANOV);
    let unproven = Message::new("held@example.org", IVANOV, "[OTK-1] [done]").header("To: support@example.org");
    desk.comes(&unproven.text("A new driver."));
    let question = desk.letter_to(IVANOV);
    assert_ne!(question.id(), notification.id(), "they are asked");
    let copy = desk.backup("copy.db");
    desk.comes(&Message::reply("yes@example.org", IVANOV, &question, "", "Yes"));
    assert_eq!(desk.count(ANN), 2, "acknowledged and answered");
    desk.lose();
    desk.restore(&copy);
    desk.resync();
    assert_eq!(desk.count(ANN), 2, "and not again");
}

/// Held in the lost time, asked about anew after it, confirmed now: nobody has sent it yet.
#[test]
fn what_was_held_in_the_lost_time_and_is_confirmed_after_it_goes_out() {
    let mut desk = desk_with("");
    desk.comes(&Message::to_support("ann@client.example", ANN, "The printer jams"));
    let copy = desk.backup("copy.db");
    let unproven = Message::new("held@example.org", IVANOV, "[OTK-1] [done]").header("To: support@example.org");
    desk.comes(&unproven.text("A new driver."));
    desk.lose();
    desk.restore(&copy);
    desk.resync();
    assert_eq!(desk.count(ANN), 1);
    let question = desk.letter_to(IVANOV);
    desk.comes(&Message::reply("yes@example.org", IVANOV, &question, "", "Yes"));
    assert_eq!(desk.count(ANN), 2, "the answer reaches her");
    desk.verify();
}

/// Asked, and answered with yes, all in the lost time.
#[test]
fn what_was_held_and_confirmed_all_in_the_lost_time_goes_out_once_and_nobody_is_asked_again() {
    let mut desk = desk_with("");
    desk.comes(&Message::to_support("ann@client.example", ANN, "The printer jams"));
    let copy = desk.backup("copy.db");
    let unproven = Message::new("held@example.org", IVANOV, "[OTK-1] [done]").header("To: support@example.org");
    desk.comes(&unproven.text("A new driver."));
    let question = desk.letter_to(IVANOV);
    desk.comes(&Message::reply("yes@example.org", IVANOV, &question, "", "Yes"));
    let sent = (desk.count(ANN), desk.sent_letters().len());
    assert_eq!(sent.0, 2);
    desk.lose();
    desk.restore(&copy);
    desk.resync();
    let request = desk.request("OTK-1");
    assert_eq!(request.standing.phase.as_ref(), "completed");
    assert_eq!(desk.count_files(), sent.1, "nobody is written to again");
}
