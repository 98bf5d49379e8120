//! Requests that are moved to another desk: a new number, one letter, and every old number leads there.

use crate::support::{IVANOV, Message, OLGA, Random, SMIRNOV, SentLetter, TestDesk, Wait, recipients, text_to, to};
use maildesk::flow::{self};
use maildesk::model::{Ask, DeskKey, Place, RequestNumber};

const PAVEL: &str = "pavel@factory.example";
const MARIA: &str = "maria@shop.example";

#[test]
fn a_request_moved_to_another_desk_gets_a_number_there_and_its_requester_one_letter() {
    let mut desk = TestDesk::two_desks("0s");
    desk.ask("booking", PAVEL, "Something else", "Good day.");
    let opening = desk.message(OLGA, "Ticket is wrong [kind incident]", "The ticket shows the wrong day.").file(
        "ticket.png",
        "image/png",
        b"\x89PNG\r\n\x1a\nnot a picture",
    );
    let letters = desk.send_to("support", &opening);
    let moved = desk.reply(IVANOV, &to(&letters, IVANOV), "[desk trv; priority high]", "");
    let letters = desk.send_to("support", &moved);
    assert_eq!(recipients(&letters), [IVANOV, OLGA, SMIRNOV]);

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
    let notified = to(&letters, SMIRNOV).read();
    assert!(
        notified.text.contains("The ticket shows the wrong day.") && notified.text.contains("OTK-1"),
        "{}",
        notified.text
    );
    assert!(notified.subject_raw.starts_with("[TRV-2]"), "{}", notified.subject_raw);
    assert_eq!(notified.attachments.iter().map(|file| file.filename.as_str()).collect::<Vec<_>>(), ["ticket.png"]);
    assert!(text_to(&letters, IVANOV).contains("TRV-2"));
    desk.verify();
}

#[test]
fn words_beside_a_move_go_to_the_requester_in_the_same_letter_and_a_note_only_to_the_other_desk() {
    let mut desk = TestDesk::two_desks("0s");
    let (_, notification) = desk.ask("support", OLGA, "Ticket", "TagErrors day.");
    let moved = desk.reply(IVANOV, &notification, "[desk trv]", "My colleagues will help you.");
    let letters = desk.send_to("support", &moved);
    assert_eq!(recipients(&letters), [IVANOV, OLGA, SMIRNOV], "one letter each");
    let told = text_to(&letters, OLGA);
    assert!(told.starts_with("My colleagues will help you.") && told.contains("TRV-1"), "{told}");

    let (_, notification) = desk.ask("support", PAVEL, "Hotel", "No hotel.");
    let moved = desk.reply(IVANOV, &notification, "[desk trv; note]", "He is angry already.");
    let letters = desk.send_to("support", &moved);
    assert!(!text_to(&letters, PAVEL).contains("angry") && text_to(&letters, SMIRNOV).contains("He is angry already."));
    desk.verify();
}

#[test]
fn the_old_number_and_the_old_thread_lead_to_the_new_request() {
    let mut desk = TestDesk::two_desks("0s");
    let (acknowledgement, notification) = desk.ask("support", OLGA, "Ticket", "TagErrors day.");
    let moved = desk.reply(IVANOV, &notification, "[desk trv]", "");
    let told = to(&desk.send_to("support", &moved), OLGA);

    let by_thread = desk.reply(OLGA, &acknowledgement, "", "It is Friday.");
    let letters = desk.send_to("support", &by_thread);
    assert_eq!(recipients(&letters), [SMIRNOV]);
    assert_eq!((desk.last_disposition().0.as_str(), desk.last_disposition().1.as_str()), ("appended", "TRV-1"));
    assert!(text_to(&letters, SMIRNOV).contains("TagErrors day."), "how it began is known at the new desk");
    assert!(desk.request("TRV-1").participants[0].proven, "a signed thread proves there what it proves here");

    let by_number = desk.message(OLGA, "About [OTK-1]", "And the seat, please.");
    assert_eq!(recipients(&desk.send_to("support", &by_number)), [SMIRNOV]);
    let by_last_letter = desk.reply(OLGA, &told, "", "не решено");
    assert_eq!(recipients(&desk.send_to("support", &by_last_letter)), [SMIRNOV]);
    assert_eq!(desk.last_disposition().1, "TRV-1");
    assert_eq!(desk.status("OTK-1"), "transferred");

    // A stranger who knows the number gets a request of their own, and learns nothing.
    let stranger = desk.message(PAVEL, "[OTK-1] and me?", "What is it about?");
    let letters = desk.send_to("support", &stranger);
    assert_eq!(recipients(&letters), [IVANOV, PAVEL]);
    assert_eq!(desk.last_disposition().1, "OTK-2");
    assert!(!text_to(&letters, PAVEL).contains("TRV-1"));
    desk.verify();
}

