//! Requests that lead to others: to another desk, to the one that is the same, to a problem, to a release, to a team outside.
//! Every story goes through the whole daemon in this process, between two desks.
#![allow(clippy::unwrap_used, reason = "helpers of tests fail as tests do")]

mod support;

use maildesk::flow::{self, ReleaseNews};
use maildesk::model::{Ask, DeskKey, Place, Release, RequestNumber, Version};
use support::{BOOKER, Counter, FIRST, Message, SECOND, SentLetter, VENDOR, bounce_of, recipients, to};

const OLGA: &str = "olga@client.example";
const PAVEL: &str = "pavel@factory.example";
const MARIA: &str = "maria@shop.example";

fn text(letters: &[SentLetter], recipient: &str) -> String {
    to(letters, recipient).read().text
}

// ---- Another desk

#[tokio::test]
async fn a_request_moved_to_another_desk_gets_a_number_there_and_its_requester_one_letter() {
    let mut desk = Counter::open("0s");
    desk.ask("booking", PAVEL, "Something else", "Good day.").await;
    let opening = desk.message(OLGA, "Ticket is wrong [kind incident]", "The ticket shows the wrong day.").file(
        "ticket.png",
        "image/png",
        b"\x89PNG\r\n\x1a\nnot a picture",
    );
    let letters = desk.send("support", &opening).await;
    let moved = desk.reply(FIRST, &to(&letters, FIRST), "[desk trv; priority high]", "");
    let letters = desk.send("support", &moved).await;
    assert_eq!(recipients(&letters), [FIRST, OLGA, BOOKER]);

    let (old, new) = (desk.request("OTK-1"), desk.request("TRV-2"));
    assert_eq!(old.standing.status.to_string(), "transferred");
    assert_eq!(old.progress.moved_to.as_ref().map(ToString::to_string).as_deref(), Some("TRV-2"));
    assert_eq!(
        (new.subject, new.participants, new.kind, new.priority),
        (old.subject, old.participants, old.kind, old.priority)
    );
    assert_eq!(new.linked, [old.number]);

    let told = to(&letters, OLGA).read();
    assert!(told.text.contains("TRV-2") && told.subject_raw.starts_with("[OTK-1]"), "{}", told.text);
    let notified = to(&letters, BOOKER).read();
    assert!(
        notified.text.contains("The ticket shows the wrong day.") && notified.text.contains("OTK-1"),
        "{}",
        notified.text
    );
    assert!(notified.subject_raw.starts_with("[TRV-2]"), "{}", notified.subject_raw);
    assert_eq!(notified.attachments.iter().map(|file| file.filename.as_str()).collect::<Vec<_>>(), ["ticket.png"]);
    assert!(text(&letters, FIRST).contains("TRV-2"));
    desk.verify();
}

#[tokio::test]
async fn words_beside_a_move_go_to_the_requester_in_the_same_letter_and_a_note_only_to_the_other_desk() {
    let mut desk = Counter::open("0s");
    let (_, notification) = desk.ask("support", OLGA, "Ticket", "TagErrors day.").await;
    let moved = desk.reply(FIRST, &notification, "[desk trv]", "My colleagues will help you.");
    let letters = desk.send("support", &moved).await;
    assert_eq!(recipients(&letters), [FIRST, OLGA, BOOKER], "one letter each");
    let told = text(&letters, OLGA);
    assert!(told.starts_with("My colleagues will help you.") && told.contains("TRV-1"), "{told}");

    let (_, notification) = desk.ask("support", PAVEL, "Hotel", "No hotel.").await;
    let moved = desk.reply(FIRST, &notification, "[desk trv; note]", "He is angry already.");
    let letters = desk.send("support", &moved).await;
    assert!(!text(&letters, PAVEL).contains("angry") && text(&letters, BOOKER).contains("He is angry already."));
    desk.verify();
}

