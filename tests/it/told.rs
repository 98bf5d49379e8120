//! What notifications say beside the words: a changed subject, deadlines, links, files that are not whole.

use crate::support::{IVANOV, OLGA, TestDesk, text_to, to};

#[test]
fn a_changed_subject_is_shown_and_alone_it_is_words() {
    let mut desk = TestDesk::two_desks("0s");
    let (acknowledgement, notification) = desk.ask("support", OLGA, "Printer", "The printer prints nothing.");
    let urgent = desk.reply(OLGA, &acknowledgement, "", "");
    let id = acknowledgement.id();
    let urgent_again = desk.message(OLGA, "[OTK-1] URGENT: now it burns!", "").answering(&id);
    assert!(!text_to(&desk.send(&urgent), IVANOV).contains("Новая тема"), "the subject is ours");
    desk.answers("ivanov", &notification, "[done]", "Mended.");
    let text = text_to(&desk.send(&urgent_again), IVANOV);
    assert!(text.contains("Новая тема: «URGENT: now it burns!»"), "{text}");
    assert_eq!(desk.status("OTK-1"), "in_work", "it is words, and the request is open again");
    for same in ["Re: [OTK-1] Printer", "[EXTERNAL] Re: Printer [OTK-1]", "Re: [OTK-1] printer"] {
        let message = desk.message(OLGA, same, "Any news?").answering(&id);
        let text = text_to(&desk.send(&message), IVANOV);
        assert!(!text.contains("Новая тема"), "{same}: {text}");
    }
}

#[test]
fn thanks_in_the_subject_are_thanks() {
    let mut desk = TestDesk::two_desks("0s");
    let (_, notification) = desk.ask("support", OLGA, "Printer", "The printer prints nothing.");
    let done = to(&desk.answers("ivanov", &notification, "[done]", "Mended."), OLGA);
    let thanks = desk.message(OLGA, "Спасибо!", "").answering(&done.id());
    desk.send(&thanks);
    assert_eq!(desk.status("OTK-1"), "done");
}

#[test]
fn a_request_of_its_own_says_why_and_with_what_it_is_linked() {
    let mut desk = TestDesk::two_desks("0s");
    desk.ask("support", OLGA, "Printer", "The printer prints nothing.");
    let stranger = desk.message("boss@client.example", "[OTK-1] Printer", "What about it?");
    let text = text_to(&desk.send(&stranger), IVANOV);
    assert!(text.contains("связанный с OTK-1: автор назвал его номер, но в нём не участвует"), "{text}");
    assert!(text.contains("Связан с: | OTK-1"), "{text}");
    desk.verify();
}

#[test]
fn deadlines_and_the_contract_stand_in_the_letter() {
    let contract = "[[desk.OTK.sla]]\nfirst_response = \"30m\"\nresolution = \"8h\"\n\n[desk.OTK.line.1]";
    let mut desk = TestDesk::with(&format!("{}{}", crate::support::TWO_STAFFED_DESKS, crate::support::NO_CAPS))
        .replacing("[desk.OTK.line.1]", contract)
        .open();
    let (_, notification) = desk.ask("support", OLGA, "Printer", "The printer prints nothing.");
    let text = notification.read().text;
    assert!(text.contains("Первый ответ до: ") && text.contains("Решение до: "), "{text}");
    let answered = desk.answers("ivanov", &notification, "[line 2]", "");
    let text = text_to(&answered, crate::support::PETROVA);
    assert!(!text.contains("Первый ответ до") && text.contains("Решение до: "), "{text}");
}