#[test]
fn an_engineer_of_the_old_desk_is_told_where_the_request_is_and_one_of_both_steers_it_there() {
    let mut desk = TestDesk::two_desks("0s");
    let (_, notification) = desk.ask("support", OLGA, "Ticket", "TagErrors day.");
    let moved = desk.reply(IVANOV, &notification, "[desk trv]", "");
    desk.send_to("support", &moved);
    for (subject, words) in
        [("", "I forgot to say something."), ("[done]", "Done."), ("[note]", "A note."), ("[undo]", "")]
    {
        let late = desk.reply(IVANOV, &notification, subject, words);
        let letters = desk.send_to("support", &late);
        assert_eq!(recipients(&letters), [IVANOV], "{subject}");
        assert!(text_to(&letters, IVANOV).contains("TRV-1"), "{subject}");
        assert_eq!(desk.status("TRV-1"), "new", "{subject}");
    }
    let by_number = desk.message(IVANOV, "[OTK-1] [done]", "Done.");
    assert_eq!(recipients(&desk.send_to("internal", &by_number)), [IVANOV], "he does not work there");
    let by_number = desk.message("orlova@example.org", "[OTK-1] [done]", "All is well.");
    let letters = desk.send_to("internal", &by_number);
    assert_eq!(
        (desk.last_disposition().1.as_str(), desk.status("TRV-1").as_str()),
        ("TRV-1", "done"),
        "{:?}",
        desk.last_disposition()
    );
    assert!(text_to(&letters, OLGA).starts_with("All is well."));
    desk.verify();
}

#[test]
fn a_request_can_be_passed_back_and_every_old_number_leads_to_the_last() {
    let mut desk = TestDesk::two_desks("0s");
    let (acknowledgement, notification) = desk.ask("support", OLGA, "Ticket", "TagErrors day.");
    let moved = desk.reply(IVANOV, &notification, "[desk trv]", "");
    let letters = desk.send_to("support", &moved);
    let back = desk.reply(SMIRNOV, &to(&letters, SMIRNOV), "[desk otk]", "");
    let letters = desk.send_to("booking", &back);
    assert_eq!(recipients(&letters), [IVANOV, OLGA, SMIRNOV]);
    assert!(text_to(&letters, IVANOV).contains("TagErrors day."), "{}", text_to(&letters, IVANOV));
    let more = desk.reply(OLGA, &acknowledgement, "", "Any news?");
    assert_eq!(recipients(&desk.send_to("support", &more)), [IVANOV]);
    assert_eq!(desk.last_disposition().1, "OTK-2");
    desk.verify();
}

#[test]
fn a_customers_link_from_before_the_move_still_works_and_only_for_that_customer() {
    let mut desk = TestDesk::two_desks("0s");
    let (_, notification) = desk.ask("support", OLGA, "Ticket", "TagErrors day.");
    let answer = desk.reply(IVANOV, &notification, "", "We look into it.");
    let told = text_to(&desk.send_to("support", &answer), OLGA);
    let url = told.split(['<', '>', ' ', '\n']).find(|part| part.contains("withdraw")).unwrap();
    let subject = url.split(['=', '&']).nth(1).unwrap().replace("%5B", "[").replace("%5D", "]").replace("%20", " ");
    let moved = desk.reply(IVANOV, &notification, "[desk trv]", "");
    desk.send_to("support", &moved);
    let thief = desk.message(PAVEL, &subject, "");
    desk.send_to("support", &thief);
    assert_eq!(desk.status("TRV-1"), "new");
    let click = desk.message(OLGA, &subject, "");
    assert_eq!(recipients(&desk.send_to("support", &click)), [SMIRNOV]);
    assert_eq!((desk.status("OTK-1").as_str(), desk.status("TRV-1").as_str()), ("transferred", "withdrawn"));
    desk.verify();
}

#[test]
fn the_operator_moves_a_request_as_an_engineer_does() {
    let mut desk = TestDesk::two_desks("0s");
    desk.ask("support", OLGA, "Ticket", "TagErrors day.");
    let context = desk.context();
    let number = RequestNumber::parse("OTK-1").unwrap();
    let asks = vec![Ask::PassOn(Place::Desk(DeskKey::parse("TRV").unwrap()))];
    flow::set(&context, &number, asks.clone()).wait().unwrap();
    assert!(flow::set(&context, &number, asks).wait().is_err(), "it is moved already");
    drop(context);
    let letters = desk.pass();
    assert_eq!(recipients(&letters), [OLGA, SMIRNOV]);
    assert!(text_to(&letters, SMIRNOV).contains("TagErrors day."), "{}", text_to(&letters, SMIRNOV));
    desk.verify();
}

