//! Who may steer a request: whatever names an engineer without proof is held, and only they can confirm it.

use crate::support::{IVANOV, Message, OLGA, PETROVA, TestDesk, recipients, to};
use maildesk::model::LetterKind;

#[test]
fn a_web_form_proves_nothing_of_the_engineer_whose_address_somebody_types_into_it() {
    let mut desk = TestDesk::guarded();
    desk.olga_asks();
    let filled_in = desk
        .message("Форма <form@example.org>", "[OTK-1] [done]", "Закройте.")
        .header(&format!("Reply-To: {IVANOV}"))
        .header("Authentication-Results: mx.example.org; dmarc=pass header.from=example.org; dkim=pass header.d=example.org");
    // The server's own field stands on top.
    desk.send(&filled_in);
    assert_eq!(desk.last_disposition().0, "held", "{:?}", desk.last_disposition().2);
    assert_eq!(desk.status("OTK-1"), "new");

    let filled_in =
        desk.message("Форма <form@example.org>", "[OTK-1] [done]", "Закройте.").header(&format!("Reply-To: {IVANOV}"));
    desk.send_to("internal", &filled_in);
    assert_eq!(desk.last_disposition().0, "held", "{:?}", desk.last_disposition().2);
    assert_eq!(desk.status("OTK-1"), "new");
}

#[test]
fn nobody_confirms_what_was_written_in_another_engineers_name() {
    let mut desk = TestDesk::guarded();
    desk.olga_asks();
    let forged = desk.message(IVANOV, "[OTK-1] [done]", "");
    let question = to(&desk.send(&forged), IVANOV);
    let meddling = desk.reply(PETROVA, &question, "", "Да.");
    desk.send_to("internal", &meddling);
    assert_eq!(desk.disposition_of(2), "handled held", "{:?}", desk.last_disposition().2);
    assert_eq!(desk.status("OTK-1"), "new");
}

#[test]
fn one_message_that_comes_through_two_desks_is_added_once() {
    let mut desk = TestDesk::guarded();
    let (acknowledgement, notification) = desk.olga_asks();
    let answer = desk.reply(IVANOV, &notification, "", "Проверьте, пожалуйста.").header("Cc: booking@example.org");
    assert_eq!(recipients(&desk.send(&answer)), [OLGA]);
    assert_eq!(recipients(&desk.send_to("booking", &answer)), [""; 0], "{:?}", desk.last_disposition().2);
    assert_eq!(desk.last_disposition().0, "duplicate");

    let more = desk.reply(OLGA, &acknowledgement, "", "Ещё не печатается акт.").header("Cc: booking@example.org");
    assert_eq!(recipients(&desk.send_to("booking", &more)), [IVANOV]);
    assert_eq!(recipients(&desk.send(&more)), [""; 0], "{:?}", desk.last_disposition().2);
    assert_eq!(desk.last_disposition().0, "duplicate");
}

#[test]
fn what_was_confirmed_and_given_back_is_not_confirmed_again() {
    let mut desk = TestDesk::guarded();
    desk.olga_asks();
    let unclear = desk.message(IVANOV, "[OTK-1] Не печатается отчёт", "Да.\n> Отчёт пустой.\nА так?\n");
    let question = to(&desk.send(&unclear), IVANOV);
    for _ in 0..2 {
        let yes = desk.reply(IVANOV, &question, "", "Да");
        desk.send(&yes);
        assert_eq!(desk.disposition_of(2), "handled held");
    }
    let letters = desk.reader().view().letters(None, u32::MAX).unwrap();
    let given_back = letters.iter().filter(|letter| letter.kind == LetterKind::Explanation).count();
    assert_eq!(given_back, 1);
}

#[test]
fn no_is_no_yes() {
    for no in [
        "Нет, это не я!",
        "нет",
        "Это писал не я.",
        "Я этого не писал",
        "Это подделка",
        "No, that wasn't me.",
        "I did not write this.",
        "I didn't send that",
        "Not me",
        "This is spam",
        "",
        "С уважением,\nИван Иванов\nтел. 123-45-67",
    ] {
        let mut desk = TestDesk::guarded();
        desk.olga_asks();
        let forged = desk.message(IVANOV, "[OTK-1] [done]", "");
        let question = to(&desk.send(&forged), IVANOV);
        let answer = desk.reply(IVANOV, &question, "", no);
        desk.send(&answer);
        assert_eq!(desk.status("OTK-1"), "new", "{no}");
    }
    for yes in ["Да", "Да, это я.", "Yes, I wrote this.", "ok", "Да\n\nС уважением,\nИван Иванов\nтел. 123-45-67"]
    {
        let mut desk = TestDesk::guarded();
        desk.olga_asks();
        let genuine = desk.message(IVANOV, "[OTK-1] [done]", "");
        let question = to(&desk.send(&genuine), IVANOV);
        let answer = desk.reply(IVANOV, &question, "", yes);
        desk.send(&answer);
        assert_eq!(desk.status("OTK-1"), "done", "{yes}");
    }
}