#[tokio::test]
async fn the_old_number_and_the_old_thread_lead_to_the_new_request() {
    let mut desk = Counter::open("0s");
    let (acknowledgement, notification) = desk.ask("support", OLGA, "Ticket", "TagErrors day.").await;
    let moved = desk.reply(FIRST, &notification, "[desk trv]", "");
    let told = to(&desk.send("support", &moved).await, OLGA);

    let by_thread = desk.reply(OLGA, &acknowledgement, "", "It is Friday.");
    let letters = desk.send("support", &by_thread).await;
    assert_eq!(recipients(&letters), [BOOKER]);
    assert_eq!((desk.last_disposition().0.as_str(), desk.last_disposition().1.as_str()), ("appended", "TRV-1"));
    assert!(text(&letters, BOOKER).contains("TagErrors day."), "how it began is known at the new desk");
    assert!(desk.request("TRV-1").participants[0].proven, "a signed thread proves there what it proves here");

    let by_number = desk.message(OLGA, "About [OTK-1]", "And the seat, please.");
    assert_eq!(recipients(&desk.send("support", &by_number).await), [BOOKER]);
    let by_last_letter = desk.reply(OLGA, &told, "", "не решено");
    assert_eq!(recipients(&desk.send("support", &by_last_letter).await), [BOOKER]);
    assert_eq!(desk.last_disposition().1, "TRV-1");
    assert_eq!(desk.status("OTK-1"), "transferred");

    // A stranger who knows the number gets a request of his own, and learns nothing.
    let stranger = desk.message(PAVEL, "[OTK-1] and me?", "What is it about?");
    let letters = desk.send("support", &stranger).await;
    assert_eq!(recipients(&letters), [FIRST, PAVEL]);
    assert_eq!(desk.last_disposition().1, "OTK-2");
    assert!(!text(&letters, PAVEL).contains("TRV-1"));
    desk.verify();
}

#[tokio::test]
async fn an_engineer_of_the_old_desk_is_told_where_the_request_is_and_one_of_both_steers_it_there() {
    let mut desk = Counter::open("0s");
    let (_, notification) = desk.ask("support", OLGA, "Ticket", "TagErrors day.").await;
    let moved = desk.reply(FIRST, &notification, "[desk trv]", "");
    desk.send("support", &moved).await;
    for (subject, words) in
        [("", "I forgot to say something."), ("[done]", "Done."), ("[note]", "A note."), ("[undo]", "")]
    {
        let late = desk.reply(FIRST, &notification, subject, words);
        let letters = desk.send("support", &late).await;
        assert_eq!(recipients(&letters), [FIRST], "{subject}");
        assert!(text(&letters, FIRST).contains("TRV-1"), "{subject}");
        assert_eq!(desk.status("TRV-1"), "new", "{subject}");
    }
    let by_number = desk.message(FIRST, "[OTK-1] [done]", "Done.");
    assert_eq!(recipients(&desk.send("internal", &by_number).await), [FIRST], "he does not work there");
    let by_number = desk.message("orlova@example.org", "[OTK-1] [done]", "All is well.");
    let letters = desk.send("internal", &by_number).await;
    assert_eq!(
        (desk.last_disposition().1.as_str(), desk.status("TRV-1").as_str()),
        ("TRV-1", "done"),
        "{:?}",
        desk.last_disposition()
    );
    assert!(text(&letters, OLGA).starts_with("All is well."));
    desk.verify();
}

#[tokio::test]
async fn a_request_can_be_passed_back_and_every_old_number_leads_to_the_last() {
    let mut desk = Counter::open("0s");
    let (acknowledgement, notification) = desk.ask("support", OLGA, "Ticket", "TagErrors day.").await;
    let moved = desk.reply(FIRST, &notification, "[desk trv]", "");
    let letters = desk.send("support", &moved).await;
    let back = desk.reply(BOOKER, &to(&letters, BOOKER), "[desk otk]", "");
    let letters = desk.send("booking", &back).await;
    assert_eq!(recipients(&letters), [FIRST, OLGA, BOOKER]);
    assert!(text(&letters, FIRST).contains("TagErrors day."), "{}", text(&letters, FIRST));
    let more = desk.reply(OLGA, &acknowledgement, "", "Any news?");
    assert_eq!(recipients(&desk.send("support", &more).await), [FIRST]);
    assert_eq!(desk.last_disposition().1, "OTK-2");
    desk.verify();
}

// ---- The same, and problems

