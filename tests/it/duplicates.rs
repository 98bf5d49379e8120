//! Requests that are the same as another, and problems that are answered for all their incidents.

use crate::support::{IVANOV, OLGA, PETROVA, SentLetter, TestDesk, Wait, recipients, text_to, to};
use maildesk::flow::{self};
use maildesk::model::{Ask, RequestNumber};

const PAVEL: &str = "pavel@factory.example";
const MARIA: &str = "maria@shop.example";

/// Requests of Olga, Pavel and Maria, with Ivanov's notifications.
pub fn three(desk: &mut TestDesk) -> [SentLetter; 3] {
    let (_, one) = desk.ask("support", OLGA, "Cannot log in", "Olga cannot log in.");
    let (_, two) = desk.ask("support", PAVEL, "No access", "Pavel has no access.");
    let (_, three) = desk.ask("support", MARIA, "Login", "Maria cannot log in either.");
    [one, two, three]
}

/// The letters after Ivanov's yes to the question among these letters.
fn yes(desk: &mut TestDesk, letters: &[SentLetter]) -> Vec<SentLetter> {
    let yes = desk.reply(IVANOV, &to(letters, IVANOV), "", "yes");
    desk.send_to("support", &yes)
}

#[test]
fn a_problem_answered_answers_its_incidents_and_their_duplicates_once_each_in_their_own_threads() {
    let mut desk = TestDesk::two_desks("0s");
    let [one, two, three] = three(&mut desk);
    for (letter, tags) in
        [(&one, "[kind problem]"), (&two, "[link OTK-1; assign petrova]"), (&three, "[duplicate OTK-2]")]
    {
        let tagged = desk.reply(IVANOV, letter, tags, "");
        desk.send_to("support", &tagged);
    }
    assert_eq!(desk.status("OTK-3"), "duplicate");
    let note = desk.reply(IVANOV, &one, "[note]", "The secret cause is a worn disk.");
    desk.send_to("support", &note);
    let done = desk.reply(IVANOV, &one, "[done]", "The login works again.");
    let asked = desk.send_to("support", &done);
    assert_eq!(recipients(&asked), [IVANOV], "whether the others are to have it, too");
    let question = text_to(&asked, IVANOV);
    assert!(question.contains(PAVEL) && question.contains("(OTK-2)") && question.contains(MARIA), "{question}");
    assert_eq!(desk.status("OTK-1"), "new");
    let letters = yes(&mut desk, &asked);
    assert_eq!(recipients(&letters), [IVANOV, MARIA, OLGA, PAVEL, PETROVA], "each once, and who works on an incident");
    for (number, recipient) in [("OTK-1", OLGA), ("OTK-2", PAVEL), ("OTK-3", MARIA)] {
        assert_eq!(desk.status(number), "done");
        let read = to(&letters, recipient).read();
        assert!(read.text.starts_with("The login works again."), "{}", read.text);
        assert!(
            read.subject_raw.ends_with(&format!("[{number}]")) && read.text.contains(&format!("{number}%20confirm")),
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
    assert!(text_to(&letters, IVANOV).contains(": 2."), "{}", text_to(&letters, IVANOV));

    // The same message again, under another UID: nobody is told twice.
    assert_eq!(recipients(&desk.send_to("support", &done)), Vec::<&str>::new());
    assert_eq!(desk.last_disposition().0, "duplicate");
    // Done once more, or closed: they have their answer.
    let again = desk.reply(IVANOV, &one, "[close]", "");
    assert_eq!(recipients(&desk.send_to("support", &again)), [IVANOV, OLGA]);
    desk.verify();
}

#[test]
fn whoever_only_quotes_the_number_of_a_problem_is_never_answered_with_it() {
    let mut desk = TestDesk::two_desks("0s");
    let (_, one) = desk.ask("support", OLGA, "Cannot log in", "Olga cannot log in.");
    let tagged = desk.reply(IVANOV, &one, "[kind problem]", "");
    desk.send_to("support", &tagged);
    let stranger = desk.message(PAVEL, "[OTK-1] what was it?", "Tell me too.");
    desk.send_to("support", &stranger);
    assert_eq!(desk.request("OTK-2").linked.len(), 1, "linked inside");
    let done = desk.reply(IVANOV, &one, "[done]", "It was the password of Olga.");
    assert_eq!(recipients(&desk.send_to("support", &done)), [IVANOV, OLGA]);
    assert_eq!(desk.status("OTK-2"), "new");
}

#[test]
fn of_very_many_duplicates_five_hundred_are_answered_at_a_time() {
    let mut desk = TestDesk::two_desks("0s");
    let (_, one) = desk.ask("support", OLGA, "Everything is down", "Nothing works.");
    for index in 0..502 {
        let message = desk.message(&format!("customer{index}@factory.example"), "Down", "It is down.");
        desk.deliver("support", &message.header("To: support@example.org").raw());
    }
    desk.pass();
    let context = desk.context();
    for number in desk.reader().view().request_numbers().unwrap().into_iter().skip(1) {
        let asks = vec![Ask::Duplicate(RequestNumber::parse("OTK-1").unwrap())];
        flow::set(&context, &number, asks).wait().unwrap();
    }
    drop(context);
    desk.pass();
    for (count, left) in [(500, 2), (2, 0)] {
        let done = desk.reply(IVANOV, &one, "[done]", "It is up again.");
        let asked = desk.send_to("support", &done);
        let letters = yes(&mut desk, &asked);
        let answered = letters.iter().filter(|letter| letter.rcpt.starts_with("customer")).count();
        assert_eq!(answered, count, "{:?}", desk.last_disposition());
        let waiting = desk.reader().view().request_numbers().unwrap();
        let waiting = waiting.iter().filter(|number| desk.status(&number.to_string()) == "duplicate").count();
        assert_eq!(waiting, left);
    }
    desk.verify();
}

#[test]
fn undo_within_the_grace_takes_the_answer_of_a_problem_back_everywhere() {
    let mut desk = TestDesk::two_desks("10m");
    let [one, two, three] = three(&mut desk);
    for (letter, tags) in [(&one, "[kind problem]"), (&two, "[link OTK-1]"), (&three, "[link OTK-1]")] {
        let tagged = desk.reply(IVANOV, letter, tags, "");
        desk.send_to("support", &tagged);
    }
    let done = desk.reply(IVANOV, &one, "[done]", "TagErrors words.");
    let asked = desk.send_to("support", &done);
    let letters = yes(&mut desk, &asked);
    assert_eq!(recipients(&letters), [IVANOV], "the others wait");
    let undo = desk.reply(IVANOV, &to(&letters, IVANOV), "[undo]", "");
    assert_eq!(recipients(&desk.send_to("support", &undo)), [IVANOV]);
    assert_eq!(["OTK-1", "OTK-2", "OTK-3"].map(|number| desk.status(number)), ["new", "new", "new"]);
    assert_eq!(recipients(&desk.later(3_601)), Vec::<&str>::new());

    // After the grace everybody is corrected, but for what was changed since.
    let done = desk.reply(IVANOV, &one, "[done]", "TagErrors again.");
    let asked = desk.send_to("support", &done);
    let receipt = to(&yes(&mut desk, &asked), IVANOV);
    let letters = desk.later(3_601);
    assert_eq!(recipients(&letters), [MARIA, OLGA, PAVEL]);
    let disagrees = desk.reply(PAVEL, &to(&letters, PAVEL), "", "не решено");
    desk.send_to("support", &disagrees);
    let undo = desk.reply(IVANOV, &receipt, "[undo]", "");
    assert_eq!(recipients(&desk.send_to("support", &undo)), [IVANOV, MARIA, OLGA]);
    assert_eq!(["OTK-1", "OTK-2", "OTK-3"].map(|number| desk.status(number)), ["new", "in_work", "new"]);
    desk.verify();
}

#[test]
fn a_reply_to_a_duplicate_goes_to_its_survivor_where_that_is_the_writers_own() {
    let mut desk = TestDesk::two_desks("0s");
    desk.ask("support", OLGA, "Cannot log in", "Olga cannot log in.");
    let (acknowledgement, second) = desk.ask("support", OLGA, "Login again", "Still not.");
    let duplicate = desk.reply(IVANOV, &second, "[duplicate OTK-1]", "");
    desk.send_to("support", &duplicate);
    let more = desk.reply(OLGA, &acknowledgement, "", "Now it says error 5.");
    let letters = desk.send_to("support", &more);
    assert_eq!(recipients(&letters), [IVANOV]);
    assert_eq!((desk.last_disposition().1.as_str(), desk.status("OTK-2").as_str()), ("OTK-1", "duplicate"));
    // Its answer is the duplicate's too: she is not told twice.
    let done = desk.reply(IVANOV, &to(&letters, IVANOV), "[done]", "Works again.");
    assert_eq!(recipients(&desk.send_to("support", &done)), [IVANOV, OLGA]);
    desk.verify();
}

#[test]
fn a_reply_to_another_customers_duplicate_stays_there_and_the_survivors_engineers_learn_it() {
    let mut desk = TestDesk::two_desks("0s");
    let (_, first) = desk.ask("support", OLGA, "Cannot log in", "Olga cannot log in.");
    let (acknowledgement, second) = desk.ask("support", PAVEL, "No access", "Pavel has no access.");
    for (letter, tags) in [(&first, "[assign petrova]"), (&second, "[duplicate OTK-1]")] {
        let tagged = desk.reply(IVANOV, letter, tags, "");
        desk.send_to("support", &tagged);
    }
    let more = desk.reply(PAVEL, &acknowledgement, "", "It says error 5.");
    let letters = desk.send_to("support", &more);
    assert_eq!(recipients(&letters), [IVANOV, PETROVA], "whose duplicate it is, and who works on the matter");
    assert_eq!((desk.last_disposition().1.as_str(), desk.status("OTK-2").as_str()), ("OTK-2", "duplicate"));
    // What she answers to that goes to Pavel alone.
    let answer = desk.reply(PETROVA, &to(&letters, PETROVA), "", "Thank you, Pavel.");
    let letters = desk.send_to("support", &answer);
    assert!(
        recipients(&letters).contains(&PAVEL) && !recipients(&letters).contains(&OLGA),
        "{:?}",
        recipients(&letters)
    );
    desk.verify();
}

#[test]
fn an_engineer_of_one_desk_answers_nothing_at_another_by_naming_its_number() {
    let mut desk = TestDesk::two_desks("0s");
    let (_, one) = desk.ask("support", OLGA, "Login", "Nobody can log in.");
    desk.ask("booking", PAVEL, "Hotel", "No hotel for me.");
    let message = desk.reply(IVANOV, &one, "[kind problem; link TRV-1]", "");
    assert_eq!(recipients(&desk.send_to("support", &message)), [IVANOV]);
    let message = desk.reply(IVANOV, &one, "[kind problem; done]", "The login works again.");
    assert_eq!(recipients(&desk.send_to("support", &message)), [IVANOV, OLGA]);
    assert_eq!(desk.status("TRV-1"), "new");
}

#[test]
fn of_two_requests_one_stays_open_for_the_other() {
    let mut desk = TestDesk::two_desks("0s");
    let (_, one) = desk.ask("support", OLGA, "Login", "Nobody can log in.");
    let (_, two) = desk.ask("support", PAVEL, "Access", "I have no access.");
    let message = desk.reply(IVANOV, &one, "[duplicate OTK-2]", "");
    assert_eq!(recipients(&desk.send_to("support", &message)), [IVANOV, OLGA]);
    let message = desk.reply(IVANOV, &two, "[duplicate OTK-1]", "");
    assert_eq!(recipients(&desk.send_to("support", &message)), [IVANOV], "it is explained");
    assert_eq!(["OTK-1", "OTK-2"].map(|number| desk.status(number)), ["duplicate", "new"]);
    desk.verify();
}