#[test]
fn a_slip_in_undo_confirms_nothing() {
    for slip in ["[отмнеа]", "[unod]", "[jnvtyf]"] {
        let mut desk = TestDesk::guarded();
        desk.olga_asks();
        let forged = desk.message(IVANOV, "[OTK-1] [done]", "");
        let question = to(&desk.send(&forged), IVANOV);
        let answer = desk.reply(IVANOV, &question, "", slip);
        desk.send(&answer);
        assert_eq!(desk.status("OTK-1"), "new", "{slip}");
    }
}

#[test]
fn an_address_that_cannot_be_written_to_has_seen_a_token_all_the_same() {
    let mut desk = TestDesk::guarded();
    let (_, notification) = desk.olga_asks();
    let shown = desk.reply(IVANOV, &notification, "[done]", "Исправлено.").header("Cc: почта@пример.example");
    desk.send(&shown);
    assert_eq!(desk.last_disposition().0, "held", "{:?}", desk.last_disposition().2);
}

#[test]
fn a_link_does_not_reach_into_a_desk_at_which_its_engineer_does_not_work() {
    let mut desk = TestDesk::guarded();
    let (_, notification) = desk.olga_asks();
    let booking = Message::new("b@client.example", "guest@other.example", "Билет").header("To: booking@example.org");
    desk.send_to("booking", &booking);
    let before = desk.events("TRV-1").len();
    let link = desk.reply(IVANOV, &notification, "[link TRV-1]", "");
    desk.send(&link);
    let after = desk.events("TRV-1").len();
    assert_eq!(before, after, "{:?}", desk.last_disposition().2);
}

#[test]
fn a_forged_engineer_cannot_read_by_their_own_e_mail() {
    let mut desk = TestDesk::guarded();
    desk.olga_asks();
    let address = desk.personal_address("petrova");
    let forged =
        Message::new("x@y.example", IVANOV, "[OTK-1] [watch evil@evil.example]").header(&format!("To: {address}"));
    desk.send(&forged);
    assert_eq!(desk.last_disposition().0, "held", "{:?}", desk.last_disposition().2);
}

#[test]
fn a_message_to_one_desk_about_a_request_of_another_can_be_confirmed() {
    let mut desk = TestDesk::guarded();
    desk.olga_asks();
    let other_desk = Message::new("other@mail.example", IVANOV, "[OTK-1] [done]").header("To: booking@example.org");
    let question = to(&desk.send_to("booking", &other_desk), IVANOV);
    let from = question.read().from[0].address.clone();
    let yes = desk.reply(IVANOV, &question, "", "Да");
    desk.send_to(if from.starts_with("booking") { "booking" } else { "support" }, &yes);
    assert_eq!(desk.status("OTK-1"), "done", "{:?}", desk.last_disposition().2);
}

#[test]
fn an_answer_whose_server_has_changed_the_case_of_our_id_is_an_answer_to_that_letter() {
    for change in [str::to_uppercase as fn(&str) -> String, |id| id.replace("otk", "Otk").replace("example", "Example")]
    {
        let mut desk = TestDesk::guarded();
        let (acknowledgement, notification) = desk.olga_asks();
        let subject = format!("Re: {} [done]", notification.read().subject_raw);
        let done = desk.message(IVANOV, &subject, "Исправлено.").answering(&change(&notification.id()));
        let letters = desk.send(&done);
        assert_eq!(desk.status("OTK-1"), "done", "{:?}", desk.last_disposition());
        assert!(recipients(&letters).contains(&OLGA));
        let more = desk.message(OLGA, "Re: отчёт", "Снова пусто.").answering(&change(&acknowledgement.id()));
        desk.send(&more);
        assert_eq!(desk.last_disposition().1, "OTK-1", "{:?}", desk.last_disposition());
    }
}