/// Requests of Olga, Pavel and Maria, with Ivanov's notifications.
async fn three(desk: &mut Counter) -> [SentLetter; 3] {
    let (_, one) = desk.ask("support", OLGA, "Cannot log in", "Olga cannot log in.").await;
    let (_, two) = desk.ask("support", PAVEL, "No access", "Pavel has no access.").await;
    let (_, three) = desk.ask("support", MARIA, "Login", "Maria cannot log in either.").await;
    [one, two, three]
}

#[tokio::test]
async fn a_problem_answered_answers_its_incidents_and_their_duplicates_once_each_in_their_own_threads() {
    let mut desk = Counter::open("0s");
    let [one, two, three] = three(&mut desk).await;
    for (letter, tags) in
        [(&one, "[kind problem]"), (&two, "[link OTK-1; assign petrova]"), (&three, "[duplicate OTK-2]")]
    {
        let tagged = desk.reply(FIRST, letter, tags, "");
        desk.send("support", &tagged).await;
    }
    assert_eq!(desk.status("OTK-3"), "duplicate");
    let note = desk.reply(FIRST, &one, "[note]", "The secret cause is a worn disk.");
    desk.send("support", &note).await;
    let done = desk.reply(FIRST, &one, "[done]", "The login works again.");
    let letters = desk.send("support", &done).await;
    assert_eq!(recipients(&letters), [FIRST, MARIA, OLGA, PAVEL, SECOND], "each once, and who works on an incident");
    for (number, recipient) in [("OTK-1", OLGA), ("OTK-2", PAVEL), ("OTK-3", MARIA)] {
        assert_eq!(desk.status(number), "done");
        let read = to(&letters, recipient).read();
        assert!(read.text.starts_with("The login works again."), "{}", read.text);
        assert!(
            read.subject_raw.starts_with(&format!("[{number}]")) && read.text.contains(&format!("{number}%20confirm")),
            "{}",
            read.text
        );
        for other in ["OTK-1", "OTK-2", "OTK-3"].iter().filter(|other| **other != number) {
            assert!(!read.text.contains(other), "{recipient} reads {other}");
        }
        for foreign in ["secret", OLGA, PAVEL, MARIA].iter().filter(|foreign| **foreign != recipient) {
            assert!(!read.text.contains(foreign), "{recipient} reads {foreign}");
        }
    }
    assert!(text(&letters, FIRST).contains(": 2."), "{}", text(&letters, FIRST));

    // The same message again, under another UID: nobody is told twice.
    assert_eq!(recipients(&desk.send("support", &done).await), Vec::<&str>::new());
    assert_eq!(desk.last_disposition().0, "duplicate");
    // Done once more, or closed: they have their answer.
    let again = desk.reply(FIRST, &one, "[close]", "");
    assert_eq!(recipients(&desk.send("support", &again).await), [FIRST, OLGA]);
    desk.verify();
}

#[tokio::test]
async fn whoever_only_quotes_the_number_of_a_problem_is_never_answered_with_it() {
    let mut desk = Counter::open("0s");
    let (_, one) = desk.ask("support", OLGA, "Cannot log in", "Olga cannot log in.").await;
    let tagged = desk.reply(FIRST, &one, "[kind problem]", "");
    desk.send("support", &tagged).await;
    let stranger = desk.message(PAVEL, "[OTK-1] what was it?", "Tell me too.");
    desk.send("support", &stranger).await;
    assert_eq!(desk.request("OTK-2").linked.len(), 1, "linked inside");
    let done = desk.reply(FIRST, &one, "[done]", "It was the password of Olga.");
    assert_eq!(recipients(&desk.send("support", &done).await), [FIRST, OLGA]);
    assert_eq!(desk.status("OTK-2"), "new");
}