/// What only this customer and engineers may read.
fn mark(person: &str) -> String {
    format!("{}-mark", person.split('@').next().unwrap())
}

/// Chance asks, moves among them: whatever is asked in whatever order, stored is what the events give, and numbers have no gaps.
/// What engineers put behind the subject in random histories.
const TAGS: [&str; 15] = [
    "",
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

/// A new question of one of these people, at times with the number of a request.
fn random_question(desk: &mut TestDesk, random: &mut Random, people: &[&str]) -> Message {
    let number = format!("[{}-{}] ", ["OTK", "TRV"][random.below(2)], 1 + random.below(6));
    let subject = if random.below(3) == 0 { number } else { String::new() };
    let person = people[random.below(people.len())];
    desk.message(person, &format!("{subject}Question"), &format!("It does not work. {}", mark(person)))
}

/// An answer to a letter by whoever got it; engineers often move the request to the other desk.
fn random_answer(desk: &mut TestDesk, random: &mut Random, letter: &SentLetter) -> Message {
    let elsewhere = if letter.read().subject_raw.contains("[TRV") { "[desk otk]" } else { "[desk trv]" };
    let is_engineer = letter.rcpt.ends_with("@example.org");
    let tag = match random.below(TAGS.len() + 2) {
        _ if !is_engineer => "",
        at => TAGS.get(at).unwrap_or(&elsewhere),
    };
    let words = ["", "Some words.", "не решено", "подтверждаю"][random.below(4)];
    desk.reply(&letter.rcpt, letter, tag, words)
}

#[test]
fn whatever_is_asked_in_whatever_order_events_and_numbers_agree() {
    let mut random = Random::new(20_261_121);
    let mut desk = TestDesk::two_desks("0s");
    let people = [OLGA, PAVEL, MARIA];
    let mut letters: Vec<SentLetter> = Vec::new();
    for _ in 0..140 {
        let message = if letters.is_empty() || random.below(5) == 0 {
            random_question(&mut desk, &mut random, &people)
        } else {
            let letter = letters[letters.len() - 1 - random.below(letters.len().min(12))].clone();
            random_answer(&mut desk, &mut random, &letter)
        };
        letters.extend(desk.send_to(["support", "booking"][random.below(2)], &message));
        assert_ne!(desk.last_disposition().0, "accepted", "{:?}", desk.last_disposition());
    }
    desk.verify();
    let moved = desk.reader().view().request_numbers().unwrap();
    let moved = moved.iter().filter(|number| desk.request(&number.to_string()).progress.moved_to.is_some()).count();
    assert!(moved > 1, "{moved} moves");
    // What a customer wrote is read by engineers and by the team outside, and by no other customer.
    for letter in letters.iter().filter(|letter| people.contains(&letter.rcpt.as_str())) {
        let (text, own) = (letter.read().text, mark(&letter.rcpt));
        let foreign: Vec<String> = people.map(mark).into_iter().filter(|mark| *mark != own).collect();
        assert!(foreign.iter().all(|mark| !text.contains(mark)), "{} reads {text}", letter.rcpt);
    }
}

#[test]
fn what_is_linked_by_its_old_and_its_new_number_is_answered_once() {
    let link = |number: &str| maildesk::model::Ask::Link(maildesk::model::RequestNumber::parse(number).unwrap());
    let mut desk = TestDesk::two_desks("0s");
    let (_, one) = desk.ask("booking", OLGA, "Question", "It does not work.");
    let (_, two) = desk.ask("booking", PAVEL, "Question", "It does not work.");
    let problem = desk.reply(SMIRNOV, &one, "[kind problem]", "");
    desk.send_to("booking", &problem);
    let moved = desk.reply(SMIRNOV, &two, "[desk otk]", "");
    desk.send_to("booking", &moved);
    desk.set_all("TRV-1", vec![link("OTK-1"), link("TRV-2")]);
    let closed = desk.reply(SMIRNOV, &one, "[close]", "It works again.");
    let asked = desk.send_to("booking", &closed);
    assert_eq!(desk.last_disposition().0, "held", "whether the other requester is to have it, too");
    let yes = desk.reply(SMIRNOV, &to(&asked, SMIRNOV), "", "yes");
    let letters = desk.send_to("booking", &yes);
    assert_eq!(letters.iter().filter(|letter| letter.rcpt == PAVEL).count(), 1);
}
