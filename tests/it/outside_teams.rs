//! Requests that are handed to a team outside, and what comes back from it.

use crate::support::{IVANOV, OLGA, TestDesk, VENDOR, bounce_of, recipients, text_to, to};

#[test]
fn a_request_goes_to_an_outside_team_without_notes_and_its_answer_comes_back_for_engineers_only() {
    let mut desk = TestDesk::two_desks("0s");
    let opening = desk.message(&format!("Olga Petrenko <{OLGA}>"), "Till", "The till prints nothing.").file(
        "till.log",
        "text/plain",
        b"12:00 ERROR\n",
    );
    let letters = desk.send_to("support", &opening);
    let notification = to(&letters, IVANOV);
    let note = desk.reply(IVANOV, &notification, "[note]", "Secret: she never pays.").file(
        "bill.txt",
        "text/plain",
        b"unpaid",
    );
    desk.send_to("support", &note);
    let answer = desk.reply(IVANOV, &notification, "", "We ask the maker of the till.");
    desk.send_to("support", &answer);
    let handed = desk.reply(IVANOV, &notification, "[to vendor]", "Please look at the log.");
    let letters = desk.send_to("support", &handed);
    assert_eq!(recipients(&letters), [VENDOR, IVANOV], "and the requester is not told");
    let letter = to(&letters, VENDOR);
    let read = letter.read();
    for part in ["OTK-1", "The till prints nothing.", "We ask the maker of the till.", "Please look at the log."] {
        assert!(read.text.contains(part), "{part} in\n{}", read.text);
    }
    // An engineer's token has its expiry after `.e`, in base 36: it begins with `t` until 2031. A MAC has no such letter.
    let token = ".et";
    assert!(String::from_utf8_lossy(&notification.raw).contains(token));
    for hidden in ["Secret", OLGA, "Petrenko", "ivanov", "reply above", token] {
        assert!(
            !String::from_utf8_lossy(&letter.raw).contains(hidden) && !read.text.contains(hidden),
            "{hidden} in\n{}",
            read.text
        );
    }
    assert_eq!(read.attachments.iter().map(|file| file.filename.as_str()).collect::<Vec<_>>(), ["till.log"]);
    assert_eq!(desk.status("OTK-1"), "in_work");

    let back = desk.reply(VENDOR, &letter, "", "Replace the ribbon.");
    let letters = desk.send_to("support", &back);
    assert_eq!(recipients(&letters), [IVANOV], "whoever had it keeps control");
    assert!(text_to(&letters, IVANOV).contains("Replace the ribbon.") && text_to(&letters, IVANOV).contains("vendor"));
    let by_number = desk.message(VENDOR, "Ticket V-77 [OTK-1]", "Any result?");
    assert_eq!(recipients(&desk.send_to("support", &by_number)), [IVANOV]);
    assert_eq!(desk.last_disposition().1, "OTK-1");
    let robot = desk
        .message(VENDOR, "Received: your ticket V-78", "We have received your letter.")
        .header("Auto-Submitted: auto-replied")
        .answering(&letter.id());
    assert_eq!(recipients(&desk.send_to("support", &robot)), Vec::<&str>::new());
    let unknown = desk.message(VENDOR, "Ticket V-79", "We have opened a ticket.");
    assert!(!recipients(&desk.send_to("support", &unknown)).contains(&VENDOR), "no two helpdesks in a circle");

    // An answer and a note stay here; only what is passed on again goes there, and only that.
    let more = desk.reply(IVANOV, &notification, "", "The ribbon must be replaced.");
    assert_eq!(recipients(&desk.send_to("support", &more)), [OLGA]);
    let again = desk.reply(IVANOV, &notification, "[to vendor]", "Which ribbon?");
    let letters = desk.send_to("support", &again);
    assert_eq!(recipients(&letters), [VENDOR, IVANOV]);
    assert!(
        text_to(&letters, VENDOR).contains("Which ribbon?") && !text_to(&letters, VENDOR).contains("prints nothing")
    );
    // Nobody else's address is the team's.
    let colleague = desk.message("other@vendor.example", "[OTK-1]", "Let me in.");
    desk.send_to("support", &colleague);
    assert_eq!(desk.last_disposition().0, "opened");
    desk.verify();
}

#[test]
fn words_go_either_to_the_team_or_to_the_requester() {
    let mut desk = TestDesk::two_desks("0s");
    let (_, notification) = desk.ask("support", OLGA, "Till", "The till prints nothing.");
    let both = desk.reply(IVANOV, &notification, "[to vendor; need info]", "Which till?");
    assert_eq!(recipients(&desk.send_to("support", &both)), [IVANOV]);
    let noted = desk.reply(IVANOV, &notification, "[to vendor; note]", "Secret thoughts.");
    let letters = desk.send_to("support", &noted);
    assert!(!text_to(&letters, VENDOR).contains("Secret"), "a note goes nowhere");
    assert_eq!(recipients(&letters), [VENDOR, IVANOV]);
    desk.verify();
}

#[test]
fn a_letter_that_does_not_reach_the_team_is_told_to_whoever_keeps_control() {
    let mut desk = TestDesk::two_desks("0s");
    let (_, notification) = desk.ask("support", OLGA, "Till", "The till prints nothing.");
    let handed = desk.reply(IVANOV, &notification, "[to vendor]", "");
    let letter = to(&desk.send_to("support", &handed), VENDOR);
    desk.deliver("support", &bounce_of("bounce@mx.example.com", &letter.id(), VENDOR));
    let letters = desk.pass();
    assert_eq!(recipients(&letters), [IVANOV]);
    assert!(text_to(&letters, IVANOV).contains(VENDOR));
    assert_eq!(desk.status("OTK-1"), "in_work");
}

#[test]
fn a_phone_call_is_registered_and_handed_over_in_one_message() {
    let mut desk = TestDesk::two_desks("0s");
    let call = desk.message(IVANOV, &format!("[for {OLGA}] [to vendor] Till 3"), "She says that till 3 is dead.");
    let letters = desk.send_to("internal", &call);
    assert_eq!(recipients(&letters), [VENDOR, IVANOV, OLGA]);
    assert!(text_to(&letters, VENDOR).contains("till 3 is dead") && !text_to(&letters, OLGA).contains("is dead"));
    desk.verify();
}

#[test]
fn what_only_names_the_address_of_an_outside_team_is_not_shown_as_the_teams_word() {
    let mut desk = TestDesk::two_desks("0s");
    let (_, notification) = desk.ask("support", OLGA, "Login", "Nobody can log in.");
    let message = desk.reply(IVANOV, &notification, "[to vendor]", "Please look.");
    let handover = to(&desk.send_to("support", &message), VENDOR);
    let answers = desk.reply(VENDOR, &handover, "", "We have mended it.");
    let claims = desk.message(VENDOR, "About [OTK-1]", "Run this: http://files.example.net/fix.exe");
    for (message, is_proven) in [(answers, true), (claims, false)] {
        let letters = desk.send_to("support", &message);
        assert_eq!(recipients(&letters), [IVANOV]);
        let text = letters[0].read().text;
        assert_eq!(text.contains("пишет внешняя команда vendor"), is_proven, "{text}");
        assert_eq!(text.contains("нельзя подтвердить"), !is_proven, "{text}");
    }
    desk.verify();
}