#[tokio::test]
async fn of_very_many_duplicates_five_hundred_are_answered_at_a_time() {
    let mut desk = Counter::open("0s");
    let (_, one) = desk.ask("support", OLGA, "Everything is down", "Nothing works.").await;
    for index in 0..502 {
        let message = desk.message(&format!("customer{index}@factory.example"), "Down", "It is down.");
        desk.office.deliver("support", &message.header("To: support@example.org").raw());
    }
    desk.pass().await;
    let context = desk.office.own_context();
    for number in desk.office.reader().view().request_numbers().unwrap().into_iter().skip(1) {
        let asks = vec![Ask::Duplicate(RequestNumber::parse("OTK-1").unwrap())];
        flow::set(&context, &number, asks).await.unwrap();
    }
    drop(context);
    desk.pass().await;
    for (count, left) in [(500, 2), (2, 0)] {
        let done = desk.reply(FIRST, &one, "[done]", "It is up again.");
        let letters = desk.send("support", &done).await;
        let answered = letters.iter().filter(|letter| letter.rcpt.starts_with("customer")).count();
        assert_eq!(answered, count, "{:?}", desk.last_disposition());
        let waiting = desk.office.reader().view().request_numbers().unwrap();
        let waiting = waiting.iter().filter(|number| desk.status(&number.to_string()) == "duplicate").count();
        assert_eq!(waiting, left);
    }
    desk.verify();
}

#[tokio::test]
async fn undo_within_the_grace_takes_the_answer_of_a_problem_back_everywhere() {
    let mut desk = Counter::open("10m");
    let [one, two, three] = three(&mut desk).await;
    for (letter, tags) in [(&one, "[kind problem]"), (&two, "[link OTK-1]"), (&three, "[link OTK-1]")] {
        let tagged = desk.reply(FIRST, letter, tags, "");
        desk.send("support", &tagged).await;
    }
    let done = desk.reply(FIRST, &one, "[done]", "TagErrors words.");
    let letters = desk.send("support", &done).await;
    assert_eq!(recipients(&letters), [FIRST], "the others wait");
    let undo = desk.reply(FIRST, &to(&letters, FIRST), "[undo]", "");
    assert_eq!(recipients(&desk.send("support", &undo).await), [FIRST]);
    assert_eq!(["OTK-1", "OTK-2", "OTK-3"].map(|number| desk.status(number)), ["new", "new", "new"]);
    assert_eq!(recipients(&desk.an_hour_later().await), Vec::<&str>::new());

    // After the grace everybody is corrected, but for what was changed since.
    let done = desk.reply(FIRST, &one, "[done]", "TagErrors again.");
    let receipt = to(&desk.send("support", &done).await, FIRST);
    let letters = desk.an_hour_later().await;
    assert_eq!(recipients(&letters), [MARIA, OLGA, PAVEL]);
    let disagrees = desk.reply(PAVEL, &to(&letters, PAVEL), "", "не решено");
    desk.send("support", &disagrees).await;
    let undo = desk.reply(FIRST, &receipt, "[undo]", "");
    assert_eq!(recipients(&desk.send("support", &undo).await), [FIRST, MARIA, OLGA]);
    assert_eq!(["OTK-1", "OTK-2", "OTK-3"].map(|number| desk.status(number)), ["new", "in_work", "new"]);
    desk.verify();
}

#[tokio::test]
async fn a_reply_to_a_duplicate_goes_to_its_survivor_where_that_is_the_writers_own() {
    let mut desk = Counter::open("0s");
    desk.ask("support", OLGA, "Cannot log in", "Olga cannot log in.").await;
    let (acknowledgement, second) = desk.ask("support", OLGA, "Login again", "Still not.").await;
    let duplicate = desk.reply(FIRST, &second, "[duplicate OTK-1]", "");
    desk.send("support", &duplicate).await;
    let more = desk.reply(OLGA, &acknowledgement, "", "Now it says error 5.");
    let letters = desk.send("support", &more).await;
    assert_eq!(recipients(&letters), [FIRST]);
    assert_eq!((desk.last_disposition().1.as_str(), desk.status("OTK-2").as_str()), ("OTK-1", "duplicate"));
    // Its answer is the duplicate's too: she is not told twice.
    let done = desk.reply(FIRST, &to(&letters, FIRST), "[done]", "Works again.");
    assert_eq!(recipients(&desk.send("support", &done).await), [FIRST, OLGA]);
    desk.verify();
}

#[tokio::test]
async fn a_reply_to_another_customers_duplicate_stays_there_and_the_survivors_engineers_learn_it() {
    let mut desk = Counter::open("0s");
    let (_, first) = desk.ask("support", OLGA, "Cannot log in", "Olga cannot log in.").await;
    let (acknowledgement, second) = desk.ask("support", PAVEL, "No access", "Pavel has no access.").await;
    for (letter, tags) in [(&first, "[assign petrova]"), (&second, "[duplicate OTK-1]")] {
        let tagged = desk.reply(FIRST, letter, tags, "");
        desk.send("support", &tagged).await;
    }
    let more = desk.reply(PAVEL, &acknowledgement, "", "It says error 5.");
    let letters = desk.send("support", &more).await;
    assert_eq!(recipients(&letters), [FIRST, SECOND], "whose duplicate it is, and who works on the matter");
    assert_eq!((desk.last_disposition().1.as_str(), desk.status("OTK-2").as_str()), ("OTK-2", "duplicate"));
    // What she answers to that goes to him alone.
    let answer = desk.reply(SECOND, &to(&letters, SECOND), "", "Thank you, Pavel.");
    let letters = desk.send("support", &answer).await;
    assert!(
        recipients(&letters).contains(&PAVEL) && !recipients(&letters).contains(&OLGA),
        "{:?}",
        recipients(&letters)
    );
    desk.verify();
}

// ---- Releases

#[tokio::test]
async fn a_release_tells_every_waiting_requester_once() {
    let mut desk = Counter::open("0s");
    let [one, two, _] = three(&mut desk).await;
    let planned = desk.reply(FIRST, &one, "[release 2.4.17 2026-12-01]", "");
    let letters = desk.send("support", &planned).await;
    assert!(
        text(&letters, OLGA).contains("2.4.17") && text(&letters, OLGA).contains("1 December 2026"),
        "{}",
        text(&letters, OLGA)
    );
    let planned = desk.reply(FIRST, &two, "[release 2.4.17 2026-12-01]", "");
    desk.send("support", &planned).await;

    let out = desk.message(FIRST, "[released 2.4.17]", "");
    let letters = desk.send("internal", &out).await;
    assert_eq!(recipients(&letters), [FIRST, OLGA, PAVEL]);
    assert!(
        text(&letters, OLGA).contains("2.4.17") && text(&letters, OLGA).contains("OTK-1"),
        "{}",
        text(&letters, OLGA)
    );
    assert!(text(&letters, FIRST).contains(": 2."), "{}", text(&letters, FIRST));
    assert_eq!(["OTK-1", "OTK-2", "OTK-3"].map(|number| desk.status(number)), ["done", "done", "new"]);

    let again = desk.message(FIRST, "[released 2.4.17]", "");
    let letters = desk.send("internal", &again).await;
    assert_eq!(recipients(&letters), [FIRST], "nobody waits any more");
    // Whoever is no engineer releases nothing.
    let forged = desk.message(PAVEL, "[released 2.4.17]", "");
    desk.send("support", &forged).await;
    assert_eq!((desk.last_disposition().0.as_str(), desk.status("OTK-3").as_str()), ("opened", "new"));
    desk.verify();
}

#[tokio::test]
async fn a_release_taken_back_within_the_grace_is_never_heard_of() {
    let mut desk = Counter::open("10m");
    let [one, two, _] = three(&mut desk).await;
    for letter in [&one, &two] {
        let planned = desk.reply(FIRST, letter, "[release 2.4.17]", "");
        desk.send("support", &planned).await;
    }
    let out = desk.message(FIRST, "[released 2.4.17]", "");
    let receipt = to(&desk.send("internal", &out).await, FIRST);
    let undo = desk.reply(FIRST, &receipt, "[undo]", "");
    assert_eq!(recipients(&desk.send("support", &undo).await), [FIRST]);
    assert_eq!(["OTK-1", "OTK-2"].map(|number| desk.status(number)), ["planned", "planned"]);
    assert_eq!(recipients(&desk.an_hour_later().await), Vec::<&str>::new());
    let undo = desk.reply(FIRST, &receipt, "[undo]", "");
    assert_eq!(recipients(&desk.send("support", &undo).await), [FIRST], "nothing is left to take back");
    assert_eq!(desk.status("OTK-1"), "planned");
    desk.verify();
}

#[tokio::test]
async fn the_command_line_announces_a_new_day_and_a_release_and_nobody_hears_either_twice() {
    let mut desk = Counter::open("0s");
    let [one, two, three] = three(&mut desk).await;
    for (letter, tags) in
        [(&one, "[release 2.4.17 2026-12-01]"), (&two, "[release 2.4.17 2026-12-20]"), (&three, "[duplicate OTK-1]")]
    {
        let planned = desk.reply(FIRST, letter, tags, "");
        desk.send("support", &planned).await;
    }
    let version = Version::parse("2.4.17").unwrap();
    let date = Some(jiff::civil::date(2026, 12, 20));
    let listed = desk.office.reader().view().releases(None).unwrap();
    assert_eq!(listed.iter().map(|row| row.waiting).collect::<Vec<_>>(), [1, 1]);
    for (announcement, told) in [
        (ReleaseNews::On(Release { version: version.clone(), date }), vec![OLGA]),
        (ReleaseNews::On(Release { version: version.clone(), date }), vec![]),
        (ReleaseNews::Out(version.clone()), vec![MARIA, OLGA, PAVEL]),
        (ReleaseNews::Out(version.clone()), vec![]),
    ] {
        let context = desk.office.own_context();
        let announced = flow::release(&context, None, announcement.clone()).await.unwrap();
        drop(context);
        let letters = desk.pass().await;
        assert_eq!(recipients(&letters), told, "{announcement:?}");
        assert_eq!(announced.letters, told.len() as u64);
    }
    assert_eq!(["OTK-1", "OTK-2", "OTK-3"].map(|number| desk.status(number)), ["done", "done", "done"]);
    desk.verify();
}

// ---- Teams outside

#[tokio::test]
async fn a_request_goes_to_an_outside_team_without_notes_and_its_answer_comes_back_for_engineers_only() {
    let mut desk = Counter::open("0s");
    let opening = desk.message(&format!("Olga Petrenko <{OLGA}>"), "Till", "The till prints nothing.").file(
        "till.log",
        "text/plain",
        b"12:00 ERROR\n",
    );
    let letters = desk.send("support", &opening).await;
    let notification = to(&letters, FIRST);
    let note =
        desk.reply(FIRST, &notification, "[note]", "Secret: she never pays.").file("bill.txt", "text/plain", b"unpaid");
    desk.send("support", &note).await;
    let answer = desk.reply(FIRST, &notification, "", "We ask the maker of the till.");
    desk.send("support", &answer).await;
    let handed = desk.reply(FIRST, &notification, "[to vendor]", "Please look at the log.");
    let letters = desk.send("support", &handed).await;
    assert_eq!(recipients(&letters), [VENDOR, FIRST], "and the requester is not told");
    let letter = to(&letters, VENDOR);
    let read = letter.read();
    for part in ["OTK-1", "The till prints nothing.", "We ask the maker of the till.", "Please look at the log."] {
        assert!(read.text.contains(part), "{part} in\n{}", read.text);
    }
    for hidden in ["Secret", OLGA, "Petrenko", "ivanov", "reply above", ".e1"] {
        assert!(
            !String::from_utf8_lossy(&letter.raw).contains(hidden) && !read.text.contains(hidden),
            "{hidden} in\n{}",
            read.text
        );
    }
    assert_eq!(read.attachments.iter().map(|file| file.filename.as_str()).collect::<Vec<_>>(), ["till.log"]);
    assert_eq!(desk.status("OTK-1"), "in_work");

    let back = desk.reply(VENDOR, &letter, "", "Replace the ribbon.");
    let letters = desk.send("support", &back).await;
    assert_eq!(recipients(&letters), [FIRST], "whoever had it keeps control");
    assert!(text(&letters, FIRST).contains("Replace the ribbon.") && text(&letters, FIRST).contains("vendor"));
    let by_number = desk.message(VENDOR, "Ticket V-77 [OTK-1]", "Any result?");
    assert_eq!(recipients(&desk.send("support", &by_number).await), [FIRST]);
    assert_eq!(desk.last_disposition().1, "OTK-1");
    let robot = desk
        .message(VENDOR, "Received: your ticket V-78", "We have received your letter.")
        .header("Auto-Submitted: auto-replied")
        .answering(&letter.id());
    assert_eq!(recipients(&desk.send("support", &robot).await), Vec::<&str>::new());
    let unknown = desk.message(VENDOR, "Ticket V-79", "We have opened a ticket.");
    assert!(!recipients(&desk.send("support", &unknown).await).contains(&VENDOR), "no two helpdesks in a circle");

    // An answer and a note stay here; only what is passed on again goes there, and only that.
    let more = desk.reply(FIRST, &notification, "", "The ribbon must be replaced.");
    assert_eq!(recipients(&desk.send("support", &more).await), [OLGA]);
    let again = desk.reply(FIRST, &notification, "[to vendor]", "Which ribbon?");
    let letters = desk.send("support", &again).await;
    assert_eq!(recipients(&letters), [VENDOR, FIRST]);
    assert!(text(&letters, VENDOR).contains("Which ribbon?") && !text(&letters, VENDOR).contains("prints nothing"));
    // Nobody else's address is the team's.
    let colleague = desk.message("other@vendor.example", "[OTK-1]", "Let me in.");
    desk.send("support", &colleague).await;
    assert_eq!(desk.last_disposition().0, "opened");
    desk.verify();
}

#[tokio::test]
async fn words_go_either_to_the_team_or_to_the_requester() {
    let mut desk = Counter::open("0s");
    let (_, notification) = desk.ask("support", OLGA, "Till", "The till prints nothing.").await;
    let both = desk.reply(FIRST, &notification, "[to vendor; need info]", "Which till?");
    assert_eq!(recipients(&desk.send("support", &both).await), [FIRST]);
    let noted = desk.reply(FIRST, &notification, "[to vendor; note]", "Secret thoughts.");
    let letters = desk.send("support", &noted).await;
    assert!(!text(&letters, VENDOR).contains("Secret"), "a note goes nowhere");
    assert_eq!(recipients(&letters), [VENDOR, FIRST]);
    desk.verify();
}

#[tokio::test]
async fn a_letter_that_does_not_reach_the_team_is_told_to_whoever_keeps_control() {
    let mut desk = Counter::open("0s");
    let (_, notification) = desk.ask("support", OLGA, "Till", "The till prints nothing.").await;
    let handed = desk.reply(FIRST, &notification, "[to vendor]", "");
    let letter = to(&desk.send("support", &handed).await, VENDOR);
    desk.office.deliver("support", &bounce_of("bounce@mx.example.com", &letter.id(), VENDOR));
    let letters = desk.pass().await;
    assert_eq!(recipients(&letters), [FIRST]);
    assert!(text(&letters, FIRST).contains(VENDOR));
    assert_eq!(desk.status("OTK-1"), "in_work");
}

#[tokio::test]
async fn a_phone_call_is_registered_and_handed_over_in_one_message() {
    let mut desk = Counter::open("0s");
    let call = desk.message(FIRST, &format!("[for {OLGA}] [to vendor] Till 3"), "She says that till 3 is dead.");
    let letters = desk.send("internal", &call).await;
    assert_eq!(recipients(&letters), [VENDOR, FIRST, OLGA]);
    assert!(text(&letters, VENDOR).contains("till 3 is dead") && !text(&letters, OLGA).contains("is dead"));
    desk.verify();
}

#[tokio::test]
async fn a_customers_link_from_before_the_move_still_works_and_only_for_that_customer() {
    let mut desk = Counter::open("0s");
    let (_, notification) = desk.ask("support", OLGA, "Ticket", "TagErrors day.").await;
    let answer = desk.reply(FIRST, &notification, "", "We look into it.");
    let told = text(&desk.send("support", &answer).await, OLGA);
    let url = told.split(['<', '>', ' ', '\n']).find(|part| part.contains("withdraw")).unwrap();
    let subject = url.split("subject=").nth(1).unwrap().replace("%5B", "[").replace("%5D", "]").replace("%20", " ");
    let moved = desk.reply(FIRST, &notification, "[desk trv]", "");
    desk.send("support", &moved).await;
    let thief = desk.message(PAVEL, &subject, "");
    desk.send("support", &thief).await;
    assert_eq!(desk.status("TRV-1"), "new");
    let click = desk.message(OLGA, &subject, "");
    assert_eq!(recipients(&desk.send("support", &click).await), [BOOKER]);
    assert_eq!((desk.status("OTK-1").as_str(), desk.status("TRV-1").as_str()), ("transferred", "withdrawn"));
    desk.verify();
}

#[tokio::test]
async fn the_operator_moves_a_request_as_an_engineer_does() {
    let mut desk = Counter::open("0s");
    desk.ask("support", OLGA, "Ticket", "TagErrors day.").await;
    let context = desk.office.own_context();
    let number = RequestNumber::parse("OTK-1").unwrap();
    let asks = vec![Ask::PassOn(Place::Desk(DeskKey::parse("TRV").unwrap()))];
    flow::set(&context, &number, asks.clone()).await.unwrap();
    assert!(flow::set(&context, &number, asks).await.is_err(), "it is moved already");
    drop(context);
    let letters = desk.pass().await;
    assert_eq!(recipients(&letters), [OLGA, BOOKER]);
    assert!(text(&letters, BOOKER).contains("TagErrors day."), "{}", text(&letters, BOOKER));
    desk.verify();
}

/// What only this customer and engineers may read.
fn mark(person: &str) -> String {
    format!("{}-mark", person.split('@').next().unwrap())
}

/// Chance asks, moves among them: whatever is asked in whatever order, stored is what the events give, and numbers have no gaps.
#[tokio::test]
async fn whatever_is_asked_in_whatever_order_events_and_numbers_agree() {
    let mut random = support::Random::new(20_261_121);
    let mut desk = Counter::open("0s");
    let people = [OLGA, PAVEL, MARIA];
    let mut letters: Vec<SentLetter> = Vec::new();
    for round in 0..140 {
        let message: (Message, &str) = if letters.is_empty() || random.below(5) == 0 {
            let number = format!("[{}-{}] ", ["OTK", "TRV"][random.below(2)], 1 + random.below(6));
            let subject = if random.below(3) == 0 { number } else { String::new() };
            let person = people[random.below(3)];
            let text = format!("It does not work. {}", mark(person));
            let message = desk.message(person, &format!("{subject}Question {round}"), &text);
            (message, ["support", "booking"][random.below(2)])
        } else {
            let letter = letters[letters.len() - 1 - random.below(letters.len().min(12))].clone();
            let elsewhere = if letter.read().subject_raw.contains("[TRV") { "[desk otk]" } else { "[desk trv]" };
            let tags = [
                "",
                elsewhere,
                elsewhere,
                "[done]",
                "[close]",
                "[reopen]",
                "[duplicate OTK-1]",
                "[duplicate TRV-2]",
                "[link OTK-2]",
                "[kind problem]",
                "[release 2.4.17]",
                "[released 2.4.17]",
                "[to vendor]",
                "[undo]",
                "[note]",
                "[take]",
                "[watch]",
            ];
            let is_engineer = letter.rcpt.ends_with("@example.org");
            let tag = if is_engineer { tags[random.below(tags.len())] } else { "" };
            let words = ["", "Some words.", "не решено", "подтверждаю"][random.below(4)];
            let from = letter.rcpt.clone();
            (desk.reply(&from, &letter, tag, words), ["support", "booking"][random.below(2)])
        };
        let new = desk.send(message.1, &message.0).await;
        letters.extend(new);
        assert_ne!(desk.last_disposition().0, "accepted", "{:?}", desk.last_disposition());
    }
    desk.verify();
    let moved = desk.office.reader().view().request_numbers().unwrap();
    let moved = moved.iter().filter(|number| desk.request(&number.to_string()).progress.moved_to.is_some()).count();
    assert!(moved > 1, "{moved} moves");
    // What a customer wrote is read by engineers and by the team outside, and by no other customer.
    for letter in letters.iter().filter(|letter| people.contains(&letter.rcpt.as_str())) {
        let (text, own) = (letter.read().text, mark(&letter.rcpt));
        let foreign: Vec<String> = people.map(mark).into_iter().filter(|mark| *mark != own).collect();
        assert!(foreign.iter().all(|mark| !text.contains(mark)), "{} reads {text}", letter.rcpt);
    }
}
